//! `longplay estimate`: any model of the house on an analyst's own evidence file, without a workspace.
//!
//! The mathematics is all in `longplay-stats`; here a column becomes a model's input, and what the model says becomes one
//! JSON shape. Below the least data a model can speak from, the answer is a warning `too_early`, not an error: that
//! there is nothing to say yet is a true answer.

use std::path::PathBuf;

use crate::exit::{Exit, Usage};

mod at;
mod contracts;
mod days;
mod items;
mod opportunities;
mod outcome;
mod paths;
mod people;
mod recurring;
mod sheet;
mod spend;
mod waiting;

use at::At;
use sheet::{NotRecognised, Sheet};

/// Fit a model to your own evidence file, or evaluate it at given parameters
///
/// The file is a CSV with a header; further columns are passed through. Times may be in any unit, results are in the same.
#[derive(clap::Args)]
#[command(after_long_help = COLUMNS)]
pub struct Args {
    /// Which model
    model: Model,
    /// The evidence: a CSV with the columns the model reads
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// Evaluate at these parameters instead of fitting
    #[arg(long, value_name = "NAME=VALUE,…", value_delimiter = ',')]
    at: Vec<String>,
    /// Score every row: P(still there), and the expected number within so much time; curves reach so far
    #[arg(long, value_name = "T", value_parser = horizon)]
    horizon: Option<f64>,
    /// Level of the intervals, between 0 and 1
    #[arg(long, value_name = "LEVEL", default_value_t = 0.9, value_parser = super::ask::level)]
    level: f64,
    /// impact: the day on which it happened
    #[arg(long, value_name = "DATE")]
    start: Option<String>,
    /// Print the estimate as JSON
    #[arg(long)]
    json: bool,
}

const COLUMNS: &str = "\
Columns:
  nbd, bg-nbd, mbg-nbd, pareto-nbd   x, t_x, T [, weight]       repeats, time of the last, time watched
  mbg-cnbd-k                         x, t_x, T [, litt, weight] and the sum of ln(gap)
  bg-bb                              x, t_x, n [, weight]       taken, the last taken, opportunities
  gamma-gamma                        x, m [, weight]            repeat orders and their mean value
  sbg, bdw                           t, survivors               of one cohort, at t = 0, 1, 2 …
  kaplan-meier, weibull, weibull-cure   time, event [, group, weight]   event: 1 it happened, 0 not by then
  attribution                        path, conversions [, value, nulls]   steps joined by “ > ”
  spikes, impact                     day, value [, controls]    days as YYYY-MM-DD
  beta-binomial, gamma-poisson       name, k, n; name, k, exposure
Parameters for --at:
  nbd r, alpha; bg-nbd, mbg-nbd r, alpha, a, b; pareto-nbd r, alpha, s, beta; mbg-cnbd-k r, alpha, a, b, k
  bg-bb alpha, beta, gamma, delta; gamma-gamma p, q, v; sbg alpha, beta; bdw alpha, beta, c
  weibull lambda, rho; weibull-cure lambda, rho, cured; beta-binomial, gamma-poisson a, b
Exit codes: 0 ok (also when it is too early to say anything), 1 a row can't be used, 2 usage, 3 no such table or no rows.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Model {
    Nbd,
    BgNbd,
    MbgNbd,
    ParetoNbd,
    MbgCnbdK,
    BgBb,
    GammaGamma,
    Sbg,
    Bdw,
    KaplanMeier,
    Weibull,
    WeibullCure,
    Attribution,
    Spikes,
    Impact,
    BetaBinomial,
    GammaPoisson,
}

impl Model {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nbd => "nbd",
            Self::BgNbd => "bg-nbd",
            Self::MbgNbd => "mbg-nbd",
            Self::ParetoNbd => "pareto-nbd",
            Self::MbgCnbdK => "mbg-cnbd-k",
            Self::BgBb => "bg-bb",
            Self::GammaGamma => "gamma-gamma",
            Self::Sbg => "sbg",
            Self::Bdw => "bdw",
            Self::KaplanMeier => "kaplan-meier",
            Self::Weibull => "weibull",
            Self::WeibullCure => "weibull-cure",
            Self::Attribution => "attribution",
            Self::Spikes => "spikes",
            Self::Impact => "impact",
            Self::BetaBinomial => "beta-binomial",
            Self::GammaPoisson => "gamma-poisson",
        }
    }

    const fn has_parameters(self) -> bool {
        !matches!(
            self,
            Self::KaplanMeier | Self::Attribution | Self::Spikes | Self::Impact
        )
    }

    const fn has_horizon(self) -> bool {
        !matches!(
            self,
            Self::Attribution | Self::Spikes | Self::Impact | Self::BetaBinomial | Self::GammaPoisson
        )
    }
}

/// What was asked beside the model and the file.
pub struct Request<'a> {
    at: &'a [String],
    horizon: Option<f64>,
    level: f64,
    start: Option<&'a str>,
}

impl Request<'_> {
    fn at(&self) -> Option<At<'_>> {
        At::given(self.at)
    }
}

fn horizon(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if value > 0.0 && value.is_finite() => Ok(value),
        _ => Err("a horizon is a time above 0, in the unit of the file".to_owned()),
    }
}

pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let model = args.model;
    let name = model.name();
    if !args.at.is_empty() && !model.has_parameters() {
        return Err(Usage(format!("--at: {name} has no parameters to give")).into());
    }
    if args.horizon.is_some() && !model.has_horizon() {
        return Err(Usage(format!("--horizon means nothing for {name}")).into());
    }
    if args.start.is_some() && model != Model::Impact {
        return Err(Usage(format!("--start belongs to impact, not to {name}")).into());
    }
    let request = Request {
        at: &args.at,
        horizon: args.horizon,
        level: args.level,
        start: args.start.as_deref(),
    };
    match estimated(model, args, &request) {
        Err(error) if error.is::<NotRecognised>() => {
            eprintln!("longplay: {error}");
            Ok(Exit::Nothing)
        }
        other => other,
    }
}

fn estimated(model: Model, args: &Args, request: &Request<'_>) -> anyhow::Result<Exit> {
    let sheet = Sheet::open(&args.input)?;
    let outcome = match model {
        Model::Nbd | Model::BgNbd | Model::MbgNbd | Model::ParetoNbd | Model::MbgCnbdK => {
            recurring::estimate(model, &sheet, request)
        }
        Model::BgBb => opportunities::estimate(&sheet, request),
        Model::GammaGamma => spend::estimate(&sheet, request),
        Model::Sbg | Model::Bdw => contracts::estimate(model, &sheet, request),
        Model::KaplanMeier | Model::Weibull | Model::WeibullCure => waiting::estimate(model, &sheet, request),
        Model::Attribution => paths::estimate(&sheet, request),
        Model::Spikes => days::spikes(&sheet, request),
        Model::Impact => days::effect(&sheet, request),
        Model::BetaBinomial => items::beta_binomial(&sheet, request),
        Model::GammaPoisson => items::gamma_poisson(&sheet, request),
    }?;
    outcome.print(&sheet, args.json)?;
    let is_empty = sheet.is_empty()?;
    if is_empty {
        eprintln!(
            "longplay: {}: there is a header but no row below it",
            args.input.display()
        );
    }
    Ok(if is_empty { Exit::Nothing } else { Exit::Ok })
}

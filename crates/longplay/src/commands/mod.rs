//! The commands, one a file: each parses its own arguments, makes the calls and renders what comes back.

mod account;
mod act;
mod ask;
mod backup;
mod check;
mod demo;
mod estimate;
mod export;
mod goal;
mod hit;
mod ideal;
mod import;
mod key;
mod person;
mod plan;
mod regular;
mod restore;
mod retention;
mod segment;
mod serve;
mod talk;
mod token;

use crate::{config::Config, exit::Exit};

#[derive(clap::Subcommand)]
pub enum Command {
    Serve(serve::Args),
    Demo(demo::Args),
    Import(import::Args),
    Ask(ask::Args),
    Estimate(estimate::Args),
    Goal(goal::Args),
    Hit(hit::Args),
    Ideal(ideal::Args),
    Segment(segment::Args),
    Plan(plan::Args),
    Act(act::Args),
    Regular(regular::Args),
    Talk(talk::Args),
    Export(export::Args),
    Check(check::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Key(key::Args),
    Person(person::Args),
    Retention(retention::Args),
    Token(token::Args),
    Account(account::Args),
}

impl Command {
    pub fn run(self, config: &Config) -> anyhow::Result<Exit> {
        match self {
            Self::Serve(args) => serve::run(&args, config),
            Self::Demo(args) => demo::run(&args, config),
            Self::Import(args) => import::run(&args, config),
            Self::Ask(args) => ask::run(&args, config),
            Self::Estimate(args) => estimate::run(&args),
            Self::Goal(args) => goal::run(args, config),
            Self::Hit(args) => hit::run(args, config),
            Self::Ideal(args) => ideal::run(&args, config),
            Self::Segment(args) => segment::run(&args, config),
            Self::Plan(args) => plan::run(&args, config),
            Self::Act(args) => act::run(&args, config),
            Self::Regular(args) => regular::run(&args, config),
            Self::Talk(args) => talk::run(&args, config),
            Self::Export(args) => export::run(&args, config),
            Self::Check(args) => check::run(&args, config),
            Self::Backup(args) => backup::run(&args, config),
            Self::Restore(args) => restore::run(&args, config),
            Self::Key(args) => key::run(args, config),
            Self::Person(args) => person::run(&args, config),
            Self::Retention(args) => retention::run(&args, config),
            Self::Token(args) => token::run(&args, config),
            Self::Account(args) => account::run(&args, config),
        }
    }
}

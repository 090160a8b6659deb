//! What the answers are about: whom the owner wants, what they want people to do, who counts as a regular, and what the
//! workspace is called.

use axum::extract::{Query, State};
use axum::response::Response;
use axum::{Extension, Json};
use longplay_domain::{Act, Goal, RegularRule, Renewal, Rule, RuleError};
use serde_json::{Value, json};

use super::{done, refused, refused_rule, wrong};
use crate::api::Pairs;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, HttpError, PageError};
use crate::form::Fields;

const RULE_BYTES_MAX: usize = 4_000;

fn rule_of(text: &str) -> Result<Rule, HttpError> {
    if text.trim().is_empty() || text.len() > RULE_BYTES_MAX {
        return Err(wrong("Write a rule, such as: country in (AT, DE) and did purchased"));
    }
    text.parse()
        .map_err(|error: RuleError| wrong(format!("That is no rule yet: {}", error.shown(text))))
}

/// How many people a rule means, in a sentence.
pub(super) async fn counted(app: &App, rule: &str) -> Result<String, HttpError> {
    Ok(app.try_rule(rule_of(rule)?).await?.whole.sentence())
}

/// `GET /api/v1/ideal/try?rule=…`: how many people a rule means; keeps nothing.
pub async fn preview(State(app): State<App>, pairs: Pairs) -> Result<Json<Value>, ApiError> {
    let pairs = pairs.map(|Query(pairs)| pairs).unwrap_or_default();
    let rule = pairs.into_iter().find(|(name, _)| name == "rule").map(|(_, rule)| rule);
    let rule = rule_of(&rule.unwrap_or_default())?;
    let count = app.try_rule(rule.clone()).await?.whole;
    Ok(Json(json!({
        "rule": rule.to_string(),
        "people": count.people(),
        "yes": count.yes,
        "no": count.no,
        "unknown": count.unknown,
        "sentence": count.sentence(),
    })))
}

/// Keeps the rule of whom the owner wants; without one, nobody said.
pub(crate) async fn keep_ideal(app: &App, caller: &Caller, text: &str) -> Result<(), HttpError> {
    let rule = if text.is_empty() { None } else { Some(rule_of(text)?) };
    app.change(move |store| store.set_ideal(rule.as_ref())).await?;
    app.log(caller, "ideal_changed", None).await;
    Ok(())
}

/// `POST /settings/ideal`
pub async fn set_ideal(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let rule = fields.said("rule");
    match keep_ideal(&app, &caller, rule).await {
        Ok(()) => Ok(done(if rule.is_empty() { "ideal_off" } else { "ideal" }, "ideal")),
        Err(error) => refused_rule(&app, &caller, error, Some(rule.to_owned())).await,
    }
}

/// Keeps a goal of that name: acts, or events of one name.
async fn keep_goal(app: &App, caller: &Caller, name: &str, fields: &Fields) -> Result<(), HttpError> {
    let acts: Vec<Act> = fields.all("act").filter_map(Act::named).collect();
    let stated = |field: &str| Some(fields.said(field).to_owned()).filter(|text| !text.is_empty());
    let goal = Goal {
        name: name.to_owned(),
        acts,
        event: stated("event"),
        piece: None,
        channel: stated("channel"),
        renews: Renewal::named(fields.said("renews")),
    };
    if goal.acts.is_empty() && goal.event.is_none() {
        return Err(wrong(
            "Say what people do: choose an act, or write an event's name as it is sent.",
        ));
    }
    app.change(move |store| store.put_goal(&goal)).await?;
    app.log(caller, "goal_changed", Some(name.to_owned())).await;
    Ok(())
}

/// `POST /settings/goals`
pub async fn add_goal(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let name = fields.said("name").to_lowercase().replace([' ', '-'], "_");
    match keep_goal(&app, &caller, &name, &fields).await {
        Ok(()) => Ok(done("goal", "goals")),
        Err(error) => refused(&app, &caller, error).await,
    }
}

/// `POST /settings/goals/remove`
pub async fn remove_goal(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let (name, about) = (fields.said("name").to_owned(), fields.said("name").to_owned());
    match app.change(move |store| store.remove_goal(&name)).await {
        Ok(_) => {
            app.log(&caller, "goal_removed", Some(about)).await;
            Ok(done("goal_removed", "goals"))
        }
        Err(error) => refused(&app, &caller, error).await,
    }
}

/// `POST /settings/regular`
pub async fn regular(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let Some(rule) = RegularRule::named(fields.said("rule")) else {
        return refused(&app, &caller, wrong("Choose who counts as a regular.")).await;
    };
    match app.change(move |store| store.set_regular_rule(rule)).await {
        Ok(()) => {
            app.log(&caller, "regular_changed", Some(rule.name().to_owned())).await;
            Ok(done("regular", "regular"))
        }
        Err(error) => refused(&app, &caller, error).await,
    }
}

/// `POST /settings/name`
pub async fn name(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let name = fields.said("name").to_owned();
    match app.change(move |store| store.set_workspace_name(&name)).await {
        Ok(()) => {
            app.log(&caller, "name_changed", None).await;
            Ok(done("name", "workspace"))
        }
        Err(error) => refused(&app, &caller, error).await,
    }
}

//! The API described: an OpenAPI document, and the page that says the same to a reader.
//!
//! What a call takes of whoever asks comes from the table the router is built of, and the shapes from the types that are sent, so
//! neither can say anything else than what holds. A route of the API without words here fails a test.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use longplay_measures::{Answer, Edition, catalogue::Catalogue};
use utoipa::PartialSchema;
use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder};
use utoipa::openapi::schema::{ComponentsBuilder, Object, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Content, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required, ResponseBuilder, Schema,
};

use crate::app::App;
use crate::auth::Rule;
use crate::error::{self, PageError};
use crate::pages;
use crate::router;

/// Name and meaning of a parameter.
pub type Parameter = (&'static str, &'static str);

/// What a call answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gives {
    Answer,
    Edition,
    Catalogue,
    /// JSON of a shape that its words tell.
    Told,
    /// Plain text.
    Text,
}

/// A call in words.
struct Call {
    method: &'static str,
    path: &'static str,
    words: &'static str,
    parameters: &'static [Parameter],
    gives: Gives,
}

/// What any question can be asked with.
pub const OF_A_QUESTION: &[Parameter] = &[
    ("as_of", "Answer as if nothing had happened after this day or instant"),
    ("from", "Only people whose first day is this one or later"),
    ("to", "Only people whose first day is before this one"),
    (
        "by",
        "What the figures are broken down by: piece, channel, topic, week, source, campaign",
    ),
    ("compare", "With which period to compare: previous, year, weekdays"),
    ("level", "Level of the intervals, between 0 and 1"),
    ("goal", "credit and fit: the one goal it is about"),
    ("piece", "lift and hits: the piece it is about"),
    ("start", "lift: the first day it is about"),
    ("end", "lift: the last day it is about"),
    ("segment", "Only people of a saved segment"),
    ("where", "Only people of whom this rule says yes"),
    (
        "months",
        "durability: also as it was at the end of each of so many past months",
    ),
];

/// What a link is made of.
const OF_A_SHARE: &[Parameter] = &[
    (
        "page",
        "The page: /, /pieces, /piece, /audience, /outcomes, /durability, /plan or /audit",
    ),
    ("query", "What stands behind its `?`"),
    ("segment", "Only people of a saved segment"),
    ("name", "For whom, so that you know it again"),
    ("ends", "The last day on which it opens"),
    ("password", "At least 8 characters, if the link alone isn't enough"),
];

const CALLS: &[Call] = &[
    Call {
        method: "GET",
        path: "/healthz",
        words: "Whether the store is open",
        parameters: &[],
        gives: Gives::Text,
    },
    Call {
        method: "GET",
        path: "/api/v1/ask/{key}",
        words: "One question answered now; with the key `all`, every standing question from one pass",
        parameters: OF_A_QUESTION,
        gives: Gives::Answer,
    },
    Call {
        method: "GET",
        path: "/api/v1/edition",
        words: "The standing answers as they were last worked out",
        parameters: &[],
        gives: Gives::Edition,
    },
    Call {
        method: "GET",
        path: "/api/v1/pieces",
        words: "The pieces side by side, each with every standing figure about it",
        parameters: &[],
        gives: Gives::Catalogue,
    },
    Call {
        method: "GET",
        path: "/api/v1/piece",
        words: "One piece: its standing figures, what platforms said of it, and what was noted on its days",
        parameters: &[("id", "Its id")],
        gives: Gives::Told,
    },
    Call {
        method: "GET",
        path: "/api/v1/collect/recent",
        words: "What arrived since the server started, and why items were refused",
        parameters: &[],
        gives: Gives::Told,
    },
    Call {
        method: "GET",
        path: "/api/v1/people",
        words: "People one by one, as many as the figure they are drilled from",
        parameters: &[],
        gives: Gives::Told,
    },
    Call {
        method: "GET",
        path: "/api/v1/talk",
        words: "Whom to talk to today, why, and whether talking helped",
        parameters: &[],
        gives: Gives::Told,
    },
    Call {
        method: "GET",
        path: "/api/v1/ideal/try",
        words: "How many people a rule would say yes of",
        parameters: &[("rule", "The rule, as it is written in the settings")],
        gives: Gives::Told,
    },
    Call {
        method: "GET",
        path: "/api/v1/person",
        words: "Who somebody is: handles, links and when they were seen",
        parameters: &[("handle", "One of their handles")],
        gives: Gives::Told,
    },
    Call {
        method: "GET",
        path: "/api/v1/person/profile",
        words: "What the page of a person shows",
        parameters: &[],
        gives: Gives::Told,
    },
    Call {
        method: "GET",
        path: "/api/v1/person/timeline",
        words: "What they did, the latest first",
        parameters: &[],
        gives: Gives::Told,
    },
    Call {
        method: "GET",
        path: "/api/v1/person/export",
        words: "Everything held on them",
        parameters: &[("handle", "One of their handles")],
        gives: Gives::Told,
    },
    Call {
        method: "POST",
        path: "/api/v1/person/erase",
        words: "Forgets them, and gives a receipt",
        parameters: &[],
        gives: Gives::Told,
    },
    Call {
        method: "GET",
        path: "/api/v1/audit-log",
        words: "Who did what, the latest first",
        parameters: &[],
        gives: Gives::Told,
    },
    Call {
        method: "GET",
        path: "/api/v1/shares",
        words: "The links by which views are shared",
        parameters: &[],
        gives: Gives::Told,
    },
    Call {
        method: "POST",
        path: "/api/v1/shares",
        words: "Shares a view: fields of a form. The address it answers with is told this one time",
        parameters: OF_A_SHARE,
        gives: Gives::Told,
    },
    Call {
        method: "POST",
        path: "/api/v1/shares/end",
        words: "Ends a link: it opens nothing from then on",
        parameters: &[("number", "Which one, as the list says")],
        gives: Gives::Told,
    },
    Call {
        method: "GET",
        path: "/api/v1/share/{secret}",
        words: "What a shared view shows, for whoever has the link; its password, if it has one, goes in `x-share-password`",
        parameters: &[],
        gives: Gives::Told,
    },
    Call {
        method: "GET",
        path: "/api/v1/openapi.json",
        words: "This reference, for programs",
        parameters: &[],
        gives: Gives::Told,
    },
];

/// A route as the page tells it.
#[derive(Clone, Debug)]
pub struct Line {
    pub method: &'static str,
    pub path: &'static str,
    pub words: &'static str,
    /// Who may.
    pub may: &'static str,
    pub parameters: &'static [Parameter],
}

/// `GET /api/v1/openapi.json`
pub async fn document(State(app): State<App>) -> Json<OpenApi> {
    Json(openapi(&router::rules(app)))
}

/// `GET /reference`
pub async fn page(State(app): State<App>) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/sources");
    let rules = router::rules(app);
    let lines = described(&rules).map(|(rule, call)| Line {
        method: call.method,
        path: call.path,
        words: call.words,
        may: rule.may.words(),
        parameters: call.parameters,
    });
    Ok(error::show(&pages::reference(lines.collect(), frame.clone()), &frame))
}

/// The routes of the API with their words, in the router's order.
fn described(rules: &[Rule]) -> impl Iterator<Item = (&Rule, &'static Call)> {
    rules.iter().filter_map(|rule| {
        let call = CALLS
            .iter()
            .find(|call| call.path == rule.path && call.method == rule.method);
        call.map(|call| (rule, call))
    })
}

const TOKEN: &str = "token";

fn openapi(rules: &[Rule]) -> OpenApi {
    let mut schemas = Vec::new();
    let roots: [(String, RefOr<Schema>); 3] = [
        (Answer::name().into_owned(), Answer::schema()),
        (Edition::name().into_owned(), Edition::schema()),
        (Catalogue::name().into_owned(), Catalogue::schema()),
    ];
    schemas.extend(roots);
    Answer::schemas(&mut schemas);
    Edition::schemas(&mut schemas);
    Catalogue::schemas(&mut schemas);
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme(TOKEN, bearer);
    let paths = described(rules).fold(PathsBuilder::new(), |paths, (rule, call)| {
        paths.path(call.path, PathItem::new(method(call), operation(rule, call)))
    });
    let info = InfoBuilder::new()
        .title("Longplay")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Answers about an audience. Everything a page shows is here."));
    OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .components(Some(components.build()))
        .build()
}

fn method(call: &Call) -> HttpMethod {
    if call.method == "POST" {
        HttpMethod::Post
    } else {
        HttpMethod::Get
    }
}

fn operation(rule: &Rule, call: &Call) -> OperationBuilder {
    let mut operation = OperationBuilder::new()
        .summary(Some(call.words))
        .description(Some(format!("Who may: {}.", rule.may.words())))
        .response(
            "200",
            ResponseBuilder::new()
                .description("As asked")
                .content(kind(call), content(call)),
        )
        .response(
            "400",
            ResponseBuilder::new().description("What can't be read, and what to write instead"),
        )
        .response("401", ResponseBuilder::new().description("Nobody knows who is asking"));
    for part in call.path.split('/').filter(|part| part.starts_with('{')) {
        operation = operation.parameter(parameter(part.trim_matches(['{', '}']), ParameterIn::Path, "Which one"));
    }
    for (name, words) in call.parameters {
        operation = operation.parameter(parameter(name, ParameterIn::Query, words));
    }
    match rule.may.row() {
        (_, Some(_), _) => operation.security(SecurityRequirement::new(TOKEN, Vec::<String>::new())),
        _ => operation,
    }
}

fn parameter(name: &str, place: ParameterIn, words: &str) -> ParameterBuilder {
    let required = if matches!(place, ParameterIn::Path) {
        Required::True
    } else {
        Required::False
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(words))
        .schema(Some(Object::with_type(Type::String)))
}

fn kind(call: &Call) -> &'static str {
    if call.gives == Gives::Text {
        "text/plain"
    } else {
        "application/json"
    }
}

fn content(call: &Call) -> Content {
    let schema: RefOr<Schema> = match call.gives {
        Gives::Answer => Ref::from_schema_name(Answer::name()).into(),
        Gives::Edition => Ref::from_schema_name(Edition::name()).into(),
        Gives::Catalogue => Ref::from_schema_name(Catalogue::name()).into(),
        Gives::Told => Object::with_type(Type::Object).into(),
        Gives::Text => Object::with_type(Type::String).into(),
    };
    ContentBuilder::new().schema(Some(schema)).build()
}

//! `/api/v1/person`: open to tokens, closed to write keys and everybody else.

use axum::http::{Request, StatusCode};

use crate::harness::{Server, now};

#[tokio::test]
async fn only_a_token_reads_and_erases_a_person() {
    let server = Server::small();
    let token = server.store().create_token("support", now()).unwrap();
    let addresses = ["/api/v1/person?handle=p1", "/api/v1/person/export?handle=p1"];
    let key = format!("Bearer {}", server.key());
    for brought in [None, Some("Bearer lpt_0"), Some(key.as_str()), Some(token.as_str())] {
        let with = |request: axum::http::request::Builder| match brought {
            Some(value) => request.header("authorization", value),
            None => request,
        };
        for address in addresses {
            let said = server.send(with(Request::get(address))).await;
            assert_eq!(said.status, StatusCode::UNAUTHORIZED, "{brought:?} {address}");
            assert_eq!(said.json()["error"]["code"], "unauthorized");
        }
        let erase = server.send(with(Request::post("/api/v1/person/erase?handle=p1"))).await;
        assert_eq!(erase.status, StatusCode::UNAUTHORIZED);
    }
    let bearer = format!("Bearer {token}");
    let get = |address: &str| Request::get(address).header("authorization", &bearer);
    let card = server.send(get(addresses[0])).await.json();
    assert_eq!((&card["events"], &card["handles"][0]), (&3.into(), &"custom:p1".into()));
    let export = server.send(get(addresses[1])).await.json();
    assert_eq!(export["events"].as_array().unwrap().len(), 3);
    assert_eq!(server.send(get("/api/v1/person")).await.status, StatusCode::BAD_REQUEST);

    let events = server.events();
    let erase = || Request::post("/api/v1/person/erase").header("authorization", &bearer);
    let receipt = server.send_body(erase(), r#"{"handle":"p1"}"#).await.json();
    assert_eq!((&receipt["erased"], &receipt["events"]), (&true.into(), &3.into()));
    assert_eq!(server.events(), events - 3);
    let again = server.send_body(erase(), r#"{"handle":"p1"}"#).await;
    assert_eq!(
        (again.status, again.json()["error"]["code"].clone()),
        (StatusCode::NOT_FOUND, "unknown_person".into())
    );
    assert!(server.store().revoke_token("support").unwrap());
    assert_eq!(server.send(get(addresses[0])).await.status, StatusCode::UNAUTHORIZED);
}

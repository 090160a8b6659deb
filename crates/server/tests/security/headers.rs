//! What every response says to the browser.

use longplay_server::{App, CONTENT_SECURITY_POLICY, rules};
use longplay_store::Role;

use super::{As, account, session};
use crate::harness::Server;

#[tokio::test]
async fn every_route_says_what_browsers_must_not_do() {
    let server = Server::small();
    let owner = session(&server, &account(&server, "Ada", Role::Owner));
    for rule in rules(App::new(server.shared_store())) {
        if rule.method != "GET" {
            continue;
        }
        for who in [&As::nobody(), &owner] {
            let said = server.send(who.request("GET", rule.path)).await;
            assert_eq!(
                said.header("content-security-policy"),
                CONTENT_SECURITY_POLICY,
                "{rule:?}"
            );
            assert_eq!(said.header("x-content-type-options"), "nosniff", "{rule:?}");
            assert_eq!(said.header("x-frame-options"), "DENY", "{rule:?}");
            assert!(
                ["same-origin", "no-referrer"].contains(&said.header("referrer-policy")),
                "{rule:?}"
            );
            assert!(said.header("permissions-policy").contains("camera=()"), "{rule:?}");
            assert!(!said.header("cache-control").is_empty(), "{rule:?}");
            assert_eq!(
                said.header("strict-transport-security"),
                "",
                "that is the proxy's to say"
            );
        }
    }
    assert!(!CONTENT_SECURITY_POLICY.contains("unsafe"));
    assert!(CONTENT_SECURITY_POLICY.contains("frame-ancestors 'none'"));
}

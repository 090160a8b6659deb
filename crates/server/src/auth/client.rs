//! Where a request comes from. What a proxy says of it is believed of the proxies that the owner named, and of nobody else: anybody
//! can write a header.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{HeaderMap, header, request::Parts};
use ipnet::IpNet;

use crate::collect::Peer;

/// How the server stands in the world.
#[derive(Clone, Debug)]
pub struct Access {
    /// Whether it listens on loopback alone, so that only its own machine reaches it.
    pub is_loopback: bool,
    /// Proxies whose word on where a request comes from is believed.
    pub trusted_proxies: Vec<IpNet>,
}

impl Access {
    fn trusts(&self, address: &IpAddr) -> bool {
        self.trusted_proxies.iter().any(|net| net.contains(address))
    }
}

impl Default for Access {
    fn default() -> Self {
        Self {
            is_loopback: true,
            trusted_proxies: Vec::new(),
        }
    }
}

/// Who is at the other end of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    pub address: Option<IpAddr>,
    pub is_https: bool,
    /// The name and port by which the browser knows this server.
    pub host: Option<String>,
    /// Whether it can only be somebody at this very machine.
    pub(super) is_local: bool,
}

/// What a proxy adds; whoever sends one is not somebody at this machine.
const FORWARDED: [&str; 5] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

impl Client {
    pub(crate) fn of(access: &Access, asked: &Parts) -> Self {
        let peer = asked.extensions.get::<Peer>().map(|peer| peer.0.ip());
        Self::read(access, peer.map(|peer| peer.to_canonical()), &asked.headers)
    }

    /// A visitor of somebody's site, who is only told apart and may do nothing: the word of this machine counts too, for a proxy on
    /// it would else make one visitor of everybody.
    pub(crate) fn visiting(access: &Access, peer: Option<IpAddr>, headers: &HeaderMap) -> Self {
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.to_canonical());
        let is_trusted = |address: &IpAddr| address.is_loopback() || access.trusts(address);
        Self::told_by(access, Some(peer), headers, is_trusted)
    }

    fn read(access: &Access, peer: Option<IpAddr>, headers: &HeaderMap) -> Self {
        Self::told_by(access, peer, headers, |address| access.trusts(address))
    }

    fn told_by(
        access: &Access,
        peer: Option<IpAddr>,
        headers: &HeaderMap,
        is_trusted: impl Fn(&IpAddr) -> bool,
    ) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let host = text(header::HOST.as_str()).map(str::to_ascii_lowercase);
        if peer.as_ref().is_some_and(&is_trusted) {
            let last = |name| text(name).and_then(|value| value.rsplit(',').next()).map(str::trim);
            return Self {
                address: forwarded_for(headers, is_trusted).or(peer),
                is_https: last("x-forwarded-proto").is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")),
                host: last("x-forwarded-host").map(str::to_ascii_lowercase).or(host),
                is_local: false,
            };
        }
        let is_forwarded = FORWARDED.iter().any(|name| headers.contains_key(*name));
        // A page of another site can make a browser here ask by a name that leads here; it can't make it ask by ours.
        let is_ours = host.as_deref().is_none_or(is_loopback_name);
        Self {
            is_local: access.is_loopback && !is_forwarded && is_ours && peer.is_none_or(|peer| peer.is_loopback()),
            address: peer,
            is_https: false,
            host,
        }
    }
}

/// The last address that no trusted proxy has: what stands before it, anybody may have written.
fn forwarded_for(headers: &HeaderMap, is_trusted: impl Fn(&IpAddr) -> bool) -> Option<IpAddr> {
    let values: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let mut nearest = None;
    for part in values.iter().rev().flat_map(|value| value.rsplit(',')) {
        let Some(address) = address(part.trim()) else { break };
        nearest = Some(address);
        if !is_trusted(&address) {
            break;
        }
    }
    nearest
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let plain = text
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>()
        .ok();
    let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    plain.or_else(with_port).map(|address| address.to_canonical())
}

fn is_loopback_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    name == "localhost" || name.ends_with(".localhost") || address(name).is_some_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn read(access: &Access, peer: &str, headers: &[(&'static str, &'static str)]) -> Client {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        Client::read(access, Some(peer.parse().unwrap()), &map)
    }

    fn behind(proxies: &[&str]) -> Access {
        Access {
            trusted_proxies: proxies.iter().map(|net| net.parse().unwrap()).collect(),
            ..Access::default()
        }
    }

    #[test]
    fn a_forwarded_address_is_believed_of_trusted_proxies_alone() {
        let access = behind(&["10.0.0.0/8", "fd00::/8"]);
        let of = |peer, values: &[&'static str]| {
            let headers: Vec<_> = values.iter().map(|value| ("x-forwarded-for", *value)).collect();
            read(&access, peer, &headers).address.unwrap().to_string()
        };
        assert_eq!(of("192.0.2.9", &["198.51.100.1"]), "192.0.2.9", "a stranger's header");
        assert_eq!(of("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            of("10.0.0.1", &["6.6.6.6, 198.51.100.1, 10.1.1.1"]),
            "198.51.100.1",
            "what a client wrote itself"
        );
        assert_eq!(
            of("10.0.0.1", &["6.6.6.6", "198.51.100.1"]),
            "198.51.100.1",
            "a second header"
        );
        assert_eq!(of("10.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(of("fd00::1", &["[2001:db8::7]"]), "2001:db8::7");
        assert_eq!(of("10.0.0.1", &["nonsense"]), "10.0.0.1");
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn of_a_visitor_this_machine_is_believed_and_no_stranger() {
        let access = behind(&["10.0.0.0/8"]);
        let of = |peer: &str, value: &'static str| {
            let headers = HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), HeaderValue::from_static(value))]);
            let visitor = Client::visiting(&access, Some(peer.parse().unwrap()), &headers);
            visitor.address.unwrap().to_string()
        };
        assert_eq!(of("192.0.2.9", "198.51.100.1"), "192.0.2.9", "a stranger's header");
        assert_eq!(of("127.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(of("::ffff:127.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(
            of("10.0.0.1", "6.6.6.6, 198.51.100.1"),
            "198.51.100.1",
            "what a client wrote itself"
        );
        assert_eq!(of("127.0.0.1", "unknown"), "127.0.0.1");
    }

    #[test]
    fn scheme_and_host_are_the_trusted_proxys_word() {
        let headers = [
            ("host", "127.0.0.1:7070"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "Stats.Example"),
        ];
        let trusted = read(&behind(&["127.0.0.1/32"]), "127.0.0.1", &headers);
        assert_eq!(
            (trusted.is_https, trusted.host.as_deref()),
            (true, Some("stats.example"))
        );
        let unknown = read(&Access::default(), "127.0.0.1", &headers);
        assert_eq!(
            (unknown.is_https, unknown.host.as_deref()),
            (false, Some("127.0.0.1:7070"))
        );
    }

    #[test]
    fn only_who_asks_by_a_name_of_this_machine_is_at_it() {
        let access = Access::default();
        let is_local = |host| read(&access, "127.0.0.1", &[("host", host)]).is_local;
        for host in [
            "localhost",
            "localhost:7070",
            "127.0.0.1:7070",
            "[::1]:7070",
            "127.0.0.2",
            "Longplay.localhost:1",
        ] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:7070",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "",
        ] {
            assert!(!is_local(host), "{host}");
        }
        assert!(!read(&access, "192.0.2.1", &[("host", "localhost")]).is_local);
        for header in FORWARDED {
            assert!(
                !read(&access, "127.0.0.1", &[("host", "localhost"), (header, "x")]).is_local,
                "{header}"
            );
        }
        let elsewhere = Access {
            is_loopback: false,
            ..Access::default()
        };
        assert!(!read(&elsewhere, "127.0.0.1", &[("host", "localhost")]).is_local);
    }
}

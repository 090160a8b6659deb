//! E-mail addresses and phone numbers as handles: one spelling for one address.

use unicode_normalization::UnicodeNormalization;

/// The handle of an e-mail address: trimmed, NFC, the domain in its ASCII form. Lower-casing is the domain's own work.
pub(crate) fn email_handle(address: &str) -> String {
    let address = address.trim();
    if address.is_ascii() {
        return format!("email:{address}");
    }
    let address: String = address.nfc().collect();
    let Some((local, domain)) = address.rsplit_once('@') else {
        return format!("email:{address}");
    };
    match url::Host::parse(domain) {
        Ok(url::Host::Domain(domain)) => format!("email:{local}@{domain}"),
        _ => format!("email:{address}"),
    }
}

/// A person as our own formats write them: an `email:` handle gets its one spelling, all else stays.
pub(crate) fn person(text: &str) -> String {
    let email = text
        .get(..6)
        .filter(|kind| !text.is_ascii() && kind.eq_ignore_ascii_case("email:"));
    if email.is_some() {
        email_handle(&text[6..])
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling() {
        assert_eq!(email_handle(" Ada@example.com "), "email:Ada@example.com");
        assert_eq!(email_handle("ada@bücher.example"), "email:ada@xn--bcher-kva.example");
        assert_eq!(
            email_handle("ada@bu\u{308}cher.example"),
            "email:ada@xn--bcher-kva.example"
        );
        assert_eq!(person("EMAIL:ä@x.example"), "email:ä@x.example");
        assert_eq!(person("ünï"), "ünï");
        assert_eq!(email_handle("kein klammeraffe ü"), "email:kein klammeraffe ü");
    }
}

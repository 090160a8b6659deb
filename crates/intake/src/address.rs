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

/// The handle of a phone number: its digits, with the plus of an international one. None when a spreadsheet rounded it or
/// it is too short to be one.
pub(crate) fn phone_handle(phone: &str) -> Option<String> {
    const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
    let phone = phone.trim_start_matches('\'').trim();
    let is_phone = phone
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b' ' | b'-' | b'(' | b')' | b'.' | b'/'));
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let plus = if phone.starts_with('+') { "+" } else { "" };
    (is_phone && DIGITS.contains(&digits.len())).then(|| format!("phone:{plus}{digits}"))
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

    #[test]
    fn a_phone_is_its_digits() {
        assert_eq!(phone_handle("'+43 (1) 234-5678").as_deref(), Some("phone:+4312345678"));
        for none in ["", "9.23E+11", "12345", "call me"] {
            assert_eq!(phone_handle(none), None, "{none}");
        }
    }
}

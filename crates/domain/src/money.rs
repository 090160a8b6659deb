//! Money in minor units with its ISO 4217 currency. No floats, and never a sum across currencies.

use std::fmt;

/// A currency of ISO 4217, three capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Currency([u8; 3]);

/// Currencies of ISO 4217 by the number of decimal places of their minor unit.
const NO_PLACES: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
const THREE_PLACES: &str = "BHD IQD JOD KWD LYD OMR TND";
const FOUR_PLACES: &str = "CLF UYW";
const TWO_PLACES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD \
    CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK \
    HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV \
    MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN \
    SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG XXX YER ZAR ZMW ZWG ZWL";

impl Currency {
    /// ISO 4217's own code for "no currency": a value whose currency nobody stated.
    pub const UNSTATED: Self = Self(*b"XXX");

    /// Reads a code in either case.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; 3] = text.trim().as_bytes().try_into().ok()?;
        let currency = Self(letters.map(|b| b.to_ascii_uppercase()));
        currency.find_exponent().map(|_| currency)
    }

    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Decimal places of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u32 {
        self.find_exponent().unwrap_or(2)
    }

    fn find_exponent(self) -> Option<u32> {
        let holds = |list: &str| list.split_ascii_whitespace().any(|code| code.as_bytes() == self.0);
        [(2, TWO_PLACES), (0, NO_PLACES), (3, THREE_PLACES), (4, FOUR_PLACES)]
            .into_iter()
            .find_map(|(places, list)| holds(list).then_some(places))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units of its currency: 12.34 EUR is 1234.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountError {
    Unreadable,
    TooLarge,
}

impl Money {
    /// Reads a decimal in major units (`1234.5`, `-3`, `1,234.50`), rounding half away from zero to the minor unit.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, AmountError> {
        let text = text.trim();
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let digits = digits.strip_prefix('+').unwrap_or(digits);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let whole = strip_thousands(whole).ok_or(AmountError::Unreadable)?;
        if (whole.is_empty() && fraction.is_empty())
            || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
        {
            return Err(AmountError::Unreadable);
        }
        let exponent = currency.exponent() as usize;
        let mut minor: i64 = 0;
        let places = fraction.bytes().chain(std::iter::repeat(b'0')).take(exponent);
        for digit in whole.bytes().chain(places) {
            minor = minor
                .checked_mul(10)
                .and_then(|m| m.checked_add(i64::from(digit - b'0')))
                .ok_or(AmountError::TooLarge)?;
        }
        if fraction.as_bytes().get(exponent).is_some_and(|&digit| digit >= b'5') {
            minor = minor.checked_add(1).ok_or(AmountError::TooLarge)?;
        }
        Ok(Self {
            minor: if negative { -minor } else { minor },
            currency,
        })
    }
}

/// `1,234,567` → `1234567`; commas anywhere else are no thousands separators.
fn strip_thousands(whole: &str) -> Option<String> {
    if !whole.contains(',') {
        return Some(whole.to_owned());
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let well_formed = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    well_formed.then(|| whole.replace(',', ""))
}

/// `12.34 EUR`
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.currency.exponent();
        let scale = 10_u64.pow(places);
        let size = self.minor.unsigned_abs();
        let sign = if self.minor < 0 { "-" } else { "" };
        match places {
            0 => write!(f, "{sign}{size} {}", self.currency),
            _ => write!(
                f,
                "{sign}{}.{:0width$} {}",
                size / scale,
                size % scale,
                self.currency,
                width = places as usize
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minor(text: &str, code: &str) -> Result<i64, AmountError> {
        Money::parse(text, Currency::parse(code).unwrap()).map(|money| money.minor)
    }

    #[test]
    fn decimals_become_minor_units_of_their_currency() {
        assert_eq!(minor("12.34", "EUR"), Ok(1234));
        assert_eq!(minor("12.345", "eur"), Ok(1235));
        assert_eq!(minor("-0.5", "USD"), Ok(-50));
        assert_eq!(minor("1500", "JPY"), Ok(1500));
        assert_eq!(minor("1.2345", "KWD"), Ok(1235));
        assert_eq!(minor("1,234,567.8", "USD"), Ok(123_456_780));
        assert_eq!(minor(".5", "USD"), Ok(50));
    }

    #[test]
    fn what_is_no_amount_says_so() {
        for text in ["", "-", ".", "1.2.3", "12,34", "€12", "1e5", "NaN", "inf", "0x10"] {
            assert_eq!(minor(text, "EUR"), Err(AmountError::Unreadable), "{text}");
        }
        assert_eq!(minor("99999999999999999999", "EUR"), Err(AmountError::TooLarge));
        assert_eq!(Currency::parse("ZZZ"), None);
        assert_eq!(Currency::parse("EURO"), None);
    }

    #[test]
    fn money_is_shown_with_its_places() {
        let show = |minor, code| {
            Money {
                minor,
                currency: Currency::parse(code).unwrap(),
            }
            .to_string()
        };
        assert_eq!(show(-5, "EUR"), "-0.05 EUR");
        assert_eq!(show(1500, "JPY"), "1500 JPY");
        assert_eq!(show(1_234, "KWD"), "1.234 KWD");
    }
}

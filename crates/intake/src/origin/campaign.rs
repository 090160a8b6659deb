//! Campaign tags and click ids in the query of an address.

/// Longest tag that is kept, in bytes; what is longer is cut, for it only groups.
const TAG_BYTES_MAX: usize = 256;
/// Parameters of one address that are looked at.
const PARAMETERS_MAX: usize = 100;

/// Who sent somebody, by what means, in what campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tags {
    /// In lower case, for grouping.
    pub source: Option<String>,
    /// In lower case, for grouping.
    pub medium: Option<String>,
    pub campaign: Option<String>,
}

impl Tags {
    /// Tags the sender stated; blanks say nothing.
    pub fn stated(source: Option<&str>, medium: Option<&str>, campaign: Option<&str>) -> Self {
        Self {
            source: source.and_then(grouped),
            medium: medium.and_then(grouped),
            campaign: campaign.and_then(|text| kept(text.to_owned())),
        }
    }

    /// utm, Matomo's `mtm_`, `pk_` and `piwik_`, and the bare names that say the same; the first of each wins.
    pub fn of_query(query: &str) -> Self {
        let mut tags = Self::default();
        let mut bare = Self::default();
        for (name, value) in parameters(query) {
            let slot = match name {
                "utm_source" | "mtm_source" | "pk_source" => &mut tags.source,
                "utm_medium" | "mtm_medium" | "pk_medium" => &mut tags.medium,
                "utm_campaign" | "mtm_campaign" | "pk_campaign" | "piwik_campaign" => &mut tags.campaign,
                "ref" | "source" | "via" => &mut bare.source,
                "campaign" => &mut bare.campaign,
                _ => continue,
            };
            if slot.is_none() {
                let text = decoded(value);
                *slot = if name.ends_with("campaign") {
                    kept(text)
                } else {
                    grouped(&text)
                };
            }
        }
        tags.or(bare)
    }

    /// The first of two that says anything, field by field.
    pub fn or(self, other: Self) -> Self {
        Self {
            source: self.source.or(other.source),
            medium: self.medium.or(other.medium),
            campaign: self.campaign.or(other.campaign),
        }
    }
}

/// What a click id says by itself. Meta's is on organic clicks too, so it is no proof of an ad.
pub(super) fn click(query: &str) -> Option<(&'static str, &'static str)> {
    parameters(query).find_map(|(name, value)| {
        let meaning = match name {
            "gclid" | "gbraid" | "wbraid" | "gad_source" => ("google", "cpc"),
            "msclkid" => ("bing", "cpc"),
            "fbclid" => ("facebook", "social"),
            "igshid" | "igsh" => ("instagram", "social"),
            "twclid" => ("x", "cpc"),
            "ttclid" => ("tiktok", "cpc"),
            "li_fat_id" => ("linkedin", "cpc"),
            "rdt_cid" => ("reddit", "cpc"),
            "epik" => ("pinterest", "cpc"),
            "ScCid" | "sccid" => ("snapchat", "cpc"),
            "qclid" => ("quora", "cpc"),
            "yclid" => ("yandex", "cpc"),
            "mc_cid" | "mc_eid" => ("mailchimp", "email"),
            "_kx" => ("klaviyo", "email"),
            "ck_subscriber_id" => ("kit", "email"),
            _ => return None,
        };
        (!value.is_empty()).then_some(meaning)
    })
}

/// Name and raw value of each parameter.
fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query
        .split('&')
        .take(PARAMETERS_MAX)
        .filter_map(|pair| pair.split_once('='))
}

/// Percent signs resolved, plus as space.
fn decoded(value: &str) -> String {
    url::form_urlencoded::parse(value.as_bytes())
        .next()
        .map(|(text, _)| text.into_owned())
        .unwrap_or_default()
}

fn grouped(text: &str) -> Option<String> {
    kept(text.to_lowercase())
}

fn kept(mut text: String) -> Option<String> {
    if text.contains('\0') {
        text = text.replace('\0', "");
    }
    text.truncate(text.floor_char_boundary(TAG_BYTES_MAX));
    let trimmed = text.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

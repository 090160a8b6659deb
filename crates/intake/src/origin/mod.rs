//! Where a visit came from: campaign tags, click ids and the referrer become source, medium and campaign, in that order of
//! trust (formats §8.2, §8.4). The site itself and the pages of payment providers are no referrers. What names a person in
//! an address (`mc_eid` and its like) never leaves this module, because queries are never kept.

mod address;
mod campaign;
mod referrer;

pub(crate) use address::Address;
pub(crate) use campaign::Tags;

/// What is known about how somebody came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    pub source: Option<String>,
    pub medium: Option<String>,
    pub campaign: Option<String>,
    /// The address they came from, without its query.
    pub referrer: Option<String>,
}

/// `stated` are tags the sender read itself; they win over those in the page's address.
pub(crate) fn of(page: Option<&Address<'_>>, referrer: Option<&str>, stated: Tags) -> Origin {
    let query = page.map_or("", |page| page.query);
    let tags = stated.or(Tags::of_query(query));
    let came_from = referrer.and_then(|referrer| referrer::Referrer::of(referrer, page.map_or("", |page| page.host)));
    let (source, medium) = if tags.source.is_some() || tags.medium.is_some() {
        (tags.source, tags.medium)
    } else if let Some((source, medium)) = campaign::click(query) {
        (Some(source.to_owned()), Some(medium.to_owned()))
    } else if let Some(from) = &came_from {
        (Some(from.source.clone()), Some(from.medium.to_owned()))
    } else {
        (None, None)
    };
    Origin {
        source,
        medium,
        campaign: tags.campaign,
        referrer: came_from.map(|from| from.url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(page: &str, referrer: &str) -> [Option<String>; 4] {
        let page = Address::parse(page);
        let origin = of(page.as_ref(), Some(referrer), Tags::default());
        [origin.source, origin.medium, origin.campaign, origin.referrer]
    }

    fn said(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn tags_win_over_click_ids_and_those_over_the_referrer() {
        let google = "https://www.google.com/search?q=x";
        let from_google = said("https://www.google.com/search");
        assert_eq!(
            came(
                "https://a.example/?utm_source=News&utm_medium=E-Mail&utm_campaign=May+1%21&fbclid=x",
                google
            ),
            [said("news"), said("e-mail"), said("May 1!"), from_google.clone()]
        );
        assert_eq!(
            came("https://a.example/?gclid=x", google),
            [said("google"), said("cpc"), None, from_google.clone()]
        );
        assert_eq!(
            came("https://a.example/", google),
            [said("google"), said("organic"), None, from_google]
        );
        assert_eq!(
            came("https://a.example/?fbclid=x", ""),
            [said("facebook"), said("social"), None, None]
        );
        assert_eq!(
            came("https://a.example/?mtm_campaign=c&pk_source=s", "")[..3],
            [said("s"), None, said("c")]
        );
    }

    #[test]
    fn the_site_itself_and_payment_pages_are_no_referrers() {
        let nothing = [None, None, None, None];
        for referrer in [
            "https://a.example/other",
            "https://www.a.example/",
            "https://shop.a.example/",
            "https://checkout.stripe.com/c/pay",
            "https://www.paypal.com/",
            "$direct",
            "",
            "about:blank",
        ] {
            assert_eq!(came("https://a.example/p", referrer), nothing, "{referrer}");
        }
        assert_eq!(came("https://shop.a.example/p", "https://a.example/"), nothing);
    }
}

//! `--at name=value,…`: parameters as given, instead of fitted.

use crate::exit::Usage;

/// Given parameters, each by its name.
pub struct At<'a>(&'a [String]);

impl<'a> At<'a> {
    /// `None` when nothing was given, and the model is to be fitted.
    pub fn given(pairs: &'a [String]) -> Option<Self> {
        (!pairs.is_empty()).then_some(Self(pairs))
    }

    /// The values of these names, each of which must be given once, and no other.
    pub fn values<const N: usize>(&self, names: [&str; N]) -> anyhow::Result<[f64; N]> {
        let all = names.join(", ");
        let mut found = [None; N];
        for pair in self.0 {
            let Some((name, value)) = pair.split_once('=') else {
                return Err(Usage(format!("--at: “{pair}” is no name=value; this model takes {all}")).into());
            };
            let (name, value) = (name.trim(), value.trim());
            let Some(place) = names.iter().position(|known| known.eq_ignore_ascii_case(name)) else {
                return Err(Usage(format!("--at: this model has no parameter “{name}”; it takes {all}")).into());
            };
            let number = value
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite() && *number > 0.0);
            let Some(number) = number else {
                return Err(Usage(format!("--at: {name} must be a number above 0, not “{value}”")).into());
            };
            if found[place].replace(number).is_some() {
                return Err(Usage(format!("--at: {name} is given twice")).into());
            }
        }
        let missing: Vec<&str> = (0..N)
            .filter(|&place| found[place].is_none())
            .map(|place| names[place])
            .collect();
        if !missing.is_empty() {
            return Err(Usage(format!("--at: {} missing; this model takes {all}", missing.join(", "))).into());
        }
        Ok(found.map(Option::unwrap_or_default))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> anyhow::Result<[f64; 2]> {
        let pairs: Vec<String> = text.split(',').map(str::to_owned).collect();
        At(&pairs).values(["r", "alpha"])
    }

    #[test]
    fn every_parameter_once_in_any_order() {
        assert_eq!(values("alpha=4.4, R = 0.2").unwrap(), [0.2, 4.4]);
        assert!(At::given(&[]).is_none());
        for wrong in [
            "r=1",
            "r=1,alpha=0",
            "r=1,alpha=nan",
            "r=1,alpha=2,a=3",
            "r=1,r=2,alpha=3",
            "r,alpha=1",
            "",
        ] {
            assert!(values(wrong).unwrap_err().is::<Usage>(), "{wrong}");
        }
    }
}

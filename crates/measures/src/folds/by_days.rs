//! People counted by a number of days: as short as the oldest is old, and without a look-up in the pass.

/// How many people there are for each number of days; fewer than none counts as none.
#[derive(Debug, Default)]
pub struct ByDays(Vec<u64>);

impl ByDays {
    #[inline]
    pub fn add(&mut self, days: i32) {
        let days = days.max(0) as usize;
        if self.0.len() <= days {
            self.0.resize(days + 1, 0);
        }
        self.0[days] += 1;
    }

    pub fn merge(&mut self, other: &Self) {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(mine, theirs)| *mine += theirs);
    }

    pub fn take_away(&mut self, other: &Self) {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(mine, theirs)| *mine -= theirs);
    }

    /// Numbers of days that somebody has, ascending, with how many people.
    pub fn cells(&self) -> impl Iterator<Item = (i32, u64)> {
        let all = (0..).zip(&self.0);
        all.filter(|&(_, &people)| people > 0)
            .map(|(days, &people)| (days, people))
    }
}

#[cfg(test)]
mod tests {
    use super::ByDays;

    #[test]
    fn people_add_up_by_their_days() {
        let (mut one, mut other) = (ByDays::default(), ByDays::default());
        [3, 0, 3, -1].iter().for_each(|&days| one.add(days));
        [3, 9].iter().for_each(|&days| other.add(days));
        one.merge(&other);
        assert_eq!(one.cells().collect::<Vec<_>>(), [(0, 2), (3, 3), (9, 1)]);
        one.take_away(&other);
        assert_eq!(one.cells().collect::<Vec<_>>(), [(0, 2), (3, 2)]);
        other.merge(&ByDays::default());
        assert_eq!(other.cells().collect::<Vec<_>>(), [(3, 1), (9, 1)]);
    }
}

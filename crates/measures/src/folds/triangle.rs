//! What the people of each cohort did at each age, both counted in the same periods: dense, since the cohorts of an audience
//! follow one upon the other, and so do the ages of each.

use super::Count;

/// Values by a number that may begin anywhere.
#[derive(Debug)]
pub struct Numbered<T> {
    first: i32,
    values: Vec<T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self {
            first: 0,
            values: Vec::new(),
        }
    }
}

impl<T: Default> Numbered<T> {
    /// The value with that number, which begins empty.
    #[inline]
    pub fn at(&mut self, number: i32) -> &mut T {
        let place = number.wrapping_sub(self.first) as u32 as usize;
        if place >= self.values.len() {
            self.reach(number);
        }
        &mut self.values[number.wrapping_sub(self.first) as u32 as usize]
    }

    #[cold]
    fn reach(&mut self, number: i32) {
        if self.values.is_empty() {
            self.first = number;
        }
        if number < self.first {
            let more = self.first.abs_diff(number) as usize;
            self.values.splice(0..0, std::iter::repeat_with(T::default).take(more));
            self.first = number;
        }
        let place = number.abs_diff(self.first) as usize;
        self.values.resize_with(self.values.len().max(place + 1), T::default);
    }

    pub fn get(&self, number: i32) -> Option<&T> {
        self.values.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    /// From the first number met to the last, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (i32, &T)> + ExactSizeIterator {
        let first = self.first;
        let values = self.values.iter().enumerate();
        values.map(move |(place, value)| (first + place as i32, value))
    }

    /// Does something with each value and that of the same number in another.
    pub fn merge(&mut self, other: Self, mut add: impl FnMut(&mut T, T)) {
        for (place, theirs) in other.values.into_iter().enumerate() {
            add(self.at(other.first + place as i32), theirs);
        }
    }
}

/// Values by cohort and age.
#[derive(Debug)]
pub struct Triangle<T> {
    cohorts: Numbered<Ages<T>>,
}

/// The values of one cohort, by age.
#[derive(Debug)]
pub struct Ages<T>(Vec<T>);

impl<T> Default for Ages<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Default for Triangle<T> {
    fn default() -> Self {
        Self {
            cohorts: Numbered::default(),
        }
    }
}

impl<T: Count> Ages<T> {
    #[inline]
    pub fn add(&mut self, age: u32, value: T) {
        let age = age as usize;
        if self.0.len() <= age {
            self.0.resize(age + 1, T::default());
        }
        self.0[age].add(value);
    }

    fn take_away(&mut self, other: Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            mine.take_away(theirs);
        }
        // As long as the oldest age that anybody is left at.
        let used = self.0.iter().rposition(|value| *value != T::default());
        self.0.truncate(used.map_or(0, |last| last + 1));
    }
}

impl<T: Count> Triangle<T> {
    /// The ages of a cohort.
    #[inline]
    pub fn cohort(&mut self, cohort: i32) -> &mut Ages<T> {
        self.cohorts.at(cohort)
    }

    /// Cohorts that have anybody, by number and ascending, with their values by age.
    pub fn cohorts(&self) -> impl DoubleEndedIterator<Item = (i32, &[T])> {
        let all = self.cohorts.iter().map(|(cohort, ages)| (cohort, ages.0.as_slice()));
        all.filter(|(_, ages)| !ages.is_empty())
    }

    pub fn merge(&mut self, other: Self) {
        self.cohorts.merge(other.cohorts, |mine, theirs| {
            for (age, value) in (0..).zip(theirs.0) {
                mine.add(age, value);
            }
        });
    }

    /// Takes away values that were added before.
    pub fn take_away(&mut self, other: Self) {
        self.cohorts.merge(other.cohorts, Ages::take_away);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_begin_anywhere_and_add_up() {
        let (mut one, mut other) = (Triangle::<u64>::default(), Triangle::default());
        one.cohort(4).add(0, 2);
        one.cohort(-3).add(5, 1);
        other.cohort(4).add(0, 1);
        other.cohort(9).add(1, 7);
        one.merge(other);
        let wanted: [(i32, &[u64]); 3] = [(-3, &[0, 0, 0, 0, 0, 1]), (4, &[3]), (9, &[0, 7])];
        assert_eq!(one.cohorts().collect::<Vec<_>>(), wanted);
        let mut gone = Triangle::<u64>::default();
        gone.cohort(4).add(0, 3);
        gone.cohort(9).add(1, 6);
        one.take_away(gone);
        let left: [(i32, &[u64]); 2] = [(-3, &[0, 0, 0, 0, 0, 1]), (9, &[0, 1])];
        assert_eq!(one.cohorts().collect::<Vec<_>>(), left);
    }

    #[test]
    fn a_number_never_met_has_no_value() {
        let mut numbered = Numbered::<u64>::default();
        assert_eq!(numbered.get(0), None);
        *numbered.at(7) += 1;
        *numbered.at(5) += 1;
        assert_eq!(
            [4, 5, 6, 7, 8].map(|number| numbered.get(number).copied()),
            [None, Some(1), Some(0), Some(1), None]
        );
        assert_eq!(numbered.get(i32::MIN), None);
    }
}

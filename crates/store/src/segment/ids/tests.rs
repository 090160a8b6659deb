//! Indexes of any ids answer exactly, merged or not, and say so when their bytes were changed.

use std::{collections::BTreeSet, path::Path};

use proptest::prelude::*;

use super::*;

fn mix(n: u64) -> u64 {
    n.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(31)
        .wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

fn index(path: &Path, stored: &[u64]) -> IdIndex {
    let mut sorted = stored.to_vec();
    sorted.sort_unstable();
    write(path, sorted.len() as u64, sorted.into_iter().map(Ok)).unwrap();
    IdIndex::open(path).unwrap()
}

fn hits(index: &IdIndex, asked: &[u64]) -> Vec<u64> {
    let mut sorted = asked.to_vec();
    sorted.sort_unstable();
    let mut hits = Vec::new();
    index.find(&sorted, |place| hits.push(sorted[place])).unwrap();
    hits
}

fn holds(stored: &[u64], asked: &[u64]) -> Vec<u64> {
    let dir = tempfile::tempdir().unwrap();
    hits(&index(&dir.path().join("x.ids"), stored), asked)
}

#[test]
fn every_stored_id_is_found_and_no_other() {
    let stored: Vec<u64> = (1..100_000).map(mix).collect();
    let asked: Vec<u64> = (99_000..101_000).map(mix).collect();
    assert_eq!(holds(&stored, &asked).len(), 1_000);
    let sparse: Vec<u64> = vec![mix(5), mix(200_000), 0, u64::MAX];
    assert_eq!(holds(&stored, &sparse), vec![mix(5)]);
    let all: Vec<u64> = (1..200_000).map(mix).collect();
    assert_eq!(holds(&stored, &all).len(), stored.len(), "asked densely");
}

#[test]
fn clumped_and_empty_indexes_work() {
    assert!(holds(&[], &[1, 2]).is_empty());
    let clump: Vec<u64> = (0..50_000).collect();
    assert_eq!(holds(&clump, &[0, 25_000, 49_999, 50_000]), vec![0, 25_000, 49_999]);
    let top: Vec<u64> = (0..50_000).map(|n| u64::MAX - n).collect();
    assert_eq!(
        holds(&top, &[5, u64::MAX - 49_999, u64::MAX]),
        vec![u64::MAX - 49_999, u64::MAX]
    );
}

#[test]
fn an_id_takes_less_than_six_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let stored: Vec<u64> = (0..300_000).map(mix).collect();
    let bytes = index(&dir.path().join("x.ids"), &stored).bytes as f64 / stored.len() as f64;
    assert!(bytes < 6.0, "{bytes} bytes an id");
}

#[test]
fn a_flipped_byte_and_another_file_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.ids");
    let stored: Vec<u64> = (0..5_000).map(mix).collect();
    drop(index(&path, &stored));
    let whole = std::fs::read(&path).unwrap();
    for at in [0, 7, 9, 17, 30, whole.len() / 2, whole.len() - 20, whole.len() - 1] {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        std::fs::write(&path, &flipped).unwrap();
        let asked = IdIndex::open(&path).and_then(|index| index.find(&[1], |_| {}));
        assert!(matches!(asked, Err(StoreError::Damaged { .. })), "byte {at}");
    }
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let asked = IdIndex::open(&path).and_then(|index| index.find(&[1], |_| {}));
    assert!(matches!(asked, Err(StoreError::Damaged { .. })));
}

#[test]
fn other_than_the_announced_number_is_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.ids");
    for entries in [2, 4] {
        assert!(write(&path, entries, [1, 2, 3].map(Ok)).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn one_or_several_indexes_answer_as_a_set_does(
        parts in proptest::collection::vec(proptest::collection::btree_set(any::<u64>(), 0..400), 1..5),
        shift in 0_u32..50,
        asked in proptest::collection::vec(any::<u64>(), 0..100),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let parts: Vec<BTreeSet<u64>> = parts.into_iter().map(|part| part.into_iter().map(|id| id >> shift).collect()).collect();
        let all: BTreeSet<u64> = parts.iter().flatten().copied().collect();
        let asked: Vec<u64> = asked.into_iter().map(|id| id >> shift).chain(all.iter().copied().step_by(3)).collect();
        let indexes: Vec<IdIndex> = parts
            .iter()
            .enumerate()
            .map(|(place, part)| index(&dir.path().join(format!("{place}.ids")), &part.iter().copied().collect::<Vec<_>>()))
            .collect();
        let union: Vec<u64> = Union::of(&indexes).unwrap().map(|id| id.unwrap()).collect();
        prop_assert!(union.iter().eq(all.iter()));
        let mut expected: Vec<u64> = asked.iter().copied().filter(|id| all.contains(id)).collect();
        expected.sort_unstable();
        prop_assert_eq!(hits(&index(&dir.path().join("all.ids"), &union), &asked), expected);
    }
}

//! Do nominal 90 % intervals hold the truth? A fast part of what `cargo xtask coverage` measures, with the same simulations.
//!
//! Few rounds, so the bounds are wide; `docs/methods/coverage.md` has the full table. Jeffreys is counted out exactly in its
//! own file, the false alarms of spikes in `spike_false_alarms.rs`.

#[path = "../examples/coverage/catalogue.rs"]
mod catalogue;
#[path = "../examples/coverage/credit.rs"]
mod credit;
#[path = "../examples/coverage/customers.rs"]
mod customers;
#[path = "../examples/coverage/days.rs"]
mod days;
#[path = "../examples/coverage/plan.rs"]
mod plan;
#[path = "../examples/coverage/shares.rs"]
mod shares;
#[path = "../examples/coverage/tally.rs"]
mod tally;
#[path = "../examples/coverage/waiting.rs"]
mod waiting;

use tally::Held;

#[track_caller]
fn expect(lines: Vec<Held>, least: f64, most: f64) {
    assert!(!lines.is_empty());
    for line in lines.into_iter().filter(|line| line.tried() > 0) {
        let share = line.share();
        println!(
            "{}, {}: {share:.3} of {}, too early {}",
            line.what,
            line.data,
            line.tried(),
            line.early()
        );
        assert!(
            (least..=most).contains(&share),
            "{}, {}: {share} of {}",
            line.what,
            line.data,
            line.tried()
        );
    }
}

#[test]
fn rates_by_themselves_and_of_few_pieces() {
    expect(shares::single(100, &[5, 100]), 0.87, 0.94);
    expect(shares::pieces(30, &[10, 40]), 0.82, 0.95);
}

#[test]
fn lag_curves_from_thirty_people_on() {
    expect(waiting::curves(300, &[30, 100]), 0.87, 0.93);
    expect(waiting::cured(60, &[400]), 0.80, 0.97);
    expect(waiting::sure(150, &[100]), 0.83, 0.97);
}

#[test]
fn expectations_and_parameters_of_customer_bases() {
    expect(customers::lines(25, &[500]), 0.72, 1.0);
    expect(customers::pareto(120, 1_000), 0.80, 0.98);
    expect(customers::clockwork(2_000, 40), 0.72, 1.0);
    expect(customers::contracts(150), 0.80, 0.97);
}

#[test]
fn credit_of_channels() {
    expect(credit::lines(40, &[1_000]), 0.81, 0.97);
}

#[test]
fn the_durability_index() {
    expect(catalogue::lines(80, &[300]), 0.80, 0.99);
}

#[test]
fn lift_with_and_without_an_effect() {
    let (lines, by_drift) = days::effects(200, &[(84, 28)]);
    expect(lines, 0.84, 0.96);
    expect(by_drift, 0.80, 0.99);
}

#[test]
fn floors_and_usual_ranges() {
    expect(days::floors(100), 0.82, 0.98);
    expect(days::usual_range(40), 0.82, 1.0);
}

#[test]
fn arms_of_the_plan() {
    expect(plan::arms(25), 0.78, 0.97);
}

/// What is said of being first is what happens.
#[test]
fn first_is_first_as_often_as_said() {
    for found in shares::first(300) {
        println!("{}: said {:.3}, was {:.3}", found.what, found.said, found.was);
        assert!(
            (found.said - found.was).abs() < 0.06,
            "{}: {} {}",
            found.what,
            found.said,
            found.was
        );
    }
}

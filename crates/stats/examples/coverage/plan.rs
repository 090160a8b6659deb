//! What an arm brings per hour, from pieces that share topics and formats.

use longplay_stats::Bootstrap;
use longplay_stats::bandit::{ArmResponse, Effort};
use longplay_stats::random::Draws;

use super::tally::Held;

pub fn arms(rounds: u64) -> Vec<Held> {
    [12usize, 40, 120]
        .into_iter()
        .map(|pieces| {
            let mut line = Held::new(
                "what an arm brings per hour",
                format!("{pieces} pieces, 4 topics × 2 formats"),
            );
            for round in 0..rounds {
                let mut draws = Draws::new(620 + pieces as u64, round);
                let topics: Vec<f64> = (0..4).map(|_| 0.6 * draws.normal()).collect();
                let formats: Vec<f64> = (0..2).map(|_| 0.3 * draws.normal()).collect();
                let rate = |levels: &[usize]| (1.0 + topics[levels[0]] + formats[levels[1]]).exp();
                let rows: Vec<Effort> = (0..pieces)
                    .map(|_| {
                        let levels = vec![draws.bits() as usize % 4, draws.bits() as usize % 2];
                        let hours = 1.0 + 5.0 * draws.uniform();
                        let luck = draws.gamma(4.0) / 4.0;
                        let brought = draws.poisson(hours * rate(&levels) * luck);
                        Effort { levels, hours, brought }
                    })
                    .collect();
                let Ok(fit) = ArmResponse::fit(&rows, &[4, 2]) else {
                    continue;
                };
                for topic in 0..4 {
                    for format in 0..2 {
                        let arm = [topic, format];
                        let bootstrap = Bootstrap {
                            count: 300,
                            seed: round,
                        };
                        line.note(fit.rate(&arm, 0.9, bootstrap), rate(&arm));
                    }
                }
            }
            line
        })
        .collect()
}

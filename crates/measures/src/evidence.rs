//! What one pass brings home: the folds that the questions asked for, each once, however many questions share it.
//!
//! A new fold is a file in `folds/` and a line in the list below; the questions that read it name it in their `PARTS`.

use std::sync::{Arc, OnceLock};

use longplay_store::Columns;

use crate::{
    ask::Ground,
    folds::{
        Ages, Buyers, Cohorts, Contracts, Conversions, Distortions, Doors, FirstContacts, Fits, Gaps, Journeys,
        Ledgers, Outcomes, Purchases, Reach, Recent, Recurrence, Regulars, Revenue, Rungs, Talks,
    },
    pass::{Fold, Life, TakeAway},
    question::Question,
    questions::Watch,
    regular::Regular,
    rule::{Among, Judge},
};

/// A fold that can start from a question alone.
pub trait Begin: TakeAway {
    /// Whether the ground must know the rhythm of everybody before it begins.
    const RESTS_ON_RHYTHM: bool = false;

    fn begin(question: &Question, ground: &Ground) -> Self;
}

macro_rules! evidence {
    ($($(#[$about:meta])* $part:ident => $field:ident: $fold:ty),* $(,)?) => {
        /// One kind of evidence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Part { $($(#[$about])* $part),* }

        impl Part {
            pub const ALL: &'static [Self] = &[$(Self::$part),*];

            /// Whether the ground must know the rhythm of everybody before the pass.
            pub const fn rests_on_rhythm(self) -> bool {
                match self { $(Self::$part => <$fold as Begin>::RESTS_ON_RHYTHM),* }
            }
        }

        /// The folds of one pass. What no question asked for is absent and costs nothing.
        #[derive(Default)]
        pub struct Evidence {
            /// Who takes part, where not everybody does.
            among: Option<Among>,
            /// What stood out, once a question asked for it.
            watch: OnceLock<Watch>,
            $($field: Option<$fold>),*
        }

        impl Evidence {
            /// Nothing observed yet.
            pub fn begin(parts: &[Part], question: &Question, ground: &Ground) -> Self {
                Self {
                    among: Among::of(question, ground),
                    watch: OnceLock::new(),
                    $($field: parts.contains(&Part::$part).then(|| <$fold>::begin(question, ground))),*
                }
            }

            /// Who takes part, where not everybody does.
            pub const fn among(&self) -> Option<&Among> {
                self.among.as_ref()
            }

            $($(#[$about])*
            ///
            /// # Panics
            /// When the question that reads it does not name it among its parts: a mistake in its file.
            pub fn $field(&self) -> &$fold {
                self.$field.as_ref().expect("a question names the parts it reads")
            })*
        }

        impl Evidence {
            /// What stood out: found by the first question of a pass that asks.
            pub(crate) const fn watch(&self) -> &OnceLock<Watch> {
                &self.watch
            }
        }

        impl Fold for Evidence {
            fn columns(&self) -> Columns {
                let mut columns = self.among.as_ref().map_or(Columns::none(), Among::columns);
                $(if let Some(fold) = &self.$field { columns = columns.with(fold.columns()); })*
                columns
            }

            fn courses(&self) -> Option<Regular> {
                $(if let Some(fold) = &self.$field && let Some(regular) = fold.courses() { return Some(regular); })*
                None
            }

            #[inline]
            fn observe(&mut self, life: &Life<'_>) {
                if let Some(among) = &mut self.among && !among.takes(life) {
                    return;
                }
                $(if let Some(fold) = &mut self.$field { fold.observe(life); })*
            }

            fn observe_all(&mut self, lives: &[Life<'_>]) {
                if self.among.is_some() {
                    return lives.iter().for_each(|life| self.observe(life));
                }
                $(if let Some(fold) = &mut self.$field { fold.observe_all(lives); })*
            }

            fn merge(&mut self, other: Self) {
                if let (Some(mine), Some(theirs)) = (&mut self.among, &other.among) { mine.merge(theirs); }
                $(if let (Some(mine), Some(theirs)) = (&mut self.$field, other.$field) { mine.merge(theirs); })*
            }

            fn finish(&mut self) {
                $(if let Some(fold) = &mut self.$field { fold.finish(); })*
            }
        }

        impl TakeAway for Evidence {
            fn take_away(&mut self, other: Self) {
                self.watch = OnceLock::new();
                $(if let (Some(mine), Some(theirs)) = (&mut self.$field, other.$field) { mine.take_away(theirs); })*
            }

            fn is_whole(&self) -> bool {
                self.torn().is_empty()
            }
        }

        impl Evidence {
            /// The parts that miss somebody since others were taken away: these have to be gathered anew.
            pub fn torn(&self) -> Vec<Part> {
                let mut torn = Vec::new();
                $(if self.$field.as_ref().is_some_and(|fold| !fold.is_whole()) { torn.push(Part::$part); })*
                torn
            }

            /// Puts what was gathered anew in the place of what is here.
            pub fn replace(&mut self, anew: Self) {
                $(if anew.$field.is_some() { self.$field = anew.$field; })*
            }
        }
    };
}

evidence! {
    /// People by origin, and who of them came back.
    Cohorts => cohorts: Cohorts,
    /// Days until people came back, by origin.
    Gaps => gaps: Gaps,
    /// Who was present how many weeks and months later.
    Ages => ages: Ages,
    /// (x, t_x, T), condensed.
    Recurrence => recurrence: Recurrence,
    /// People who reached each goal.
    Conversions => conversions: Conversions,
    /// What is paid for again and again.
    Contracts => contracts: Contracts,
    /// Purchases less refunds.
    Revenue => revenue: Revenue,
    /// Opens by programs, and people seen once.
    Distortions => distortions: Distortions,
    /// Who was active, kept and worth what, by cohort and period.
    Ledgers => ledgers: Ledgers,
    /// How customers bought, condensed.
    Purchases => purchases: Purchases,
    /// Distinct people a day, by piece and channel.
    Reach => reach: Reach,
    /// By which source and campaign new people came.
    Doors => doors: Doors,
    /// What lasts, day by day.
    Outcomes => outcomes: Outcomes,
    /// What people did in the last 28 days, piece by piece.
    Recent => recent: Recent,
    /// Who became a regular, and who is one.
    Regulars => regulars: Regulars,
    /// First purchases, by the piece that acquired the buyer.
    Buyers => buyers: Buyers,
    /// What people met before they reached each goal.
    Journeys => journeys: Journeys,
    /// Stages of people, and how they moved.
    Rungs => rungs: Rungs,
    /// People by origin, and whether they are whom the owner wants.
    Fits => fits: Fits,
    /// How people first came and whether they then reached the goal that a score is learnt from.
    FirstContacts => first_contacts: FirstContacts,
    /// Whom it may be worth talking to.
    Talks => talks: Talks,
}

impl Begin for Cohorts {
    fn begin(_: &Question, _: &Ground) -> Self {
        Self::default()
    }
}

impl Begin for Gaps {
    fn begin(_: &Question, _: &Ground) -> Self {
        Self::default()
    }
}

impl Begin for Ages {
    fn begin(question: &Question, _: &Ground) -> Self {
        Self::new(question.today(), question.period)
    }
}

impl Begin for Recurrence {
    fn begin(question: &Question, _: &Ground) -> Self {
        Self::new(question.today())
    }
}

impl Begin for Conversions {
    fn begin(_: &Question, ground: &Ground) -> Self {
        Self::new(&ground.goals, ground.snapshot.terms())
    }
}

impl Begin for Contracts {
    fn begin(question: &Question, ground: &Ground) -> Self {
        let about = (question.today(), question.period);
        Self::new(&ground.goals, ground.snapshot.terms(), about)
    }
}

impl Begin for Revenue {
    fn begin(_: &Question, _: &Ground) -> Self {
        Self::default()
    }
}

impl Begin for Distortions {
    fn begin(question: &Question, _: &Ground) -> Self {
        Self::new(question.period)
    }
}

impl Begin for Ledgers {
    fn begin(question: &Question, _: &Ground) -> Self {
        Self::new(question.today(), question.period)
    }
}

impl Begin for Purchases {
    fn begin(question: &Question, _: &Ground) -> Self {
        Self::new(question.today(), question.period)
    }
}

impl Begin for Reach {
    fn begin(_: &Question, _: &Ground) -> Self {
        Self::default()
    }
}

impl Begin for Recent {
    fn begin(question: &Question, _: &Ground) -> Self {
        Self::new(question.today(), question.period)
    }
}

impl Begin for Regulars {
    const RESTS_ON_RHYTHM: bool = true;

    fn begin(question: &Question, ground: &Ground) -> Self {
        Self::new(ground.regular(), question.today(), question.period)
    }
}

impl Begin for Journeys {
    fn begin(question: &Question, ground: &Ground) -> Self {
        Self::new(question, ground)
    }
}

impl Begin for Rungs {
    const RESTS_ON_RHYTHM: bool = true;

    fn begin(question: &Question, ground: &Ground) -> Self {
        Self::new(ground.regular(), question.today(), question.period)
    }
}

impl Begin for Outcomes {
    fn begin(question: &Question, ground: &Ground) -> Self {
        let asked = question.about.as_ref().and_then(|about| about.start);
        Self::new(&ground.goals, ground.snapshot.terms(), question.today(), asked)
    }
}

impl Begin for Fits {
    fn begin(question: &Question, ground: &Ground) -> Self {
        let judge = |rule| Judge::new(rule, ground.snapshot.terms(), &ground.pieces, question.today());
        Self::new(ground.ideal.as_ref().map(judge))
    }
}

impl Begin for FirstContacts {
    fn begin(question: &Question, ground: &Ground) -> Self {
        Self::new(ground.learnt_goal(question), ground.snapshot.terms())
    }
}

impl Begin for Buyers {
    fn begin(_: &Question, _: &Ground) -> Self {
        Self::default()
    }
}

impl Begin for Talks {
    const RESTS_ON_RHYTHM: bool = true;

    fn begin(question: &Question, ground: &Ground) -> Self {
        let about = (question.today(), question.period);
        Self::new(ground.regular(), about, Arc::clone(&ground.talk.notes))
    }
}

impl Begin for Doors {
    fn begin(_: &Question, _: &Ground) -> Self {
        Self::default()
    }
}

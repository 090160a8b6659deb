"""The audit's counted lenses, in plain Python and in SQL: who was active, kept, lost and gained, by cohort, and how people differ.

Which periods are told, months or quarters, is read off the answer's labels; everything in them is counted here again.
"""

from fractions import Fraction

from audience import instant
from meanings_plain import PRESENCE

PLACES = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3, "GBP": 2, "XXX": 2}
LISTED = 24


def number(day, span):
    """Months, or quarters, since the year 0."""
    months = day.year * 12 + day.month - 1
    return months if span == "month" else months // 3


def label(period, span):
    return f"{period // 12:04}-{period % 12 + 1:02}" if span == "month" else f"{period // 4:04}-Q{period % 4 + 1}"


def by_hand(plain):
    """{None or currency: {person: {day: minor units}}} of days with a deed: present, or bought."""
    bases = {}
    for index, person in enumerate(plain.people):
        bases.setdefault(None, {})[index] = {day: 0 for day in person.days}
        for event in person.events:
            if event.act == "purchased" and event.minor is not None:
                own = bases.setdefault(event.currency, {}).setdefault(index, {})
                day = instant(event.micros).astimezone(plain.zone).date()
                own[day] = own.get(day, 0) + event.minor
    return bases


def cells(base, span):
    """{(cohort, period): (people, days, minor)}, {earlier period: (kept, minor before, minor after)}, [each one's (last period's
    deeds, minor)]."""
    found, kept, people = {}, {}, []
    for days in base.values():
        own = {}
        for day, minor in days.items():
            n, worth = own.get(number(day, span), (0, 0))
            own[number(day, span)] = (n + 1, worth + minor)
        cohort = min(own)
        for period, (n, worth) in own.items():
            before = found.get((cohort, period), (0, 0, 0))
            found[cohort, period] = (before[0] + 1, before[1] + n, before[2] + worth)
            if period + 1 in own:
                before = kept.get(period, (0, 0, 0))
                kept[period] = (before[0] + 1, before[1] + worth, before[2] + own[period + 1][1])
        people.append(own)
    return found, kept, people


def cells_by_sql(sql, currency, span):
    """The first two of `cells` by DuckDB."""
    months = "(year(day) * 12 + month(day) - 1)"
    period = months if span == "month" else f"{months} // 3"
    what = (
        f"act IN {tuple(PRESENCE)}" if currency is None else f"act = 'purchased' AND minor IS NOT NULL AND currency = '{currency}'"
    )
    worth = "0" if currency is None else "sum(minor)"
    sql.connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE own AS
        WITH days AS (
            SELECT person, day, {worth}::BIGINT AS minor FROM people JOIN happened USING (person)
            WHERE {what} AND micros <= {sql.as_of} GROUP BY ALL)
        SELECT person, {period} AS period, count(*) AS days, sum(minor)::BIGINT AS minor FROM days GROUP BY ALL""")
    found = sql.connection.execute("""
        SELECT cohort, period, count(*), sum(days)::BIGINT, sum(minor)::BIGINT
        FROM own JOIN (SELECT person, min(period) AS cohort FROM own GROUP BY person) USING (person) GROUP BY ALL""").fetchall()
    kept = sql.connection.execute("""
        SELECT a.period, count(*), sum(a.minor)::BIGINT, sum(b.minor)::BIGINT FROM own a JOIN own b USING (person)
        WHERE b.period = a.period + 1 GROUP BY ALL""").fetchall()
    return {(cohort, period): tuple(row) for cohort, period, *row in found}, {period: tuple(row) for period, *row in kept}


def gini(values):
    values, n, total = sorted(values), len(values), sum(values)
    return float(Fraction(2 * sum((i + 1) * v for i, v in enumerate(values)), n * total) - Fraction(n + 1, n))


def top(values, percent):
    count = -(-percent * len(values) // 100)
    return sum(sorted(values, reverse=True)[:count]) / sum(values)


def compare(case, about, options, expect):
    """Returns how many figures and cells were compared."""
    answer = case.longplay.ask("audit", *options)
    about = f"{about}: audit"
    labels = {figure["scope"]["period"] for figure in answer["figures"]}
    span = "quarter" if any("Q" in text for text in labels) else "month"
    compared = 0
    for currency, base in by_hand(case.plain).items():
        for each in {span, "month"}:
            found, kept, people = cells(base, each)
            expect((found, kept) == cells_by_sql(case.sql, currency, each), about, "the two computations disagree on", currency, each)
            check = Check(case, answer, (about, expect), (currency, each))
            compared += check.cohorts(found)
            if each == span:
                compared += check.periods(found, kept) + check.spread(people)
    return compared


class Check:
    """One base in periods of one length, against the answer."""

    def __init__(self, case, answer, told, base):
        (self.about, self.expect), (self.currency, self.span) = told, base
        self.answer, self.last = answer, number(case.plain.today, self.span) - 1
        self.figures = {(f["key"], f["scope"]["period"]): f for f in answer["figures"]}
        self.rows = [row for row in answer.get("rows", []) if row["currency"] == self.currency]

    def key(self, name):
        if self.currency is None:
            return name
        buyers = {"active": "buyers", "active_days": "orders", "kept": "buyers_kept", "lost": "buyers_lost", "gained": "buyers_gained",
                  "gini": "spend_gini", "top_10_share": "spend_top_10_share"}
        return f"{buyers[name]}_{self.currency}"

    def money(self, minor):
        return None if self.currency is None else minor / 10 ** PLACES[self.currency]

    def close(self, got, wanted, *what):
        same = got is None and wanted is None or got is not None and abs(got - wanted) <= 1e-9 * max(1, abs(wanted))
        self.expect(same, self.about, self.currency, *what, "expected", wanted, "got", got)

    def totals(self, found):
        totals = {}
        for (_, period), row in found.items():
            totals[period] = tuple(map(sum, zip(totals.get(period, (0, 0, 0)), row)))
        return totals

    def periods(self, found, kept):
        totals, compared = self.totals(found), 0
        first = min(totals)
        lens_2 = {row["period"]: row for row in self.rows if row["kind"] == "lens_2"}
        for period in range(max(first, self.last - 11), self.last + 1):
            active, days, minor = totals.get(period, (0, 0, 0))
            name = label(period, self.span)
            count = lambda key: self.figures[self.key(key), name]["count"]
            self.expect((count("active"), count("active_days")) == (active, days), self.about, self.currency, name, (active, days))
            if self.currency:
                self.close(self.figures[f"spend_{self.currency}", name]["value"], self.money(minor), name, "spend")
            compared += 2
            if period == first:
                continue
            before = totals.get(period - 1, (0, 0, 0))
            both, minor_before, minor_after = kept.get(period - 1, (0, 0, 0))
            wanted = (both, before[0] - both, active - both)
            got = tuple(count(key) for key in ("kept", "lost", "gained"))
            row = lens_2[name]
            self.expect(got == wanted == tuple(row[key] for key in ("kept", "lost", "gained")), self.about, self.currency, name, wanted, got, row)
            spends = {"kept_spend_before": minor_before, "kept_spend_after": minor_after, "lost_spend": before[2] - minor_before,
                      "gained_spend": minor - minor_after}
            for key, minor in spends.items():
                self.close(row[key], self.money(minor), name, key)
            compared += 7
        unfinished = totals.get(self.last + 1)
        if unfinished:
            figure = self.figures[self.key("active"), label(self.last + 1, self.span)]
            early = (figure["state"], figure["value"], figure["count"])
            self.expect(early == ("too_early", None, unfinished[0]), self.about, self.currency, "unfinished", figure)
        return compared

    def cohorts(self, found):
        sizes = {cohort: row[0] for (cohort, period), row in found.items() if cohort == period}
        wanted = {}
        oldest = max(min(sizes), self.last - LISTED + 1)
        for cohort in (c for c in sizes if c >= oldest):
            for period in range(cohort + 1, self.last + 1):
                active, days, minor = found.get((cohort, period), (0, 0, 0))
                wanted[label(cohort, self.span), period - cohort] = (sizes[cohort], active, days)
        rows = [row for row in self.rows if row["kind"] == "lens_4" and row["span"] == self.span]
        got = {(row["cohort"], row["age"]): (row["n"], row["count"], row["deeds"]) for row in rows}
        self.expect(len(rows) == len(got) and got == wanted, self.about, self.currency, self.span, "cohorts: expected", wanted, "got", got)
        return len(wanted)

    def spread(self, people):
        measure = 0 if self.currency is None else 1
        values = [own[self.last][measure] for own in people if self.last in own]
        told = [row for row in self.rows if row["kind"] == "lens_1" and row["period"] == label(self.last, self.span)]
        figure = self.figures[self.key("gini"), label(self.last, self.span)]
        self.expect(figure["n"] == len(values), self.about, self.currency, "gini of", len(values), "people, got", figure)
        if len(values) < 30 or not sum(values):
            self.expect(not told and figure["value"] is None, self.about, self.currency, "too few to differ, got", told, figure)
            return 1
        for percent in (1, 5, 10, 20, 50):
            self.close(told[0][f"top_{percent}_share"], top(values, percent), "top", percent)
        self.close(told[0]["gini"], gini(values), "gini")
        self.close(figure["value"], gini(values), "gini")
        return 7

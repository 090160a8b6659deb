"""Contracts of goals that are paid for again, as `ask goals` tells them: who renewed how often, who runs, who stopped. Twice, by
SQL that walks each person's days one by one, and as a plain loop. Written from docs/methods/goals.md."""

from collections import Counter

from audience import instant
from meanings_sql import quoted

# How long one payment lasts, and for how long after it is due the next is still in time, in days.
PERIODS = {"week": (7, 3), "month": (31, 15), "quarter": (92, 30), "year": (366, 30)}


def by_hand(meanings, goal, renews):
    """Sorted (renewals, is running, paid again after the end) of everybody with a contract."""
    period, grace = PERIODS[renews]
    found = []
    for person in meanings.people:
        at = person.reached(goal)
        if at is None:
            continue
        matches = lambda e: all(e.act in wanted if name == "act" else getattr(e, name) == wanted for name, wanted in goal.items())
        paid = [e for e in person.events if matches(e) and e.micros >= person.presence[0].micros]
        day = lambda event: instant(event.micros).astimezone(meanings.zone).date()
        last, renewals, again = day(paid[0]), 0, False
        for event in paid[1:]:
            gap = (day(event) - last).days
            if gap > period + grace:
                again = True
                break
            if 2 * gap >= period:
                last, renewals = day(event), renewals + 1
        running = not again and (meanings.today - last).days <= period + grace
        found.append((renewals, running, again))
    return sorted(found)


def by_sql(meanings, goal, renews):
    """The same."""
    period, grace = PERIODS[renews]
    matches = " AND ".join(f"h.{column} IN ({quoted(wanted)})" for column, wanted in goal.items())
    return meanings.connection.execute(f"""
        WITH RECURSIVE paid AS (
            SELECT DISTINCT p.person, h.day FROM people p JOIN happened h USING (person)
            WHERE {matches} AND h.micros >= p.first_micros AND h.micros <= {meanings.as_of}),
        walk AS (
            SELECT person, min(day) AS last, 0 AS renewals FROM paid GROUP BY person
            UNION ALL
            SELECT w.person, min(d.day), any_value(w.renewals) + 1 FROM walk w JOIN paid d
            ON d.person = w.person AND 2 * (d.day - w.last) >= {period} AND d.day - w.last <= {period + grace}
            GROUP BY w.person),
        ends AS (SELECT person, max(last) AS last, max(renewals) AS renewals FROM walk GROUP BY person),
        told AS (SELECT e.*, EXISTS (SELECT 1 FROM paid d WHERE d.person = e.person AND d.day > e.last + {period + grace}) AS again FROM ends e)
        SELECT renewals::BIGINT, NOT again AND DATE '{meanings.today}' - last <= {period + grace}, again FROM told ORDER BY ALL""").fetchall()


def compare(case, about, answer, expect):
    figures = {f["key"]: f for f in answer["figures"] if not f["scope"]}
    rows = {row["goal"]: row for row in answer.get("rows", []) if row["kind"] == "contracts"}
    expect(set(rows) == set(case.renews), about, "contracts of", sorted(rows), "expected", sorted(case.renews))
    for goal, renews in case.renews.items():
        told = by_hand(case.plain, case.goals[goal], renews)
        twice = by_sql(case.sql, case.goals[goal], renews)
        expect(told == [tuple(row) for row in twice], "the two computations disagree on contracts:", about, told, twice)
        left, still = Counter(), Counter()
        for renewals, running, _ in told:
            (still if running else left)[renewals if running else renewals + 1] += 1
        listed = lambda counts: [counts[age] for age in range(max(counts, default=-1) + 1)]
        row, running = rows[goal], sum(still.values())
        got = (row["renews"], row["begun"], row["running"], row["resumed"], row["left_at_renewal"], row["running_after_renewals"])
        wanted = (renews, len(told), running, sum(again for _, _, again in told), listed(left), listed(still))
        expect(got == wanted, about, goal, "expected", wanted, "got", got)
        contracts, renewed = figures[f"contracts_{goal}"], figures[f"renewed_{goal}"]
        expect((contracts["n"], contracts["count"]) == (len(told), running), about, contracts)
        decided = len(told) - still[0]
        expect((renewed["n"], renewed["count"]) == (decided, decided - left[1]), about, renewed)
        expect(figures[f"renewals_next_year_{goal}"]["count"] == running, about, goal)
    return 9 * len(rows)


"""What `plan` counts, from docs/methods/plan.md alone: whom each piece brought in its 90 days, as plain loops, and the buyers as
SQL too."""

import json
from datetime import date, timedelta

import audience
from ladder import Definition

HORIZON = 90
# Buyers by piece and day, as far as they were acquired by one.
BUYERS = """
SELECT person, min(day) FROM happened WHERE micros <= $as_of AND act = 'purchased' GROUP BY person
"""


def became_regular(definition, days):
    return next((day for n, day in enumerate(days) if definition.holds(days[: n + 1], day, 3)), None)


def by_hand(meanings, definition, published):
    """{piece: (start, {days since: people})} of every piece that was published or brought anybody."""
    day = lambda event: audience.instant(event.micros).astimezone(meanings.zone).date()
    starts = {}
    for person in meanings.present:
        if person.piece is not None:
            starts[person.piece] = min(person.d0, starts.get(person.piece, date.max))
    starts |= published
    brought = {piece: {} for piece in starts}
    for person in meanings.present:
        bought = next((day(event) for event in person.presence if event.act == "purchased"), None)
        for gained in (bought, became_regular(definition, person.days)):
            if person.piece is not None and gained is not None:
                age = max(0, (gained - starts[person.piece]).days)
                if age <= HORIZON:
                    brought[person.piece][age] = brought[person.piece].get(age, 0) + 1
    return {piece: (start, brought[piece]) for piece, start in starts.items()}


def compare(case, about, options, expect, published):
    """Asks for the plan, and compares what it counts; returns how many numbers agreed."""
    rule = json.loads(case.longplay.must("regular", "show", "--json"))["rule"]
    definition = Definition({"rule": rule, "rhythm": {"r": 1.0, "alpha": 7.0}, "leaving": None})
    today, (low, high) = case.plain.today, case.plain.period
    bought = dict(case.sql.connection.execute(BUYERS, {"as_of": case.sql.as_of}).fetchall())
    day = lambda event: audience.instant(event.micros).astimezone(case.zone).date()
    for person in case.plain.present:
        first = next((day(event) for event in person.presence if event.act == "purchased"), None)
        expect(bought.get(person.events[0].person) == first, "the two computations disagree on who bought when:", about)
    pieces = {
        piece: (start, brought)
        for piece, (start, brought) in by_hand(case.plain, definition, published).items()
        if start <= today and (low is None or start >= low) and (high is None or start < high)
    }
    ready = {piece for piece, (start, _) in pieces.items() if start + timedelta(days=HORIZON) < today}
    ages = [age for piece in ready for age, people in pieces[piece][1].items() for _ in range(people)]
    usual = lambda age: sum(other < age for other in ages) / len(ages) if ages else 0
    matured = {piece: 1 if piece in ready else usual((today - start).days) for piece, (start, _) in pieces.items()}
    answer = case.longplay.ask("plan", *options)
    figures = {(f["key"], tuple(sorted(f["scope"].items()))): f for f in answer["figures"]}
    whole = figures["pieces", ()]
    expect((whole["count"], whole["n"]) == (len(ready), len(pieces)), about, "plan: pieces", len(ready), len(pieces), "got", whole)
    arms = {}
    for piece, (_, brought) in pieces.items():
        if matured[piece] >= 0.25:
            topic = (case.audience.pieces.get(piece) or [None])[0]
            count, people = arms.get(topic, (0, 0))
            arms[topic] = (count + 1, people + sum(brought.values()))
    got = {f["scope"]["topic"]: (f["n"], f["count"]) for (key, _), f in figures.items() if key == "p_best"}
    expect(got == arms, about, "plan: expected", arms, "got", got)
    young = {row["piece"]: (row["brought"], round(row["matured"], 9)) for row in answer.get("rows", []) if row["kind"] == "too_early"}
    wanted = {p: (sum(b.values()), round(matured[p], 9)) for p, (_, b) in pieces.items() if p not in ready}
    expect(young == wanted, about, "plan: young pieces: expected", wanted, "got", young)
    return len(arms) + len(young) + 1

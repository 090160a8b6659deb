"""Stages and regulars again, from docs/methods/ladder.md alone: all of it as plain loops, and what is counted as SQL too.

Both take the rule, r, α and the model of who leaves from the answer's row `definition`: fitting is the business of other tests.
"""

from datetime import timedelta
from math import exp, floor, log

import jeffreys
from meanings_plain import PRESENCE, add

RULES = ["own-rhythm", "own-rhythm", "8-of-16-days", "6-of-12-months"]
STAGES = ["reached", "returning", "regular", "subscriber", "buyer", "repeat_buyer", "advocate"]
GIVES = {"subscribed", "followed", "replied", "commented", "signed_up", "registered"}
ENDS = {"unsubscribed", "unfollowed"}
SHARES = {"referred", "shared"}
PROOFS = {"subscriber": GIVES, "buyer": {"purchased"}, "repeat_buyer": {"purchased"}, "advocate": SHARES}
SESSION = 30 * 60 * 1_000_000
# The stated rhythm meets the bounds exactly; no rounding may decide.
SLACK = 1e-9


def month_before(day):
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def month_ends(today, count):
    """The last days of the `count` months before today's, oldest first, and today."""
    ends = [today]
    for _ in range(count):
        ends.insert(0, ends[0].replace(day=1) - timedelta(days=1))
    return ends


class Definition:
    def __init__(self, row):
        self.rule, self.rhythm, self.leaving = row["rule"], row["rhythm"], row["leaving"]

    def gap(self, days, day):
        """Own gap, seen from `day`, of somebody present on `days`, none of them later."""
        gap = (self.rhythm["alpha"] + (day - days[0]).days) / (self.rhythm["r"] + len(days) - 1)
        return floor(min(60, max(1, gap)) + 0.5)

    def periods(self, days, day):
        gap = self.gap(days, day)
        return len({(day - present).days // gap for present in days if (day - present).days < 4 * gap})

    def holds(self, days, day, least):
        if self.rule == "own-rhythm":
            return self.periods(days, day) >= least
        if self.rule == "8-of-16-days":
            return sum((day - present).days < 16 for present in days) >= 8
        months = {(present.year, present.month) for present in days}
        return sum((day.year - year) * 12 + day.month - month < 12 for year, month in months) >= 7

    def regular(self, days, day):
        """Entered on some presence day, and not found fallen since: on the day before each later one, or on `day`."""
        days = [present for present in days if present <= day]
        if self.rule != "own-rhythm":
            return bool(days) and self.holds(days, day, 0)
        for place in range(len(days) - 1, -1, -1):
            seen, until = days[: place + 1], days[place + 1] - timedelta(days=1) if place + 1 < len(days) else day
            if until > seen[-1] and not self.holds(seen, until, 2):
                return False
            if self.holds(seen, seen[-1], 3):
                return True
        return False

    def p_alive(self, days, day):
        if self.leaving is None:
            return 1.0
        r, alpha, a, b = (self.leaving[name] for name in ("r", "alpha", "a", "b"))
        x, t_x, t = len(days) - 1, (days[-1] - days[0]).days, (day - days[0]).days
        return 1 / (1 + exp(log(a / (b + x)) + (r + x) * log((alpha + t) / (alpha + t_x))))


class Standing:
    """One person's stage on any day."""

    def __init__(self, person, definition, day_of):
        self.person, self.definition = person, definition
        self.events = [(day_of(event), event) for event in person.events]

    def stage(self, day):
        happened = [(on, event) for on, event in self.events if on <= day]
        days = [present for present in self.person.days if present <= day]
        is_here = self.definition.p_alive(days, day) >= 0.2 - SLACK
        bought = {on for on, event in happened if event.act == "purchased"}
        if any(event.act in SHARES and (day - on).days < 365 for on, event in happened):
            return "advocate"
        if bought:
            return "repeat_buyer" if len(bought) > 1 else "buyer"
        self.has_given = ([event.act in GIVES for _, event in happened if event.act in GIVES | ENDS] or [False])[-1]
        if is_here and (self.has_given or self.directly(happened)):
            return "subscriber"
        if self.definition.regular(days, day):
            return "regular"
        return "returning" if self.came_again(happened) and is_here else "reached"

    def came_again(self, happened):
        """Present on a later day than the first, more than half an hour after the last act of the first session."""
        present = [(on, event.micros) for on, event in happened if event.act in PRESENCE]
        ends = next((n for n in range(1, len(present)) if present[n][1] - present[n - 1][1] > SESSION), len(present))
        return any(on > present[0][0] for on, _ in present[ends:])

    def directly(self, happened):
        seen, known, direct = None, False, []
        for on, event in happened:
            if event.act not in PRESENCE:
                continue
            origin = event.source is not None or event.campaign is not None
            if on != seen:
                direct.append(event.act == "viewed" and not origin and known)
            seen, known = on, known or origin
        return sum(direct[-6:]) >= 3

    def steps(self, today):
        """(stage, piece touched last) of each day of the last 90 on which the stage rose."""
        for day in self.person.days:
            if (today - day).days >= 90:
                continue
            before = self.stage(day - timedelta(days=1)) if day > self.person.d0 else "reached"
            after = self.stage(day)
            if STAGES.index(after) > STAGES.index(before):
                yield after, self.piece_before(after, day)

    def piece_before(self, stage, day):
        happened = [(on, event) for on, event in self.events if on <= day]
        wanted = PROOFS.get(stage, PRESENCE)
        if stage == "subscriber" and not self.has_given:
            wanted = PRESENCE
        proofs = [n for n, (on, event) in enumerate(happened) if on == day and event.act in wanted]
        proofs = proofs or [n for n, (on, event) in enumerate(happened) if on == day and event.act in PRESENCE]
        touched = [event.piece for _, event in happened[: proofs[0] + 1] if event.piece is not None and event.act in PRESENCE]
        return touched[-1] if touched else None


def plain(meanings, row, by, topics):
    """({(key, scope): (n, count)}, {(stage, piece): people}); months have the scope ("2026-05",)."""
    definition, today = Definition(row), meanings.today
    figures, sizes, steps = {}, {(): 0}, {}
    ends = month_ends(today, 13)
    ago = month_before(today)
    for person in meanings.people:
        standing = Standing(person, definition, meanings.day_of)
        now, before = definition.regular(person.days, today), definition.regular(person.days, ago)
        p = definition.p_alive(person.days, today)
        word = "present" if p >= 0.7 - SLACK else "cooling" if p >= 0.3 - SLACK else "away"
        stage = standing.stage(today)
        for scope in [(), *person.scopes(by, topics)]:
            sizes[scope] = sizes.get(scope, 0) + 1
            counts = {"people": True, "regulars": now, "regulars_month_ago": before}
            counts |= {f"stage_{name}": name == stage for name in STAGES}
            if scope == ():
                counts |= {"regulars_gained": now and not before, "regulars_lost": before and not now}
                counts |= {name: name == word for name in ("present", "cooling", "away")}
            for key, is_counted in counts.items():
                add(figures, (key, scope), is_counted)
        moves(figures, standing, ends)
        for step in standing.steps(today):
            steps[step] = steps.get(step, 0) + 1
    return {place: (sizes.get(place[1], row[0]), row[-1]) for place, row in figures.items()}, steps


def moves(figures, standing, ends):
    d0 = standing.person.d0
    for since, until in zip(ends, ends[1:]):
        if d0 > until:
            continue
        month = (until.isoformat()[:7],)
        add(figures, ("arrived", month), 1, d0 > since)
        if d0 > since:
            continue
        before, after = (STAGES.index(standing.stage(day)) for day in (since, until))
        for key, moved in (("moved_up", after > before), ("held", after == before), ("moved_down", after < before)):
            add(figures, (key, month), 1, moved)


ACTIVE = """(SELECT count(DISTINCT ago // g) FROM (
    SELECT date_diff('day', d.day, {day}) AS ago, greatest(1, least(60, round(least(60, greatest(1,
        ({alpha} + date_diff('day', (SELECT min(day) FROM present f WHERE f.person = {person}), {day}))
        / ({r} + (SELECT count(*) FROM present c WHERE c.person = {person} AND c.day <= {until}) - 1))))))::INT AS g
    FROM present d WHERE d.person = {person} AND d.day <= {until}) WHERE ago < 4 * g)"""


def regular_in_sql(row, day):
    """SQL that holds for a person `p` who is a regular on a day, as a condition of sets instead of a walk."""
    if row["rule"] == "8-of-16-days":
        return f"(SELECT count(*) FROM present d WHERE d.person = p.person AND d.day BETWEEN {day} - 15 AND {day}) >= 8"
    if row["rule"] == "6-of-12-months":
        return f"""(SELECT count(DISTINCT date_trunc('month', d.day)) FROM present d WHERE d.person = p.person
            AND d.day <= {day} AND d.day >= date_trunc('month', {day}) - INTERVAL 11 MONTH) >= 7"""
    active = lambda person, day, until: ACTIVE.format(person=person, day=day, until=until, **row["rhythm"])
    return f"""EXISTS (FROM present e WHERE e.person = p.person AND e.day <= {day} AND {active('p.person', 'e.day', 'e.day')} >= 3
        AND NOT EXISTS (FROM present f WHERE f.person = p.person AND f.day > e.day AND f.day <= {day}
            AND {active('p.person', '(f.day - 1)', '(f.day - 1)')} < 2)
        AND ({active('p.person', day, day)} >= 2
            OR EXISTS (FROM present t WHERE t.person = p.person AND t.day = {day})))"""


def sql(meanings, row, by, topics):
    """What is counted without a model, as the above."""
    connection, today = meanings.connection, meanings.today
    connection.execute(f"""CREATE OR REPLACE TEMP TABLE present AS SELECT DISTINCT person, day FROM happened
        WHERE micros <= {meanings.as_of} AND act IN {tuple(PRESENCE)}""")
    day, ago = (f"DATE '{day}'" for day in (today, month_before(today)))
    done = lambda acts, more="": f"""(SELECT count(DISTINCT h.day) FROM happened h WHERE h.person = p.person
        AND h.micros <= {meanings.as_of} AND h.act IN {acts} {more})"""
    grouped = meanings.groups(by, topics)
    connection.execute(f"""CREATE OR REPLACE TEMP TABLE judged AS SELECT *, {regular_in_sql(row, day)} AS now,
        {regular_in_sql(row, ago)} AS before, {done("('purchased')")} AS bought,
        {done("('referred', 'shared')", f"AND h.day > {day} - 365")} AS shared
        FROM ({grouped}) p""")
    counts = {
        "people": "true", "regulars": "now", "regulars_month_ago": "before", "stage_advocate": "shared > 0",
        "stage_buyer": "shared = 0 AND bought = 1", "stage_repeat_buyer": "shared = 0 AND bought > 1",
    }
    change = {"regulars_gained": "now AND NOT before", "regulars_lost": "before AND NOT now"}
    figures = {}
    for key, condition in (counts | change).items():
        once = f"SELECT count(*), count(*) FILTER ({condition}) FROM (SELECT DISTINCT ON (person) * FROM judged)"
        figures[key, ()] = connection.execute(once).fetchone()
        if key in counts:
            rows = f"SELECT scope, count(*), count(*) FILTER ({condition}) FROM judged GROUP BY scope"
            figures |= {(key, (scope,)): tuple(row) for scope, *row in connection.execute(rows).fetchall()}
    return figures


def compare(case, about, options, by, level, expect):
    """Asks about one audience by any of the rules, and compares; returns how many figures and steps agreed."""
    case.longplay.must("regular", "set", case.random.choice(RULES))
    answer = case.longplay.ask("ladder", *options, "--by", by, "--level", str(level))
    row = next(row for row in answer["rows"] if row["kind"] == "definition")
    about = f"ask ladder {about} {row['rule']}"
    stated = (row["foundation"], row["rhythm"]["r"], row["rhythm"]["alpha"])
    expect(stated == ("stated", 1.0, 7.0), about, "so few people have no rhythm of their own:", row)
    wanted, steps = plain(case.plain, row, by, case.audience.pieces)
    wanted = {place: figure for place, figure in wanted.items() if any(figure)}
    for place, figure in sql(case.sql, row, by, case.audience.pieces).items():
        twice = wanted.get(place, (0, 0))
        expect(figure == twice, "the two computations disagree:", about, place, figure, twice)
    got = {(figure["key"], tuple(figure["scope"].values())): figure for figure in answer["figures"]}
    for place, (n, count) in wanted.items():
        expect(place in got, about, place, "is missing; expected", (n, count))
        expect((got[place]["n"], got[place]["count"]) == (n, count), about, place, "expected", (n, count), "got", got[place])
    for place, figure in got.items():
        is_share = place[0].endswith("_share")
        expect(is_share or place in wanted or not figure["count"], about, place, "expected nothing, got", figure)
        if is_share and figure["state"] == "known":
            wrong = jeffreys.fault(figure["low"], figure["high"], figure["count"], figure["n"], level)
            expect(figure["n"] >= 20 and wrong is None, about, place, wrong, figure)
    told = {(row["stage"], row["piece"]): row["people"] for row in answer["rows"] if row["kind"] == "step"}
    few = {step: people for step, people in steps.items() if sum(stage == step[0] for stage, _ in steps) <= 10}
    expect(few.items() <= told.items() <= steps.items(), about, "steps: expected", steps, "got", told)
    return len(wanted) + len(told)

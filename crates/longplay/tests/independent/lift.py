"""What `lift` counts, from docs/methods/lift.md alone: whom days or a piece brought, ordinary people beside them, who came back, reached
goals and stood where after 28 days. Counts by SQL and as plain loops; stages as plain loops.

Which days were hits is read off `hits`: finding them is the business of spikes.py.
"""

from datetime import date, timedelta

from ladder import STAGES, Definition, Standing
from meanings_plain import PRESENCE, WINDOWS

ORDINARY, GOAL_DAYS, STOOD = 56, 28, 28
PEOPLE_MIN = 30


def main_channel(meanings, piece):
    """Where most people saw a piece, counted a day at a time; the first by name of equals, none before any."""
    rows = meanings.connection.execute(f"""
        SELECT channel, count(DISTINCT (person, day)) AS people FROM happened
        WHERE piece = ? AND micros <= {meanings.as_of} AND act IN {tuple(PRESENCE)}
        GROUP BY channel ORDER BY people DESC, channel NULLS FIRST""", [piece]).fetchall()
    return rows[0][:1] if rows else None


def by_sql(meanings, days, channel, piece, goals):
    """(people, back within 7, 28 and 90 days, and who reached each goal within 28) of those first seen on any of `days`."""
    meanings.connection.execute("CREATE OR REPLACE TEMP TABLE asked (day DATE)")
    if days:
        meanings.connection.executemany("INSERT INTO asked VALUES (?)", [[day] for day in days])
    where = "p.d0 IN (SELECT day FROM asked)"
    where += " AND p.channel IS NOT DISTINCT FROM $channel" if channel else " AND $channel IS NULL"
    where += " AND p.piece = $piece" if piece else " AND $piece IS NULL"
    measures = [f"count(*) FILTER (p.next_day <= p.d0 + {window})" for window in WINDOWS]
    for stated in goals.values():
        matches = " AND ".join(f"h.{column} IN ({quoted(wanted)})" for column, wanted in stated.items())
        measures.append(f"""count(*) FILTER ((SELECT min(h.day) FROM happened h WHERE h.person = p.person AND {matches}
            AND h.micros >= p.first_micros AND h.micros <= {meanings.as_of}) <= p.d0 + {GOAL_DAYS})""")
    asked = {"channel": channel[0] if channel else None, "piece": piece}
    return meanings.connection.execute(f"SELECT count(*), {', '.join(measures)} FROM people p WHERE {where}", asked).fetchone()


def by_hand(meanings, days, channel, piece, goals):
    """The same, and who they are."""
    of = lambda p: p.d0 in days and (channel is None or p.channel == channel[0]) and (piece is None or p.piece == piece)
    people = [person for person in meanings.people if of(person)]

    def within(person, goal):
        event = person.converted(goal)
        return event is not None and (meanings.day_of(event) - person.d0).days <= GOAL_DAYS

    back = [sum(person.returned(window) for person in people) for window in WINDOWS]
    reached = [sum(within(person, goal) for person in people) for goal in goals.values()]
    return (len(people), *back, *reached), people


def stood(meanings, people, definition):
    """How many stood at each stage or higher 28 days after their first."""
    places = []
    for person in people:
        stage = Standing(person, definition, meanings.day_of).stage(person.d0 + timedelta(days=STOOD))
        places.append(STAGES.index(stage))
    return [sum(place >= least for place in places) for least in range(1, len(STAGES))]


def compare(case, about, view, expect):
    """About everybody who first came on some days, and about those whom a piece brought; returns how many counts agreed."""
    r, today = case.random, case.plain.today
    if not case.plain.people:
        return 0
    for meanings in (case.plain, case.sql):
        expect(meanings.today == today, "asked about another day")
    definition = Definition(next(row for row in case.longplay.ask("ladder", *view)["rows"] if row["kind"] == "definition"))
    episodes = [row for row in case.longplay.ask("hits", *view).get("rows", []) if row["kind"] == "episode"]
    start = r.choice(case.plain.people).d0
    end = start + timedelta(days=r.randrange(20))
    # The day of as-of is not over.
    end = max(min(end, today - timedelta(days=1)), start)
    compared = 0
    for piece in (None, r.choice(sorted(case.audience.pieces)) if case.audience.pieces else None):
        channel = main_channel(case.sql, piece) if piece else None
        options = ["--start", start.isoformat(), "--end", end.isoformat()] + (["--piece", piece] if piece else [])
        answer = case.longplay.ask("lift", *view, *options)
        told = f"ask lift {about} {options}"
        expect(len(answer["rows"]) == 1, told, "expected one autopsy, got", answer["rows"])
        compared += one(case, (told, expect), answer["rows"][0], (start, end, channel, piece, episodes), definition)
    return compared


def one(case, say, row, asked, definition):
    (told, expect), (start, end, channel, piece, episodes) = say, asked
    is_hit = lambda day: any(
        episode["start"] <= day.isoformat() <= episode["end"] and (channel is None or episode["channel"] == channel[0])
        for episode in episodes)
    during = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    before = [day for day in (start - timedelta(days=n + 1) for n in range(ORDINARY)) if not is_hit(day)]
    groups = []
    for days, of in ((during, piece), (before, None)):
        hand, people = by_hand(case.plain, set(days), channel, of, case.goals)
        sql = by_sql(case.sql, days, channel, of, case.goals)
        expect(hand == sql, "the two computations disagree:", told, hand, sql)
        groups.append((hand, stood(case.plain, people, definition)))
    ((hit, *hit_more), hit_stood), ((usual, *usual_more), usual_stood) = ((list(g), s) for g, s in groups)
    expect((row["people"], row["ordinary_people"]) == (hit, usual), told, "expected", (hit, usual), "people, got", row)

    def share(count, n, days):
        return count / n if n and end + timedelta(days=days + 1) <= case.plain.today else None

    def same(got, wanted, *what):
        close = got is None and wanted is None or None not in (got, wanted) and abs(got - wanted) < 1e-12
        expect(close, told, *what, "expected", wanted, "got", got)

    def beside(item, names, counts, days, *what):
        shares = [share(count, n, days) for count, n in zip(counts, (hit, usual))]
        for name, wanted in zip(names, shares):
            same(item[name], wanted, *what, name)
        is_told = min(hit, usual) >= PEOPLE_MIN and None not in shares
        same(item[names[2]], shares[0] - shares[1] if is_told else None, *what, names[2])

    for place, window in enumerate(WINDOWS):
        names = [f"returned_{window}d", f"ordinary_{window}d", f"difference_{window}d"]
        beside(row, names, (hit_more[place], usual_more[place]), window, "within", window)
    in_order = {goal["goal"]: goal for goal in row["goals"]}
    expect(set(in_order) == set(case.goals), told, "goals", in_order)
    for place, goal in enumerate(case.goals):
        counts = hit_more[len(WINDOWS) + place], usual_more[len(WINDOWS) + place]
        beside(in_order[goal], ["share", "ordinary", "difference"], counts, GOAL_DAYS, goal)
    expect([stage["stage"] for stage in row["stages"]] == STAGES[1:], told, "stages", row["stages"])
    for stage, *counts in zip(row["stages"], hit_stood, usual_stood):
        beside(stage, ["share", "ordinary", "difference"], counts, STOOD, stage["stage"])
    return 2 + 2 * (len(WINDOWS) + len(case.goals) + len(STAGES) - 1)


def quoted(wanted):
    return ", ".join("'" + text + "'" for text in ([wanted] if isinstance(wanted, str) else wanted))

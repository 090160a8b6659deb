"""`durability` from its written meaning (docs/methods/durability.md): counts behind the index, in SQL and as plain loops."""

from datetime import date, timedelta

import audience
from meanings_plain import PRESENCE

TOPS = [1, 3, 10]

SQL = """
WITH seen AS (SELECT * FROM happened WHERE micros <= $as_of AND act IN $presence),
pieces AS (
    SELECT piece, coalesce(any_value(published.day), min(seen.day)) AS since
    FROM seen LEFT JOIN published USING (piece) WHERE piece IS NOT NULL GROUP BY piece),
recent AS (
    SELECT DISTINCT seen.person, seen.piece, day FROM seen JOIN people USING (person)
    WHERE seen.piece IS NOT NULL AND day >= $today::DATE - 28 AND day < $today::DATE),
earlier AS (SELECT person, count(DISTINCT day) >= 2 AS came_again FROM seen WHERE day < $today::DATE - 28 GROUP BY person),
used AS (
    SELECT count(*) AS days, count(*) FILTER (coalesce(came_again, false)) AS by_returning,
        count(*) FILTER (coalesce(came_again, false) AND $today::DATE - since > 90) AS with_old
    FROM recent JOIN pieces USING (piece) LEFT JOIN earlier USING (person)),
back AS (
    SELECT piece, count(*) AS people FROM people JOIN pieces USING (piece)
    WHERE $today::DATE - since > 28 AND next_day <= d0 + 90 GROUP BY piece)
SELECT days, by_returning, with_old, (SELECT coalesce(list(people ORDER BY people DESC), []) FROM back),
    (SELECT count(*) FROM people) FROM used
"""


def by_sql(meanings, published):
    run = meanings.connection.execute
    run("CREATE OR REPLACE TEMP TABLE published (piece VARCHAR, day DATE)")
    if published:
        meanings.connection.executemany("INSERT INTO published VALUES (?, ?)", list(published.items()))
    arguments = {"as_of": meanings.as_of, "today": meanings.today, "presence": PRESENCE}
    days, by_returning, with_old, back, people = run(SQL, arguments).fetchone()
    return (days, by_returning, with_old), list(back), people


def by_hand(meanings, micros, published):
    today, day = meanings.today, lambda event: audience.instant(event.micros).astimezone(meanings.zone).date()
    since = {}
    for event in meanings.events:
        if event.micros <= micros and event.act in PRESENCE and event.piece is not None:
            since[event.piece] = min(day(event), since.get(event.piece, date.max))
    since = {piece: published.get(piece, first) for piece, first in since.items()}
    window = [today - timedelta(days=n) for n in range(1, 29)]
    days = by_returning = with_old = 0
    back = {}
    for person in meanings.people:
        returning = sum(d < window[-1] for d in person.days) >= 2
        for piece, _ in {(e.piece, day(e)) for e in person.presence if e.piece is not None and day(e) in window}:
            days += 1
            by_returning += returning
            with_old += returning and (today - since[piece]).days > 90
        if person.piece is not None and (today - since[person.piece]).days > 28 and person.returned(90):
            back[person.piece] = back.get(person.piece, 0) + 1
    return (days, by_returning, with_old), sorted(back.values(), reverse=True), len(meanings.people)


def compare(case, about, micros, arguments, expect):
    """Every figure's n and count; these audiences are too small for the index itself."""
    wanted, twice = by_hand(case.plain, micros, case.published), by_sql(case.sql, case.published)
    expect(wanted == twice, "the two computations disagree on durability:", about, wanted, twice)
    (days, by_returning, with_old), back, people = wanted
    total = sum(back)
    figures = {
        "index": (people, 0),
        "breadth": (total, total - max(back, default=0)),
        "back_catalogue": (by_returning, with_old),
        "returning_share": (days, by_returning),
        "n_eff": (total, len(back)),
    } | {f"without_top_{top}": (total, sum(back[top:])) for top in TOPS}
    answer = case.longplay.ask("durability", *arguments)
    got = {figure["key"]: (figure["n"], figure["count"]) for figure in answer["figures"]}
    expect(got == figures, "durability:", about, "expected", figures, "got", got)
    expect(people >= 100 or all(figure["value"] is None for figure in answer["figures"]), "durability spoke of few people:", about)
    listed = [row["brought_back"] for row in answer.get("rows", [])]
    expect(listed == back[:10], "durability:", about, "pieces", back, "got", listed)
    return len(figures)

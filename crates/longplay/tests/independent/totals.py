"""Totals beside people, from docs/methods/totals.md alone: a channel's views, and who was known there on those days, by SQL and plain."""

from datetime import timedelta

from meanings_plain import PRESENCE


def invent(random, audience):
    """[(channel, day, views)]: some days of some channels, and one channel in which nobody is known."""
    channels = sorted({claim.truth.channel for file in audience.files for claim in file.claims if claim.truth and claim.truth.channel})
    span = max(1, (audience.last_day - audience.first_day).days)
    rows = []
    for channel in random.sample(channels, min(2, len(channels))) + ["tube"]:
        days = random.sample(range(span + 1), min(span + 1, 40))
        rows += [(channel, audience.first_day + timedelta(days=day), random.randrange(0, 500)) for day in days]
    return rows


def compare(case, expect):
    """Imports totals and compares the rows; returns how many."""
    rows = invent(case.random, case.audience)
    for channel in sorted({channel for channel, *_ in rows}):
        path = case.folder / f"totals-{channel}.csv"
        lines = [f",{day},views,{views}" for name, day, views in rows if name == channel]
        path.write_text("piece,day,metric,value\n" + "\n".join(lines) + "\n")
        case.longplay.must("import", "--as", "longplay-samples", "--channel", channel, path)
    view, micros, today = case.point_of_view()
    options, (low, high) = case.period()
    wanted = {}
    for channel in {channel for channel, *_ in rows}:
        days = {day: views for name, day, views in rows if name == channel and day < today}
        days = {day: views for day, views in days.items() if (low is None or day >= low) and (high is None or day < high)}
        if not days:
            continue
        plain = {(e.person, day) for e in case.plain.events if e.micros <= micros and e.act in PRESENCE and e.channel == channel
                 for day in [case.plain.day_of(e)] if day in days}
        listed = ", ".join(f"DATE '{day}'" for day in days)
        sql = case.connection.execute(
            f"""SELECT count(DISTINCT (person, day)) FROM happened WHERE micros <= {micros} AND channel = ?
                AND act IN {tuple(PRESENCE)} AND day IN ({listed})""", [channel]).fetchone()[0]
        expect(len(plain) == sql, "the two computations disagree on who is known in", channel, len(plain), sql)
        wanted[channel] = (sum(days.values()), len(plain), len(days), min(days).isoformat(), max(days).isoformat())
    answer = case.longplay.ask("returns", *view, *options)
    found = {row["channel"]: row for row in answer.get("rows", []) if row["kind"] == "reconciliation"}
    got = {name: tuple(row[key] for key in ("platform_total", "identified", "days", "from", "to")) for name, row in found.items()}
    expect(got == wanted, "totals", view, options, case.audience.zone, "expected", wanted, "got", got)
    for name, row in found.items():
        total, known, *_ = wanted[name]
        expect(row["share"] == (known / total if total else None), "share of", name, row)
    return 5 * len(wanted)

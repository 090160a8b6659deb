"""The spike detector a second time, from its written description (docs/methods/hits.md), on totals with a weekly rhythm."""

import math
import random
from datetime import date, timedelta

from binary import Longplay

WINDOW, LEAST, Z, RATIO, SHIFT, GAP, BIG = 56, 28, 3.5, 2.0, 21, 2, 5.0
FLOOR, CEILING = 0.10, 0.35
RISE = 10  # a peak that rises by less is no hit


class Disagreement(Exception):
    """The binary found other stretches."""


def median(values):
    ordered, n = sorted(values), len(values)
    return (ordered[(n - 1) // 2] + ordered[n // 2]) / 2 if n else 0.0


def usual(kept, weekday):
    """(middle, spread) of ln(1 + count) on such a weekday, from the ordinary days remembered."""
    overall = median([x for _, x in kept])
    gaps = {}
    for d in range(7):
        own = [x - overall for day, x in kept if day.weekday() == d]
        gaps[d] = median(own) * len(own) / (len(own) + 4)
    rest = [x - overall - gaps[day.weekday()] for day, x in kept]
    centre = median(rest)
    spread = 1.4826 * median([abs(r - centre) for r in rest])
    return overall + gaps[weekday], min(max(spread, FLOOR), CEILING)


def find(days):
    """(stretches, shifts, days judged): stretches as (start, end, peak day, peak, base, is big), shifts as (start, recognised)."""
    kept, flagged, row, shifts, judged = [], [], [], [], 0
    for place, (day, value) in enumerate(days):
        x = math.log1p(value)
        if len(kept) >= LEAST:
            judged += 1
            middle, spread = usual(kept, day.weekday())
            base = math.expm1(middle)
            if (x - middle) / spread >= Z and value >= RATIO * base:
                row.append((place, day, value, base, x))
                flagged.append(row[-1])
                if len(row) == SHIFT:
                    shifts.append((row[0][1], day))
                    after = median([value for _, _, value, _, _ in row])
                    # Days that stand out from the new level as well remain a stretch.
                    towers = [f for f in row if f[4] - math.log1p(after) >= Z * CEILING and f[2] >= RATIO * after]
                    flagged = flagged[: -len(row)] + towers
                    kept, row = [(d, x) for _, d, _, _, x in row], []
                continue
        row = []
        kept = (kept + [(day, x)])[-WINDOW:]
    stretches, last = [], None
    for place, day, value, base, _ in flagged:
        # Days that were not measured are passed over: two measured ordinary days between are still one stretch.
        if stretches and place - last <= GAP + 1:
            stretches[-1][1] = day
            if value > stretches[-1][3]:
                stretches[-1][2:4] = [day, value]
        else:
            stretches.append([day, day, day, value, base])
        last = place
    return [(*s, s[3] >= BIG * s[4]) for s in stretches if s[3] - s[4] >= RISE], shifts, judged


def series(seed):
    """A year of a channel, with pushes of one to nine days, some gaps and sometimes a new level."""
    r = random.Random(f"spikes {seed}")
    first, level = date(2025, 1, 1), r.choice([60, 900, 40_000])
    week = [r.uniform(0.6, 1.4) for _ in range(7)]
    pushes = {r.randrange(40, 360): (r.uniform(1.5, 30), r.randint(1, 9)) for _ in range(r.randint(0, 6))}
    shift = r.randrange(100, 300) if r.random() < 0.4 else None
    days = []
    for n in range(365):
        day = first + timedelta(days=n)
        value = level * week[day.weekday()] * math.exp(r.gauss(0, 0.15)) * (4 if shift and n >= shift else 1)
        for start, (times, length) in pushes.items():
            if start <= n < start + length:
                value *= 1 + (times - 1) * 0.7 ** (n - start)
        if r.random() > 0.02:
            days.append((day, round(value)))
    return days


def run(program, folder, seeds=range(12)):
    stretches = 0
    for seed in seeds:
        days = series(seed)
        longplay = Longplay(program, folder / f"data{seed}", "UTC")
        path = folder / f"totals{seed}.csv"
        path.write_text("piece,day,metric,value\n" + "".join(f",{day},views,{value}\n" for day, value in days))
        longplay.must("import", "--channel", "tube", path)
        answer = longplay.ask("hits", "--as-of", (days[-1][0] + timedelta(days=1)).isoformat())
        wanted, shifts, judged = find(days)
        figure = next(figure for figure in answer["figures"] if figure["key"] == "spikes")
        rows = answer.get("rows", [])
        got = sorted((row["start"], row["end"], row["peak_day"], row["peak"], row["is_big"]) for row in rows if row["kind"] == "episode")
        expected = sorted((str(s), str(e), str(p), float(v), big) for s, e, p, v, _, big in wanted)
        if (figure["n"], figure["count"], got) != (judged, len(wanted), expected):
            raise Disagreement(f"seed {seed}: expected {judged} days and {expected}, got {figure} and {got}")
        bases = {str(s): base for s, _, _, _, base, _ in wanted}
        far = [row for row in rows if row["kind"] == "episode" and abs(row["base"] - bases[row["start"]]) > 1e-6 * bases[row["start"]]]
        if far:
            raise Disagreement(f"seed {seed}: other bases: {far} against {bases}")
        levels = sorted((row["start"], row["recognised"]) for row in rows if row["kind"] == "level_shift")
        if levels != sorted((str(start), str(day)) for start, day in shifts):
            raise Disagreement(f"seed {seed}: expected new levels {shifts}, got {levels}")
        stretches += len(wanted) + len(shifts)
    return stretches

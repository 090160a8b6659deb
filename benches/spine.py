"""Ten million events from file to answer, beside DuckDB on the same Parquet; every number from one run on one machine.

    cargo xtask bench spine
    python benches/spine.py --longplay target/release/longplay --work DIR [--events N] [--people N]

Prints wall time and peak memory of the import and of `ask`, the bare decode of the columns read, the pass with five folds, the same
questions in DuckDB's SQL, and the ratios with their bars. Exits with 1 when a bar is missed.
"""

import argparse
import json
import shutil
from pathlib import Path

import duckdb

from yardstick.bars import Bars, measured, pass_bench, timed
from yardstick.events import AS_OF, ZONE, generate

IMPORT_SECONDS_MAX = 120
IMPORT_BYTES_MAX = 1 << 30
ASK_BYTES_MAX = 512 << 20
PASS_PER_DECODE_MAX = 4
DUCKDB_PER_PASS_MIN = 10
RUNS = 3
# The folds whose evidence the SQL below computes.
PARTS = "Cohorts,Recurrence,Conversions,Revenue,Reach"

# The standing questions in DuckDB's own words, each written as a good analyst would.
PRESENCE = """('viewed', 'opened', 'clicked', 'watched', 'reacted', 'commented', 'replied', 'shared', 'followed', 'subscribed', 'signed_up',
    'registered', 'downloaded', 'purchased', 'referred')"""
SEEN = f"SELECT person, time, id, piece, (time AT TIME ZONE '{ZONE}')::DATE AS day FROM read_parquet(FILES) WHERE act IN {PRESENCE}"
FIRST = """SELECT person, min(day) AS d0, min(time) AS start,
    arg_min(piece, (time, id)) FILTER (piece IS NOT NULL) AS piece FROM seen GROUP BY person"""
QUESTIONS = {
    "recurrence": f"""WITH seen AS ({SEEN}), people AS (
            SELECT person, count(DISTINCT day) - 1 AS x, max(day) - min(day) AS t_x, DATE '{AS_OF}' - min(day) AS T FROM seen GROUP BY person)
        SELECT x, t_x, T, count(*) FROM people GROUP BY ALL""",
    "returns": f"""WITH seen AS ({SEEN}), first AS ({FIRST}), back AS (
            SELECT f.person, any_value(f.piece) AS piece, any_value(f.d0) AS d0, min(s.day) AS next
            FROM first f LEFT JOIN seen s ON s.person = f.person AND s.day > f.d0 GROUP BY f.person)
        SELECT piece, count(*) FILTER (d0 + 7 < DATE '{AS_OF}'), count(*) FILTER (d0 + 7 < DATE '{AS_OF}' AND next <= d0 + 7),
            count(*) FILTER (d0 + 28 < DATE '{AS_OF}'), count(*) FILTER (d0 + 28 < DATE '{AS_OF}' AND next <= d0 + 28),
            count(*) FILTER (d0 + 90 < DATE '{AS_OF}'), count(*) FILTER (d0 + 90 < DATE '{AS_OF}' AND next <= d0 + 90)
        FROM back GROUP BY piece""",
    "cohorts": f"""WITH seen AS ({SEEN}), first AS ({FIRST})
        SELECT f.piece, date_trunc('week', f.d0) AS week, (s.day - f.d0) // 7 AS age, count(DISTINCT s.person)
        FROM seen s JOIN first f USING (person) GROUP BY ALL""",
    "conversions": f"""WITH seen AS ({SEEN}), first AS ({FIRST}), reached AS (
            SELECT f.person, any_value(f.piece) AS piece, bool_or(e.act IN ('signed_up', 'registered', 'subscribed')) AS signup,
                bool_or(e.act = 'downloaded') AS download, bool_or(e.act = 'purchased') AS purchase
            FROM first f LEFT JOIN (SELECT person, time, act FROM read_parquet(FILES)
                WHERE act IN ('signed_up', 'registered', 'subscribed', 'downloaded', 'purchased')) e
            ON e.person = f.person AND e.time >= f.start GROUP BY f.person)
        SELECT piece, count(*), count(*) FILTER (signup), count(*) FILTER (download), count(*) FILTER (purchase) FROM reached GROUP BY piece""",
    "revenue": f"""WITH seen AS ({SEEN}), first AS ({FIRST})
        SELECT f.piece, e.currency, count(*), sum(if(e.act = 'purchased', value_minor, -value_minor))
        FROM read_parquet(FILES) e JOIN first f USING (person) WHERE e.act IN ('purchased', 'refunded') AND value_minor IS NOT NULL GROUP BY ALL""",
    "reach": f"""WITH seen AS ({SEEN}) SELECT piece, day, count(DISTINCT person) FROM seen GROUP BY ALL""",
}


def duckdb_times(data):
    files = sorted(str(path) for path in (data / "segments").rglob("*.parquet"))
    connection = duckdb.connect(config={"threads": "2", "memory_limit": "8GB"})
    times = {}
    for name, query in QUESTIONS.items():
        query = query.replace("FILES", str(files))
        best = min(timed(lambda: connection.execute(query).fetchall()) for _ in range(RUNS))
        times[name] = best
    return times


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--longplay", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--people", type=int, default=3_000_000)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    source = arguments.work / f"events-{arguments.events}-{arguments.people}.parquet"
    data = arguments.work / "data"
    shutil.rmtree(data, ignore_errors=True)
    longplay = [str(arguments.longplay), "--data", str(data), "--zone", ZONE]
    bars = Bars()

    generate(source, arguments.events, arguments.people)
    bars.line("file", f"{source.stat().st_size / 1e6:.0f} MB")
    seconds, peak, out = measured([*longplay, "import", "--json", str(source)])
    report = json.loads(out)
    bars.line("events held", f"{report['events_total']:,}", f"{arguments.events:,}", report["events_total"] == arguments.events)
    bars.line("people held", f"{report['people_total']:,}")
    bars.line("import", f"{seconds:.1f} s", f"{IMPORT_SECONDS_MAX} s", seconds <= IMPORT_SECONDS_MAX)
    bars.line("import, peak memory", f"{peak / 2**20:.0f} MiB", f"{IMPORT_BYTES_MAX >> 20} MiB", peak <= IMPORT_BYTES_MAX)
    kept = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
    bars.line("data directory", f"{kept / 1e6:.0f} MB")
    for key in ("returns", "goals", "hits"):
        runs = [measured([*longplay, "ask", key, "--as-of", AS_OF, "--json"])[:2] for _ in range(RUNS)]
        bars.line(f"ask {key}", f"{min(run[0] for run in runs):.2f} s")
        worst = max(run[1] for run in runs)
        bars.line(f"ask {key}, peak memory", f"{worst / 2**20:.0f} MiB", f"{ASK_BYTES_MAX >> 20} MiB", worst <= ASK_BYTES_MAX)
    _, ours = pass_bench(data, "--zone", ZONE, "--as-of", AS_OF, "--parts", PARTS)
    bars.line("bare decode of the columns read", f"{ours['decode_s']:.3f} s")
    bars.line("pass with these folds", f"{ours['pass_s']:.3f} s")
    times = duckdb_times(data)
    for name, seconds in times.items():
        bars.line(f"DuckDB {duckdb.__version__} {name}", f"{seconds:.2f} s")
    total = sum(times.values())
    bars.line("DuckDB, all", f"{total:.2f} s")
    ratio = ours["pass_s"] / ours["decode_s"]
    bars.line("pass ÷ decode", f"{ratio:.2f}", f"≤ {PASS_PER_DECODE_MAX}", ratio <= PASS_PER_DECODE_MAX)
    ratio = total / ours["pass_s"]
    bars.line("DuckDB ÷ pass", f"{ratio:.1f}", f"≥ {DUCKDB_PER_PASS_MIN}", ratio >= DUCKDB_PER_PASS_MIN)
    bars.told()


if __name__ == "__main__":
    main()

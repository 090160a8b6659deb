"""Ten million events from file to answer, beside DuckDB on the same Parquet; every number from one run on one machine.

    cargo xtask bench spine
    python benches/spine.py --longplay target/release/longplay --work DIR [--events N] [--people N]

Prints wall time and peak memory of the import and of `ask`, the bare decode of the columns read, the pass with five folds, the same
questions in DuckDB's SQL, and the ratios with their bars. Exits with 1 when a bar is missed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb

ZONE = "Europe/Vienna"
AS_OF = "2024-12-31"
IMPORT_SECONDS_MAX = 120
IMPORT_BYTES_MAX = 1 << 30
ASK_BYTES_MAX = 512 << 20
PASS_PER_DECODE_MAX = 4
DUCKDB_PER_PASS_MIN = 10
RUNS = 3
# The folds whose evidence the SQL below computes.
PARTS = "Cohorts,Recurrence,Conversions,Revenue,Reach"

# People: a few come often, most once. Pieces: Zipf-like. Returning is rarer the longer one waits. Hashes of the row's number
# stand for chance, so the file is the same on every machine.
GENERATE = """
COPY (
    WITH draws AS (
        SELECT i, hash(i) / 18446744073709551616.0 AS u, hash(i + 1000000007) / 18446744073709551616.0 AS v,
            hash(i + 2000000011) / 18446744073709551616.0 AS w, hash(i + 3000000019) / 18446744073709551616.0 AS z
        FROM range({events}) t(i)),
    people AS (
        SELECT *, if(i < {people}, i, floor({people} * pow(u, 2.5)))::BIGINT AS p FROM draws),
    begun AS (
        SELECT *, hash(p * 7 + 1) / 18446744073709551616.0 AS start, hash(p * 7 + 2) / 18446744073709551616.0 AS taste FROM people)
    SELECT
        make_timestamptz((1672531200 + least(start * 60000000 + if(i < {people}, 0, -ln(1 - v) * 3500000), 63000000))::BIGINT * 1000000) AS time,
        'reader' || p AS person,
        CASE WHEN w < 0.62 THEN 'viewed' WHEN w < 0.80 THEN 'opened' WHEN w < 0.90 THEN 'clicked' WHEN w < 0.93 THEN 'delivered'
            WHEN w < 0.95 THEN 'subscribed' WHEN w < 0.965 THEN 'downloaded' WHEN w < 0.975 THEN 'signed_up'
            WHEN w < 0.978 THEN 'refunded' ELSE 'purchased' END AS event,
        'e' || i AS id,
        if(z < 0.1, NULL, 'piece-' || floor(40 * pow(if(z < 0.5, taste, z), 2.0))::INT) AS piece,
        ['website', 'newsletter', 'youtube', 'shop'][1 + (taste * 4)::INT % 4] AS channel,
        if(w >= 0.975, ((5 + z * 95)::DECIMAL(9, 2))::VARCHAR, NULL) AS value,
        if(w >= 0.975, if(taste < 0.8, 'EUR', 'USD'), NULL) AS currency
    FROM begun) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""

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


class Bars:
    def __init__(self):
        self.missed = []

    def line(self, what, value, bar=None, held=True):
        print(f"{what:<58} {value:>14}" + (f"   bar {bar}{'' if held else '   MISSED'}" if bar else ""), flush=True)
        if not held:
            self.missed.append(what)


def measured(command):
    """(seconds, peak bytes, stdout) of a program."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit {process.returncode}")
    return time.monotonic() - start, usage.ru_maxrss * 1024, out.decode()


def generate(path, events, people):
    if path.exists():
        return
    print(f"making {path.name} …", flush=True)
    partial = path.with_suffix(".partial")
    connection = duckdb.connect(config={"threads": "2", "memory_limit": "6GB"})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(GENERATE.format(events=events, people=people, path=partial))
    partial.rename(path)


def pass_times(data):
    """The hook: `crates/measures/benches/pass.rs` opens the data directory, decodes the columns that these folds read and nothing
    else, then runs the pass with them, and prints one line of JSON: {"decode_s", "pass_s", "events", "people"}."""
    root = Path(__file__).resolve().parent.parent
    command = ["cargo", "bench", "--quiet", "-p", "longplay-measures", "--bench", "pass", "--", "--data", str(data), "--zone", ZONE, "--as-of", AS_OF, "--parts", PARTS]
    out = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads([line for line in out.splitlines() if line.startswith("{")][-1])


def duckdb_times(data):
    files = sorted(str(path) for path in (data / "segments").rglob("*.parquet"))
    connection = duckdb.connect(config={"threads": "2", "memory_limit": "8GB"})
    times = {}
    for name, query in QUESTIONS.items():
        query = query.replace("FILES", str(files))
        best = min(timed(connection, query) for _ in range(RUNS))
        times[name] = best
    return times


def timed(connection, query):
    start = time.monotonic()
    connection.execute(query).fetchall()
    return time.monotonic() - start


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
    ours = pass_times(data)
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
    print(f"\n{len(bars.missed)} bars missed" + "".join(f"\n  {what}" for what in bars.missed))
    sys.exit(bool(bars.missed))


if __name__ == "__main__":
    main()

"""Every standing question in one pass, beside the same evidence in DuckDB's SQL; every number from one run on one machine.

    cargo xtask bench questions
    python benches/questions.py --longplay target/release/longplay --work DIR [--events N] [--people N]

Prints the bare decode of the columns read, the pass with all parts of the evidence, the whole edition, and an edition after 1,000
more events as `serve` makes it, from the one before; then the SQL of `yardstick/evidence.py`, part by part, and the ratios with
their bars. Exits with 1 when a bar is missed.
"""

import argparse
import json
import shutil
from pathlib import Path

import duckdb

from yardstick.bars import Bars, measured, pass_bench, timed
from yardstick.events import AS_OF, ZONE, generate
from yardstick.evidence import EVIDENCE, LEFT_OUT, PREPARED

PASS_PER_DECODE_MAX = 3
DUCKDB_PER_PASS_MIN = 20
BYTES_MAX = 1 << 30
EDITION_SECONDS_MAX = 1
RUNS = 2
MORE = 1_000


def duckdb_times(data, bars):
    """Seconds of each part. What several parts rest on is prepared once, and counts once."""
    files = sorted(str(path) for path in (data / "segments").rglob("*.parquet"))
    connection = duckdb.connect(config={"threads": "2", "memory_limit": "8GB"})
    total = 0
    for name, query in PREPARED.items():
        seconds = timed(lambda: connection.execute(query.replace("FILES", str(files))).fetchall())
        bars.line(f"DuckDB {duckdb.__version__} prepares {name}", f"{seconds:.2f} s")
        total += seconds
    for part, query in EVIDENCE.items():
        # Kept in a table: Python's own time to fetch rows is nothing to hold against DuckDB.
        keep = f"CREATE OR REPLACE TEMP TABLE evidence AS {query}"
        seconds = min(timed(lambda: connection.execute(keep)) for _ in range(RUNS))
        bars.line(f"DuckDB {part}", f"{seconds:.2f} s")
        total += seconds
    return total


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
    seconds, peak, out = measured([*longplay, "import", "--json", str(source)])
    held = json.loads(out)["events_total"]
    bars.line("events held", f"{held:,}", f"{arguments.events:,}", held == arguments.events)
    bars.line("import", f"{seconds:.1f} s")

    peak, ours = pass_bench(data, "--zone", ZONE, "--as-of", AS_OF, "--more", str(MORE))
    bars.line("bare decode of the columns read", f"{ours['decode_s']:.3f} s")
    bars.line("pass with all parts", f"{ours['pass_s']:.3f} s")
    bars.line("edition, with its pass", f"{ours['edition_s']:.3f} s")
    bars.line("peak memory of these", f"{peak / 2**20:.0f} MiB", f"< {BYTES_MAX >> 20} MiB", peak < BYTES_MAX)

    beside = duckdb_times(data, bars)
    bars.line("DuckDB, all", f"{beside:.2f} s")
    print("The SQL leaves out, to DuckDB's advantage:" + "".join(f"\n  {what}" for what in LEFT_OUT))
    ratio = ours["pass_s"] / ours["decode_s"]
    bars.line("pass ÷ decode", f"{ratio:.2f}", f"≤ {PASS_PER_DECODE_MAX}", ratio <= PASS_PER_DECODE_MAX)
    ratio = beside / ours["pass_s"]
    bars.line("DuckDB ÷ pass", f"{ratio:.1f}", f"≥ {DUCKDB_PER_PASS_MIN}", ratio >= DUCKDB_PER_PASS_MIN)

    for what, of in (("edition_after_s", "97 people"), ("edition_after_many_people_s", f"{MORE:,} people")):
        # The greatest is held to the bar: some come after a change of the rhythm, and the least would hide them.
        seconds = ours[f"{what}_greatest"]
        line = f"edition after {MORE:,} more events of {of}"
        bars.line(line, f"{ours[what]:.2f} to {seconds:.2f} s", f"≤ {EDITION_SECONDS_MAX} s", seconds <= EDITION_SECONDS_MAX)
    bars.told()


if __name__ == "__main__":
    main()

"""The pages over 10 M events: server time, bytes over the wire, first paint, and how long a filter takes that nobody asked before.

    cargo xtask bench pages
    python benches/pages.py --longplay target/release/longplay --work DIR [--events N] [--people N]

Pages come from the current edition, so it waits for one. First paint needs what `cargo xtask test browser` installs; without it that
part is left out, and said so. Exits with 1 when a bar is missed.
"""

import argparse
import datetime
import gzip
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import duckdb

from yardstick.bars import Bars, measured
from yardstick.events import AS_OF, ZONE, generate

PAGES = ["/", "/audience", "/people", "/pieces", "/outcomes", "/durability", "/plan", "/talk", "/audit", "/sources", "/methods/durability"]
FILTERS = [
    "/?from=2024-03-01&to=2024-06-01",
    "/?where=channel+is+newsletter",
    "/people?where=did+purchased",
]
SERVER_MILLIS_MAX = 50
WIRE_BYTES_MAX = 200_000
PAINT_MILLIS_MAX = 500
FILTER_SECONDS_MAX = 2
EDITION_SECONDS_MAX = 120
VISITS = 15


class Served:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.base = "http://" + self.process.stdout.readline().split("http://")[1].strip().rstrip("/")

    def get(self, path):
        """(seconds, bytes over the wire, status)."""
        request = urllib.request.Request(self.base + path, headers={"Accept-Encoding": "gzip"})
        begun = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                body, status = answer.read(), answer.status
        except urllib.error.HTTPError as error:
            body, status = error.read(), error.code
        return time.monotonic() - begun, body, status

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def until_now(source, shifted):
    """The same events, the last of them yesterday: pages are about today."""
    if shifted.exists():
        return
    days = (datetime.date.today() - datetime.date.fromisoformat(AS_OF)).days
    connection = duckdb.connect(config={"threads": "2", "memory_limit": "6GB"})
    connection.execute("SET TimeZone = 'UTC'")
    moved = f"SELECT * REPLACE (time + INTERVAL {days} DAY AS time) FROM '{source}'"
    partial = shifted.with_suffix(".partial")
    connection.execute(f"COPY ({moved}) TO '{partial}' (FORMAT parquet, COMPRESSION zstd)")
    partial.rename(shifted)


def paints(base, paths):
    folder = Path(__file__).resolve().parent.parent / "crates/server/tests/browser"
    if not (folder / "node_modules/playwright-core").exists():
        return None
    told = subprocess.run(["node", "paint.mjs", base, *paths], cwd=folder, check=True, capture_output=True, text=True)
    return json.loads(told.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--longplay", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--people", type=int, default=1_000_000)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    source = arguments.work / f"events-{arguments.events}-{arguments.people}.parquet"
    shifted = arguments.work / f"events-{arguments.events}-{arguments.people}-until-{datetime.date.today()}.parquet"
    data = arguments.work / "pages"
    shutil.rmtree(data, ignore_errors=True)
    longplay = [str(arguments.longplay), "--data", str(data), "--zone", ZONE]
    bars = Bars()

    generate(source, arguments.events, arguments.people)
    until_now(source, shifted)
    seconds, _, _ = measured([*longplay, "import", "--json", str(shifted)])
    bars.line("import", f"{seconds:.1f} s")
    served = Served([*longplay, "serve", "--listen", "127.0.0.1:0"])
    begun = time.monotonic()
    while served.get("/")[0] * 1000 > SERVER_MILLIS_MAX and time.monotonic() - begun < EDITION_SECONDS_MAX:
        time.sleep(0.5)
    bars.line("until pages come from an edition", f"{time.monotonic() - begun:.1f} s")
    for path in PAGES:
        seen = [served.get(path) for _ in range(VISITS)]
        status, body = seen[0][2], seen[0][1]
        if status != 200:
            bars.line(f"{path} answers", str(status), "200", False)
            continue
        middle = sorted(seconds for seconds, _, _ in seen)[VISITS // 2] * 1000
        plain = len(gzip.decompress(body)) if body[:2] == b"\x1f\x8b" else len(body)
        bars.line(f"{path}, server", f"{middle:.1f} ms", f"< {SERVER_MILLIS_MAX} ms", middle < SERVER_MILLIS_MAX)
        wire = f"{len(body) / 1000:.0f} kB"
        bars.line(f"{path}, transferred ({plain / 1000:.0f} kB unpacked)", wire, f"< {WIRE_BYTES_MAX // 1000} kB", len(body) < WIRE_BYTES_MAX)
    for path in FILTERS:
        seconds, _, status = served.get(path)
        held = status == 200 and seconds < FILTER_SECONDS_MAX
        bars.line(f"{path}, never asked before", f"{seconds:.2f} s", f"< {FILTER_SECONDS_MAX} s", held)
    painted = paints(served.base, PAGES)
    if painted is None:
        print("first paint was not measured: `cargo xtask test browser` installs what it needs")
    for path, millis in (painted or {}).items():
        bars.line(f"{path}, first contentful paint", f"{millis:.0f} ms", f"< {PAINT_MILLIS_MAX} ms", millis < PAINT_MILLIS_MAX)
    served.stop()
    shutil.rmtree(data, ignore_errors=True)
    bars.told()


main()

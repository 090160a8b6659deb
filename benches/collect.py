"""The way in: durable events per second, how long an acknowledgement takes, bytes an event on disk, and what merging costs.

    cargo xtask bench collect
    python benches/collect.py --longplay target/release/longplay --work DIR [--seconds N]

The load generator (`crates/server/examples/load`, a process of its own) posts Segment batches of realistic traffic with random
UUIDs over 64 connections. The same bodies go to a bare axum handler that only reads them, in the same run on the same machine.
An acknowledgement is a 200, so the batch is in the journal and flushed. Exits with 1 when a bar is missed.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

BATCH = 100
EVENTS_PER_S_MIN = 100_000
P99_MILLIS_MAX = 50
SINGLE_PER_S_MIN = 5_000
BYTES_PER_EVENT_MAX = 36
IDLE_BYTES_MAX = 40 << 20
BUSY_BYTES_MAX = 300 << 20
TICKS = os.sysconf("SC_CLK_TCK")
MERGE_SECONDS_MAX = 600
# Upkeep waits five seconds before it merges what would be in the way, and a merge takes a few more.
STILL_SECONDS = 20


class Served:
    """A server under load, and what the kernel knows of it."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().split("http://")[1].strip()

    def status(self, name):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) << 10
        return 0

    def cpu(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def written(self):
        for line in Path(f"/proc/{self.process.pid}/io").read_text().splitlines():
            if line.startswith("write_bytes"):
                return int(line.split()[1])
        return 0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def post(load, served, key, **options):
    command = [load, "post", "--to", served.address, "--key", key]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    before = served.cpu()
    seen = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    seen["cpu_us"] = (served.cpu() - before) / max(seen["events"], 1) * 1e6
    return seen


def shown(name, seen):
    print(
        f"{name:34} {seen['events_per_s']:>9,} events/s   p50 {seen['p50_ms']:7.2f} ms   p99 {seen['p99_ms']:7.2f} ms   "
        f"{seen['cpu_us']:5.2f} µs CPU an event   turned away {seen['turned_away']}, failed {seen['failed']}",
        flush=True,
    )
    return seen


def directory_bytes(data):
    return sum(path.stat().st_size for path in data.rglob("*") if path.is_file())


def live(data):
    """Segments that the newest snapshot names: how many, their rows, their bytes with their ids."""
    import sqlite3

    registry = sqlite3.connect(f"file:{data / 'longplay.db'}?mode=ro", uri=True, timeout=30)
    files = registry.execute(
        "SELECT path, record_count, file_size_bytes FROM ducklake_data_file WHERE end_snapshot IS NULL"
    ).fetchall()
    registry.close()
    ids = sum((data / "ids" / f"{path}.ids").stat().st_size for path, _, _ in files)
    return len(files), sum(rows for _, rows, _ in files), sum(size for _, _, size in files), ids


def settle(data, events):
    """Waits until everything is sealed and nothing merges any more; returns the seconds."""
    begun, still, last = time.time(), 0, None
    while still < STILL_SECONDS and time.time() - begun < MERGE_SECONDS_MAX:
        time.sleep(1)
        now = live(data)
        still = still + 1 if now == last and now[1] >= events else 0
        last = now
    return time.time() - begun - still


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--longplay", required=True)
    arguments.add_argument("--work", required=True, type=Path)
    arguments.add_argument("--load")
    arguments.add_argument("--seconds", type=float, default=20)
    arguments = arguments.parse_args()
    load = arguments.load or str(Path(arguments.longplay).parent / "examples/load")
    data = arguments.work / "collect"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)

    bare = Served([load, "bare"])
    bare_full = shown("bare handler, batches of 100", post(load, bare, "none", batch=BATCH, seconds=arguments.seconds / 2))
    bare_single = shown("bare handler, single events", post(load, bare, "none", batch=1, seconds=arguments.seconds / 4))
    bare.stop()

    created = subprocess.run(
        [arguments.longplay, "--data", data, "key", "create", "--name", "bench", "--json"], check=True, capture_output=True, text=True
    )
    key = json.loads(created.stdout)["key"]
    served = Served([arguments.longplay, "--data", data, "serve", "--listen", "127.0.0.1:0"])
    time.sleep(2)
    idle = served.status("VmRSS")
    full = shown("durable, batches of 100", post(load, served, key, batch=BATCH, seconds=arguments.seconds))
    half = shown(
        "durable, half that load",
        post(load, served, key, batch=BATCH, seconds=arguments.seconds, rate=full["events_per_s"] / 2, seed=2),
    )
    single = shown(
        "durable, single events",
        post(load, served, key, batch=1, seconds=arguments.seconds / 2, seed=3),
    )
    busy = served.status("VmHWM")
    events = full["events"] + half["events"] + single["events"]
    cpu, wrote = served.cpu(), served.written()
    merging = settle(data, events)
    count, rows, segments, ids = live(data)
    print(
        f"settled after {merging:.0f} s: {count} segments, {rows:,} rows, {segments / rows:.1f} bytes an event and {ids / rows:.1f} of ids; "
        f"{served.cpu() - cpu:.1f} s CPU and {(served.written() - wrote) / rows:.0f} bytes an event written meanwhile, "
        f"{served.written() / rows:.0f} in all; the directory holds {directory_bytes(data) / rows:.0f} with what readers may still use"
    )
    print(f"memory: {idle >> 20} MiB idle, {busy >> 20} MiB at most while ingesting, {served.status('VmHWM') >> 20} with merging")
    served.stop()

    bars = [
        ("durable events/s", full["events_per_s"], EVENTS_PER_S_MIN, True),
        ("single events/s", single["events_per_s"], SINGLE_PER_S_MIN, True),
        ("p99 ms at half load", half["p99_ms"], P99_MILLIS_MAX, False),
        ("bytes an event", (segments + ids) / rows, BYTES_PER_EVENT_MAX, False),
        ("idle bytes", idle, IDLE_BYTES_MAX, False),
        ("busy bytes", busy, BUSY_BYTES_MAX, False),
        ("events not found again", events - rows, 0, False),
    ]
    missed = [name for name, value, bar, more in bars if (value < bar if more else value > bar)]
    print(
        f"of the bare handler's rate: {full['events_per_s'] / bare_full['events_per_s']:.2f} in batches, "
        f"{single['events_per_s'] / bare_single['events_per_s']:.2f} singly"
    )
    print(f"{len(missed)} bars missed{': ' + ', '.join(missed) if missed else ''}")
    shutil.rmtree(data, ignore_errors=True)
    sys.exit(1 if missed else 0)


main()

"""Numbers with the bars they have to hold, and programs that are measured from outside."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


class Bars:
    def __init__(self):
        self.missed = []

    def line(self, what, value, bar=None, held=True):
        print(f"{what:<58} {value:>14}" + (f"   bar {bar}{'' if held else '   MISSED'}" if bar else ""), flush=True)
        if not held:
            self.missed.append(what)

    def told(self):
        """Exits with 1 when a bar was missed."""
        print(f"\n{len(self.missed)} bars missed" + "".join(f"\n  {what}" for what in self.missed))
        sys.exit(bool(self.missed))


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


def pass_bench(data, *arguments):
    """The hook: `crates/measures/benches/pass.rs` opens the data directory, decodes the columns that the folds read and nothing
    else, then runs the pass with them. (peak bytes, what its lines of JSON say)."""
    root = Path(__file__).resolve().parent.parent.parent
    build = ["cargo", "bench", "--quiet", "-p", "longplay-measures", "--bench", "pass", "--no-run", "--message-format", "json"]
    built = subprocess.run(build, cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout
    messages = [json.loads(line) for line in built.splitlines() if line.startswith("{")]
    program = [message["executable"] for message in messages if message.get("executable")][-1]
    _, peak, out = measured([program, "--data", str(data), *arguments])
    told = {}
    for line in out.splitlines():
        if line.startswith("{"):
            told |= json.loads(line)
    return peak, told


def timed(run):
    start = time.monotonic()
    run()
    return time.monotonic() - start

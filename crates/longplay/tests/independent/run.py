"""Does Longplay say what the written meanings say? Random audiences, the lake, readers beside writers, and bad input.

    python run.py --longplay target/debug/longplay [--seeds FROM TO] [--keep]
        [--only agreement|bulk|spikes|concurrency|bad_input|cookbook]

Needs duckdb 1.4.4 with its ducklake and sqlite extensions from PyPI; `cargo xtask test independent` brings them.
"""

import argparse
import shutil
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import agreement
import bad_input
import bulk
import concurrency
import cookbook
import spikes

SEEDS = (0, 48)


def one_seed(program, seed, keep):
    """(seed, figures compared, what went wrong)."""
    folder = Path(tempfile.mkdtemp(prefix=f"longplay-seed{seed}-"))
    try:
        return seed, agreement.Case(program, seed, folder).run(), None
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        if not isinstance(error, agreement.Disagreement):
            words = traceback.format_exc()
        return seed, 0, words
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def run_agreement(arguments, tally):
    figures = 0
    with ProcessPoolExecutor(2) as pool:
        seeds = range(*arguments.seeds)
        for seed, compared, wrong in pool.map(one_seed, *zip(*[(arguments.longplay, seed, arguments.keep) for seed in seeds])):
            tally(f"seed {seed}", wrong)
            figures += compared
    print(f"  {figures} figures and rows compared over {len(seeds)} audiences")


def run_concurrency(arguments, tally):
    with tempfile.TemporaryDirectory(prefix="longplay-concurrency-") as folder:
        try:
            concurrency.run(arguments.longplay, Path(folder))
            tally("readers beside writers", None)
        except Exception as error:
            tally("readers beside writers", f"{type(error).__name__}: {error}")


def run_bulk(arguments, tally):
    with tempfile.TemporaryDirectory(prefix="longplay-bulk-") as folder:
        try:
            print(f"  {bulk.run(arguments.longplay, Path(folder))} figures compared")
            tally("a large audience", None)
        except Exception as error:
            tally("a large audience", f"{type(error).__name__}: {error}")


def run_spikes(arguments, tally):
    with tempfile.TemporaryDirectory(prefix="longplay-spikes-") as folder:
        try:
            print(f"  {spikes.run(arguments.longplay, Path(folder))} stretches and new levels compared")
            tally("unusual days", None)
        except Exception as error:
            tally("unusual days", f"{type(error).__name__}: {error}")


def run_bad_input(arguments, tally):
    for name, case in bad_input.CASES.items():
        with tempfile.TemporaryDirectory(prefix="longplay-bad-") as folder:
            try:
                skipped = case(arguments.longplay, Path(folder))
                if skipped:
                    print(f"  {name}: skipped, {skipped}")
                else:
                    tally(name, None)
            except Exception as error:
                tally(name, f"{type(error).__name__}: {error}")


def run_cookbook(arguments, tally):
    with tempfile.TemporaryDirectory(prefix="longplay-cookbook-") as folder:
        cookbook.run(arguments.longplay, folder, tally, cookbook.wants_update())


STEPS = {
    "agreement": run_agreement,
    "bulk": run_bulk,
    "spikes": run_spikes,
    "concurrency": run_concurrency,
    "bad_input": run_bad_input,
    "cookbook": run_cookbook,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--longplay", required=True, type=Path)
    parser.add_argument("--seeds", nargs=2, type=int, default=SEEDS)
    parser.add_argument("--only", choices=STEPS)
    parser.add_argument("--keep", action="store_true", help="keep the data directories of the seeds")
    arguments = parser.parse_args()
    arguments.longplay = arguments.longplay.resolve()
    passed, failed = [], []

    def tally(name, wrong):
        (failed if wrong else passed).append(name)
        if wrong:
            print(f"FAILED {name}: {wrong}", flush=True)

    for name, step in STEPS.items():
        if arguments.only in (None, name):
            start = time.monotonic()
            print(f"{name} …", flush=True)
            step(arguments, tally)
            print(f"  {name}: {time.monotonic() - start:.1f} s", flush=True)
    print(f"{len(passed)} passed, {len(failed)} failed")
    sys.exit(bool(failed) or not passed)


if __name__ == "__main__":
    main()

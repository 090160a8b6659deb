"""The models beside their Python peers, on the same data in one run on one machine.

    cargo xtask bench models
    python benches/models.py --longplay target/release/longplay --work DIR

Prints milliseconds of each and the ratio with its bar, and checks that both found the same. Exits with 1 when a bar is missed. The
best of several runs counts, for us and for the peers; reading files is counted for neither. The public data sets lie in
../shared/data; what is not there is skipped, loudly.
"""

import argparse
import csv
import json
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
HERE = Path(__file__).resolve().parent.parent
KEPT = HERE / "crates/stats/tests/data"
SHARED = HERE / "../shared/data"
ROWS = 10_000_000
MILLION_SECONDS_MAX = 2.0
CLI_BYTES_MAX = 64 << 20

missed = []


def bar(name, ours, peer, ratio_min, found=""):
    """One line: ours and the peer's milliseconds, and how many times faster."""
    ratio = peer / ours
    good = ratio_min is None or ratio >= ratio_min
    if not good:
        missed.append(name)
    wanted = "" if ratio_min is None else f" (bar {ratio_min} ×{'' if good else ', MISSED'})"
    print(f"{name:<34} {ours:>10.2f} ms   peer {peer:>10.2f} ms   {ratio:>7.1f} ×{wanted}  {found}")


def best(run, runs=3):
    least, found = float("inf"), None
    for _ in range(runs):
        begun = time.perf_counter()
        found = run()
        least = min(least, time.perf_counter() - begun)
    return least * 1e3, found


class Ours:
    def __init__(self, longplay, work):
        self.longplay, self.speed, self.work = longplay, longplay.parent / "examples/speed", work

    def __call__(self, name, table):
        path = self.work / f"{name}.txt"
        table(path)
        out = subprocess.run([self.speed, name, path], check=True, capture_output=True, text=True).stdout
        milliseconds, found = out.split(maxsplit=1)
        return float(milliseconds), found.strip()


    def likelihood_at(self, name, parameters, x, t_x, age):
        """The likelihood of a peer's parameters by our formula: peers leave out different constants."""
        evidence = self.work / "evidence.csv"
        pd.DataFrame({"x": x.astype(int), "t_x": t_x, "T": age}).to_csv(evidence, index=False)
        at = ",".join(f"{name}={value}" for name, value in parameters.items())
        call = [self.longplay, "estimate", name, "--input", evidence, "--at", at, "--json"]
        return json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)["log_likelihood"]


def numbers(*columns):
    return lambda path: np.savetxt(path, np.column_stack(columns), delimiter=",", fmt="%.12g")


def same(name, one, other, within):
    if not abs(float(one) - float(other)) <= within:
        missed.append(f"{name}: ours {one}, peer {other}")


def customer_base(ours):
    from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter

    with open(KEPT / "cdnow.csv", newline="") as file:
        rows = np.array([[float(cell) for cell in row[:3]] for row in list(csv.reader(file))[1:]])
    x, t_x, age = rows[:, 0], rows[:, 1] / 7, rows[:, 2] / 7
    for name, fitter, ratio in [
        ("bg-nbd", BetaGeoFitter, 20),
        ("mbg-nbd", ModifiedBetaGeoFitter, None),
        ("pareto-nbd", ParetoNBDFitter, 50),
    ]:
        milliseconds, found = ours(name, numbers(x, t_x, age))
        peer, fit = best(lambda: fitter().fit(x, t_x, age), 5)
        bar(f"{name}, CDNOW (lifetimes)", milliseconds, peer, ratio, f"LL {found}")
        same(name, found, ours.likelihood_at(name, fit.params_, x, t_x, age), 0.01)


def million(ours):
    random = np.random.default_rng(3)
    n = 1_000_000
    rate, leave = random.gamma(0.55, 1 / 10.58, n), random.gamma(0.6, 1 / 11.7, n)
    age = random.uniform(20, 60, n)
    life = np.minimum(random.exponential(1 / np.maximum(leave, 1e-12)), age)
    x = random.poisson(rate * life)
    t_x = np.where(x > 0, life * random.random(n) ** (1 / np.maximum(x, 1)), 0)
    for name in ["bg-nbd", "mbg-nbd", "pareto-nbd"]:
        milliseconds, found = ours(name, numbers(x, t_x, age))
        good = milliseconds < MILLION_SECONDS_MAX * 1e3
        if not good:
            missed.append(f"{name}, a million")
        words = "" if good else ", MISSED"
        print(f"{name + ', a million people':<34} {milliseconds:>10.2f} ms   (bar {MILLION_SECONDS_MAX} s{words})  LL {found}")


def survival(ours, work):
    from lifelines import KaplanMeierFitter, WeibullFitter
    from lifelines.fitters.mixture_cure_fitter import MixtureCureFitter

    random = np.random.default_rng(1)
    for name, times in [
        ("in whole days", random.exponential(60, ROWS).astype(int)),
        ("no two alike", random.exponential(60, ROWS)),
    ]:
        until = (random.random(ROWS) * 180).astype(int)
        waited, event = np.minimum(times, until), (times <= until).astype(int)
        milliseconds, found = ours("kaplan-meier", numbers(waited, event))
        peer, fit = best(lambda: KaplanMeierFitter().fit(waited, event), 2)
        bar(f"kaplan-meier, 10 M {name} (lifelines)", milliseconds, peer, 5, f"S(30) {found}")
        same("kaplan-meier", found, fit.predict(30), 1e-6)
        if name == "in whole days":
            evidence = work / "waits.csv"
            pd.DataFrame({"time": waited, "event": event}).to_csv(evidence, index=False)
            through_the_command(ours.longplay, evidence)
    path = SHARED / "survival/e1684.csv"
    if not path.exists():
        return print("SKIPPED: survival/e1684.csv is not in ../shared/data")
    table = pd.read_csv(path)
    milliseconds, found = ours("weibull-cure", numbers(table.FAILTIME, table.FAILCENS))
    peer, fit = best(lambda: MixtureCureFitter(base_fitter=WeibullFitter()).fit(table.FAILTIME, table.FAILCENS))
    bar("weibull-cure, e1684 (lifelines)", milliseconds, peer, None, f"LL {found}")
    same("weibull-cure", found, fit.log_likelihood_, 0.01)


def through_the_command(longplay, evidence):
    begun = time.perf_counter()
    subprocess.run([longplay, "estimate", "kaplan-meier", "--input", evidence, "--json"], check=True, capture_output=True)
    seconds = time.perf_counter() - begun
    # Of a child of its own, since the largest child of this process was another one.
    code = f"import resource,subprocess; subprocess.run({[str(longplay), 'estimate', 'kaplan-meier', '--input', str(evidence)]!r}, capture_output=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    peak = int(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout) << 10
    good = peak <= CLI_BYTES_MAX
    if not good:
        missed.append("memory of estimate on 10 M rows")
    print(f"{'longplay estimate, 10 M rows':<34} {seconds * 1e3:>10.2f} ms   peak {peak >> 20} MiB (bar {CLI_BYTES_MAX >> 20} MiB)")


def attribution(ours):
    path = SHARED / "pathdata/pathdata.csv"
    if not path.exists():
        return print("SKIPPED: pathdata is not in ../shared/data")
    import ChannelAttribution

    table = pd.read_csv(path)
    milliseconds, found = ours("markov", lambda to: table.to_csv(to, index=False, header=False))
    peer, fit = best(
        lambda: ChannelAttribution.markov_model(
            table, "path", "total_conversions", var_value="total_conversion_value", var_null="total_null", verbose=False
        )
    )
    bar("markov, pathdata (ChannelAttribution)", milliseconds, peer, 1, f"largest {found}")


def logistic(ours):
    path = SHARED / "online-shoppers/online_shoppers_intention.csv"
    if not path.exists():
        return print("SKIPPED: online-shoppers is not in ../shared/data")
    from scipy.optimize import minimize

    table = pd.read_csv(path, sep=None, engine="python")
    names = ["Administrative", "Informational", "ProductRelated", "BounceRates", "ExitRates", "SpecialDay"]
    features = table[names].to_numpy(float)
    extra = np.column_stack([table.VisitorType == "Returning_Visitor", table.Weekend.astype(str).str.upper() == "TRUE"])
    features = np.column_stack([features, extra.astype(float)])
    outcome = (table.Revenue.astype(str).str.upper() == "TRUE").to_numpy(float)
    milliseconds, found = ours("logistic", numbers(outcome, features))
    scaled = np.column_stack([np.ones(len(outcome)), (features - features.mean(0)) / features.std(0)])

    def loss(at):
        odds = scaled @ at
        chance = 1 / (1 + np.exp(-odds))
        return np.sum(np.logaddexp(0, odds) - outcome * odds), scaled.T @ (chance - outcome)

    peer, fit = best(lambda: minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B", tol=1e-12))
    bar("logistic, online-shoppers (scipy)", milliseconds, peer, None, f"LL {found}")
    same("logistic", found, -fit.fun, 0.01)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--longplay", type=Path, required=True)
    arguments.add_argument("--work", type=Path, required=True)
    given = arguments.parse_args()
    ours = Ours(given.longplay, given.work)
    customer_base(ours)
    million(ours)
    survival(ours, given.work)
    attribution(ours)
    logistic(ours)
    for name in missed:
        print(f"MISSED: {name}")
    sys.exit(bool(missed))


main()

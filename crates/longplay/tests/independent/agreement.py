"""One random audience through the binary, and every figure of every answer against the independent computations."""

import json
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import NormalDist
from zoneinfo import ZoneInfo

import duckdb

import audience
import audits
import catalogue
import contracts
import jeffreys
import ladder
import lake
import lift
import meanings_plain
import meanings_sql
import plan
import rules_sql
import talks
import totals
from binary import Longplay

OWN_GOALS = {
    "read_p1": {"act": ["viewed", "watched"], "piece": "p1"},
    "delivered": {"name": "delivered"},
    "read_often": {"act": ["viewed", "watched"]},
    "left_the_shop": {"act": ["unsubscribed", "refunded", "identified"], "channel": "shop"},
}
BYS = ["piece", "channel", "week", "topic", "source", "campaign"]
CREDITED = ["first", "last", "last_post", "influenced"]


class Disagreement(Exception):
    """The binary says something else than the written meanings do."""


def expect(condition, *words):
    if not condition:
        raise Disagreement(" ".join(map(str, words)))


class Case:
    """An audience on its way through a data directory of its own."""

    def __init__(self, program, seed, folder):
        self.seed, self.folder = seed, Path(folder)
        self.random = random.Random(f"case {seed}")
        self.random_rules = random.Random(f"rules {seed}")
        self.audience = audience.make(seed)
        self.zone = ZoneInfo(self.audience.zone)
        self.connection = duckdb.connect(config={"allow_unsigned_extensions": "true", "threads": "1"})
        self.longplay = Longplay(program, self.folder / "data", self.audience.zone)
        self.sql = meanings_sql.Meanings(self.connection, self.audience.zone)
        self.plain = meanings_plain.Meanings(self.audience.zone)
        self.truths = []
        self.goals = dict(meanings_plain.GOALS)
        self.renews = {}
        self.published = {}
        self.figures = 0

    def run(self):
        files = [file for file in self.audience.files if file.claims]
        self.import_pieces()
        self.add_goals()
        while files:
            count = self.random.randint(1, len(files))
            batch, files = files[:count], files[count:]
            self.import_batch(batch)
            if not files or self.random.random() < 0.3:
                for _ in range(3 if not files else 1):
                    self.ask()
        self.import_again()
        self.figures += totals.compare(self, expect)
        self.check_lake()
        expect(not self.longplay.check(), self.longplay.check())
        return self.figures

    # --- files in ---

    def import_pieces(self):
        path = self.folder / "pieces.jsonl"
        rows = [{"id": piece, "title": f"Piece {piece}", "topics": topics} for piece, topics in self.audience.pieces.items()]
        for row in rows:
            if self.random.random() < 0.5:
                day = self.audience.first_day + timedelta(days=self.random.randrange(-200, 20))
                self.published[row["id"]] = day
                row["published_at"] = day.isoformat()
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        report = self.longplay.import_files(path)
        expect(report["files"][0]["pieces"] == len(rows), "pieces:", report)

    def add_goals(self):
        """Goals of the owner's own; some can be reached without presence, so before it."""
        for name, goal in OWN_GOALS.items():
            if self.random.random() < 0.4:
                self.goals[name] = goal
                options = []
                for field, wanted in goal.items():
                    option = "event" if field == "name" else field
                    options += [f"--{option}", ",".join(wanted) if field == "act" else wanted]
                if self.random.random() < 0.7:
                    self.renews[name] = self.random.choice(sorted(contracts.PERIODS))
                    options += ["--renews", self.renews[name]]
                self.longplay.must("goal", "add", name, *options)

    def import_batch(self, batch):
        paths = [audience.write(file, self.folder, self.seed, self.connection) for file in batch]
        report = self.report(paths)
        expect(len(report["files"]) == len(paths), "files:", report)
        for file, row in zip(batch, report["files"]):
            before = len(meanings_plain.held(self.truths))
            self.truths += [claim.truth for claim in file.claims if claim.truth]
            admitted = len(meanings_plain.held(self.truths)) - before
            refused = sorted(claim.refusal for claim in file.claims if not claim.truth)
            counted = {"claims": len(file.claims), "admitted": admitted, "refused": len(refused)}
            counted["duplicates"] = len(file.claims) - admitted - len(refused)
            expect(all(row[name] == value for name, value in counted.items()), "import of", file.name, file.kind, "expected", counted, "got", row)
            codes = sorted(item["code"] for item in row["refusals"] for _ in range(item["count"]))
            expect(codes == refused, "refusals of", file.name, file.kind, "expected", refused, "got", codes)
        for meanings in (self.sql, self.plain):
            meanings.load(self.truths)
        expect(self.sql.totals() == self.plain.totals(), "the two computations disagree on totals")
        got = (report["events_total"], report["people_total"])
        expect(got == self.plain.totals(), "totals: expected", self.plain.totals(), "got", got)

    def report(self, paths):
        done = self.longplay.run("import", "--json", *paths)
        nothing_new = done.returncode == 3
        expect(done.returncode == 0 or nothing_new, "import: exit", done.returncode, done.stderr.decode())
        report = json.loads(done.stdout)
        admitted = sum(row["admitted"] + row["duplicates"] for row in report["files"])
        expect(not (nothing_new and admitted), "import: exit 3 although something was admitted")
        return report

    def import_again(self):
        """A second time, in another order, adds nothing."""
        paths = [self.folder / f"{file.name}.{file.kind}" for file in self.audience.files if file.claims]
        self.random.shuffle(paths)
        report = self.report(paths)
        expect(not any(row["admitted"] for row in report["files"]), "a second import admitted something:", report)
        expect((report["events_total"], report["people_total"]) == self.plain.totals(), "a second import changed totals")

    # --- questions ---

    def point_of_view(self):
        """(--as-of, microseconds, day): a date, an instant on or beside an event, or nothing, which is now."""
        r = self.random
        if r.random() < 0.5:
            days = (self.audience.last_day - self.audience.first_day).days
            day = self.audience.first_day + timedelta(days=r.randrange(-1, days + r.choice([2, 12, 100])))
            start, end = (audience.day_start(self.zone, d) for d in (day, day + timedelta(days=1)))
            if start < end:  # a day that never was has no end to stand at
                return ["--as-of", day.isoformat()], end - 1, day
        micros = r.choice(self.truths).micros + r.choice([-1, 0, 1]) if self.truths else 1_400_000_000_000_000
        text = audience.instant(micros).isoformat().replace("+00:00", "Z")
        return ["--as-of", text], micros, audience.instant(micros).astimezone(self.zone).date()

    def period(self):
        r = self.random
        some = lambda: self.audience.first_day + timedelta(days=r.randrange(max(1, (self.audience.last_day - self.audience.first_day).days) + 1))
        low, high = (some() if r.random() < 0.3 else None for _ in range(2))
        if low and high and low >= high:
            low, high = high, low + timedelta(days=1)
        options = (["--from", low.isoformat()] if low else []) + (["--to", high.isoformat()] if high else [])
        return options, (low, high)

    def ask(self):
        view, micros, today = self.point_of_view()
        options, period = self.period()
        by = self.random.choice(BYS)
        level = self.random.choice([0.9, 0.9, 0.5, 0.99])
        for meanings in (self.sql, self.plain):
            meanings.ask(micros, today, period)
        about = f"{' '.join(view + options)} --by {by}, {self.audience.zone}"
        for key, more in (("returns", []), ("goals", [self.goals])):
            compute = lambda meanings: getattr(meanings, key)(by, self.audience.pieces, *more)
            # Figures about nobody may be there or not.
            wanted, twice = ({place: tuple(row) for place, row in compute(m).items() if any(row)} for m in (self.plain, self.sql))
            expect(wanted == twice, "the two computations disagree:", about)
            answer = self.longplay.ask(key, *view, *options, "--by", by, "--level", str(level))
            expect(answer["zone"] == self.audience.zone, "zone", answer["zone"])
            expect(parse(answer["as_of"]) == micros, "as_of", answer["as_of"], "is not", micros)
            self.compare(f"ask {key} {about}", answer, wanted, by, level)
            if key == "returns":
                self.compare_waits(f"ask {key} {about}", answer, by)
            else:
                self.compare_lags(f"ask {key} {about}", answer)
                self.figures += contracts.compare(self, f"ask {key} {about}", answer, expect)
        self.figures += catalogue.compare(self, about, micros, [*view, *options], expect)
        self.figures += ladder.compare(self, about, [*view, *options], by, level, expect)
        self.figures += audits.compare(self, about, [*view, *options], expect)
        self.figures += plan.compare(self, about, [*view, *options], expect, self.published)
        self.figures += talks.compare(self, about, [*view, *options], expect)
        if period == (None, None):
            self.figures += lift.compare(self, about, view, expect)
        self.ask_credit(about, [*view, *options, "--by", by, "--level", str(level)], by)
        if period == (None, None):
            wanted = self.plain.recurrence()
            expect(wanted == self.sql.recurrence(), "the two computations disagree on recurrence:", about)
            got = self.longplay.recurrence(*view)
            expect(got == wanted, f"recurrence {about}: only here", difference(wanted, got), "only there", difference(got, wanted))
            self.figures += len(wanted)
        self.ask_about_rules(view + options, (micros, today, period), by, level)

    def ask_about_rules(self, options, point, by, level):
        """Whom a random rule means, and a question about those people alone."""
        micros, today, period = point
        rules_sql.load(self.connection, self.truths, self.audience.pieces, self.audience.zone)
        conditions = rules_sql.Conditions(self.random_rules, (self.audience, self.truths), micros, today)
        self.sql.ask(*point)
        rule, sql = conditions.rule()
        self.longplay.must("ideal", "set", rule)
        wanted = rules_sql.fit(self.connection, self.sql.groups(by, self.audience.pieces), sql)
        wanted = {place: row for place, row in wanted.items() if any(row)}
        answer = self.longplay.ask("fit", *options, "--by", by, "--level", str(level))
        self.compare(f"ask fit {rule!r} {' '.join(options)} --by {by}, {self.audience.zone}", answer, wanted, by, level)
        for place, row in wanted.items():
            early = place[0] == "fit_share" and row[0] < 30
            state = next(f["state"] for f in answer["figures"] if (f["key"], tuple(f["scope"].values())) == place)
            expect(not early or state == "too_early", rule, place, "expected too early, got", state)
        rule, sql = conditions.rule()
        rules_sql.keep(self.connection, sql)
        wanted = {place: row for place, row in self.sql.returns(by, self.audience.pieces).items() if any(row)}
        answer = self.longplay.ask("returns", *options, "--by", by, "--level", str(level), "--where", rule)
        answer["question"] = "returns of some"
        self.compare(f"ask returns --where {rule!r} {' '.join(options)} --by {by}", answer, wanted, by, level)

    def ask_credit(self, about, arguments, by):
        """What is counted of credit, whether or not it is told as figures yet, and that each method gives everything away."""
        goal = self.random.choice(sorted(self.goals))
        about = f"ask credit --goal {goal} {about}"
        (wanted, everybody), (twice, again) = (m.credit(by, self.audience.pieces, self.goals[goal]) for m in (self.plain, self.sql))
        near = lambda one, other: set(one) == set(other) and all(abs(one[place] - other[place]) < 1e-6 for place in one)
        expect(near(wanted, twice) and everybody == again, "the two computations disagree:", about, wanted, twice, everybody, again)
        answer = self.longplay.ask("credit", "--goal", goal, *arguments)
        figures = {(f["key"], *f["scope"].values()): f for f in answer["figures"]}
        told = [figures[key,][part] for key, part in [("conversions", "count"), ("unseen", "count"), ("coverage", "n")]]
        expect(told == [*everybody, everybody[0]], about, "expected", everybody, "got", told)
        counts = {row[by]: row for row in answer.get("rows", []) if row["kind"] == "counts"}
        got = {(method, scope): row[method] for scope, row in counts.items() for method in CREDITED if row[method]}
        for method in CREDITED if not counts else []:
            values = {place[1]: f["value"] for place, f in figures.items() if place[0] == f"credit_{method}"}
            got |= {(method, scope): value for scope, value in values.items() if scope is not None and value}
        expect(near(wanted, got), about, "expected", wanted, "got", got)
        self.figures += len(wanted)

    def compare(self, about, answer, wanted, by, level):
        got = {}
        for figure in answer["figures"]:
            expect(set(figure["scope"]) <= {by}, about, "scope", figure["scope"])
            place = figure["key"], tuple(figure["scope"].values())
            expect(place not in got, about, place, "stands there twice")
            got[place] = figure
        families = ("people", "returned_", "converted_", "revenue_", "fit_share", "fit_unknown")
        mean = lambda place: place[0].startswith("revenue_per_person_")
        for place, figure in got.items():
            is_nothing = not figure["count"] and (not figure["n"] or place[0].startswith("revenue_"))
            surplus = place[0].startswith(families) and place not in wanted and not is_nothing and not mean(place)
            expect(not surplus, about, place, "expected nothing, got", figure)
        if answer["question"] == "returns":
            for place, day in self.plain.ready_on(by, self.audience.pieces).items():
                early = place in got and (got[place]["state"], got[place]["ready_on"], got[place]["value"], got[place]["n"])
                expect(early == ("too_early", day, None, 0), about, place, "expected too early until", day, "got", got.get(place))
        for place, row in wanted.items():
            expect(place in got, about, place, "is missing; expected", row)
            self.compare_figure(f"{about}: {place}", got[place], row, level)
            self.figures += 1

    def compare_figure(self, about, figure, row, level):
        n, count = row[0], row[1]
        expect((figure["n"], figure["count"]) == (n, count), about, "expected n, count", (n, count), "got", figure)
        expect(figure["state"] != "known" or figure["value"] is not None, about, "is known but has no value", figure)
        if figure["value"] is None:
            return
        key = figure["key"]
        if key.startswith("revenue_"):
            currency = key.removeprefix("revenue_")
            wanted, unit = meanings_sql.major(row[2], currency), currency
        elif key == "people":
            wanted, unit = count, "people"
        elif key.startswith(("returned_", "fit_")):
            wanted, unit = count / n, "share"
        elif key == "median_return_days":  # compared whole, beside its state
            return
        else:
            wanted, unit = 1000 * count / n, "per_1000"
        expect(figure["unit"] == unit, about, "unit", figure)
        expect(abs(figure["value"] - wanted) <= 1e-9 * max(1, abs(wanted)), about, "expected value", wanted, "got", figure)
        if unit in ("share", "per_1000") and figure["low"] is not None:
            scale = 1000 if unit == "per_1000" else 1
            wrong = jeffreys.fault(figure["low"] / scale, figure["high"] / scale, count, n, level)
            expect(wrong is None, about, "interval:", wrong, figure)

    def compare_waits(self, about, answer, by):
        """How long it took to come back, and the cohorts side by side: the newest 26 weeks and 24 months."""
        wanted, twice = (meanings.medians(by, self.audience.pieces) for meanings in (self.plain, self.sql))
        known = lambda medians: {scope: days for scope, days in medians.items() if days is not None}
        expect(known(wanted) == known(twice), "the two computations disagree on medians:", about, difference(known(wanted).items(), known(twice).items()))
        got = {tuple(f["scope"].values()): f["value"] for f in answer["figures"] if f["key"] == "median_return_days"}
        expect(known(got) == known(wanted), about, "medians: expected", known(wanted), "got", known(got))
        wanted, twice = self.plain.triangle(), self.sql.triangle()
        expect(wanted == twice, "the two computations disagree on cohorts:", about, difference(wanted.items(), twice.items()))
        listed = {}
        for span, most in (("week", 26), ("month", 24)):
            newest = self.plain.newest_cohorts(span, most)
            listed |= {cell: row for cell, row in wanted.items() if cell[0] == span and cell[1] in newest and cell[2] <= most}
        rows = [row for row in answer.get("rows", []) if row["kind"] == "cohort"]
        got = {(row["span"], row["cohort"], row["age"]): (row["n"], row["count"]) for row in rows}
        expect(len(got) == len(rows), about, "a cohort's cell stands there twice")
        expect(got == listed, about, "cohorts: only here", difference(listed.items(), got.items()), "only there", difference(got.items(), listed.items()))
        self.figures += len(known(got)) + len(listed)

    def compare_lags(self, about, answer):
        """Of everybody: within how many days half of those who converted had, revenue per person, and how customers bought."""
        figures = {f["key"]: f for f in answer["figures"] if not f["scope"]}
        wanted, twice = self.plain.lags(self.goals), self.sql.lags(self.goals)
        expect(wanted == twice, "the two computations disagree on lags:", about, wanted, twice)
        for goal, lags in wanted.items():
            figure = figures[f"median_lag_days_{goal}"]
            median = lags[(len(lags) + 1) // 2 - 1] if len(lags) >= 20 else None
            expect((figure["n"], figure["value"]) == (len(lags), median), about, goal, "expected", len(lags), median, "got", figure)
            expect(figures[f"expected_final_{goal}"]["count"] == len(lags), about, goal, figures[f"expected_final_{goal}"])
        wanted, twice = self.plain.customers(), self.sql.customers()
        expect(wanted == twice, "the two computations disagree on customers:", about, wanted, twice)
        for currency, rows in wanted.items():
            figure = figures[f"value_per_person_{currency}"]
            counts = len(rows), sum(row[0] > 0 for row in rows)
            expect((figure["n"], figure["count"]) == counts, about, currency, "expected customers, repeaters", counts, "got", figure)
        wanted, twice = self.plain.per_person(), self.sql.per_person()
        expect(wanted == twice, "the two computations disagree on revenue per person:", about, wanted, twice)
        for currency, (n, total, squares) in wanted.items():
            figure = figures[f"revenue_per_person_{currency}"]
            known = n >= 30
            expect((figure["n"], figure["state"] == "known") == (n, known), about, figure)
            if known:
                unit = 10 ** meanings_sql.PLACES[currency]
                error = ((squares - total * total / n) / (n - 1) / n) ** 0.5 / unit
                close = abs(figure["value"] - total / n / unit) < 1e-9 * max(1, abs(total / unit))
                half = (figure["high"] - figure["low"]) / 2
                expect(close and abs(half - error * NormalDist().inv_cdf((1 + answer["level"]) / 2)) < 1e-6 * max(1, half), about, currency, (n, total, squares), figure)
        self.figures += len(wanted) + 2 * len(self.goals)

    def check_lake(self):
        with lake.attached(self.connection, self.folder / "data"):
            lake.compare(self.connection, meanings_plain.held(self.truths), expect)


def parse(text):
    return audience.to_micros(datetime.fromisoformat(text.replace("Z", "+00:00")))


def difference(some, others):
    others = list(others)
    return [row for row in some if row not in others or others.remove(row)][:5]

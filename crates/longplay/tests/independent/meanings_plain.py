"""The exact meanings a third time, as plain loops over lists: slow, and short enough to be checked by reading."""

from datetime import timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from audience import instant

PRESENCE = [
    "viewed", "opened", "clicked", "watched", "reacted", "commented", "replied", "shared", "followed", "subscribed", "signed_up",
    "registered", "downloaded", "purchased", "referred",
]
WINDOWS = [7, 28, 90]
# A goal is a filter: every field it states must hold. `act` states a list of which any will do.
GOALS = {
    "signup": {"act": ["signed_up", "registered", "subscribed"]},
    "download": {"act": ["downloaded"]},
    "purchase": {"act": ["purchased"]},
}
PLACES = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3, "GBP": 2, "XXX": 2}


def held(truths):
    """Each event once: the first accepted of its id, or of its content when it has none."""
    seen, kept = set(), []
    for truth in truths:
        name = ("id", truth.id) if truth.id is not None else ("content", truth.content())
        if name not in seen:
            seen.add(name)
            kept.append(truth)
    return kept


class Person:
    def __init__(self, events, zone):
        """`events`: this person's, up to as-of, in order of time, ties by id."""
        self.events = events
        self.presence = [e for e in events if e.act in PRESENCE]
        day = lambda event: instant(event.micros).astimezone(zone).date()
        self.days = sorted({day(e) for e in self.presence})
        if not self.presence:
            return
        first = self.presence[0]
        self.d0 = day(first)
        self.channel, self.source, self.campaign = first.channel, first.source, first.campaign
        self.week = (self.d0 - timedelta(days=self.d0.weekday())).isoformat()
        on_d0 = [e for e in self.presence if day(e) == self.d0]
        self.piece = next((e.piece for e in on_d0 if e.piece is not None), None)

    def recurrence(self, today):
        return (len(self.days) - 1, (self.days[-1] - self.d0).days, (today - self.d0).days)

    def mature(self, window, today):
        return self.d0 + timedelta(days=window) < today

    def returned(self, window):
        return any(self.d0 < day <= self.d0 + timedelta(days=window) for day in self.days)

    def wait(self, today):
        """(days, came back): until the first return on a finished day, or how many finished days there were; None before any."""
        watched = (today - self.d0).days - 1
        gap = (self.days[1] - self.d0).days if len(self.days) > 1 else None
        if watched < 1:
            return None
        return (gap, True) if gap is not None and gap <= watched else (watched, False)

    def converted(self, goal):
        def matches(event):
            return all(event.act in wanted if name == "act" else getattr(event, name) == wanted for name, wanted in goal.items())

        return next((e for e in self.events if matches(e) and e.micros >= self.presence[0].micros), None)

    def reached(self, goal):
        """The place of the first event that reaches the goal, at or after the first presence."""
        def matches(event):
            return all(event.act in wanted if name == "act" else getattr(event, name) == wanted for name, wanted in goal.items())

        return next((n for n, e in enumerate(self.events) if matches(e) and e.micros >= self.presence[0].micros), None)

    def touches(self, goal_at, label):
        """(label, whether it is a piece of the owner's own), neighbours with one label merged."""
        merged = []
        for n, event in enumerate(self.events[: goal_at + 1]):
            is_touch = n < goal_at or (event.piece is not None and event.act != "purchased")
            if not is_touch or event.act not in PRESENCE or label(event) is None:
                continue
            own = event.piece is not None and event.channel != "shop"
            if merged and merged[-1][0] == label(event):
                merged[-1] = (label(event), merged[-1][1] or own)
            else:
                merged.append((label(event), own))
        return merged

    def scopes(self, by, topics):
        if by == "topic":
            return [(topic,) for topic in topics.get(self.piece, [])] or [(None,)]
        return [(getattr(self, by),)]


class Meanings:
    def __init__(self, zone):
        self.zone = ZoneInfo(zone)

    def load(self, truths):
        self.events = held(truths)

    def totals(self):
        return len(self.events), len({e.person for e in self.events})

    def ask(self, as_of, today, period):
        low, high = period
        histories = {}
        for event in sorted(self.events, key=lambda e: (e.micros, (e.id or "").encode())):
            if event.micros <= as_of:
                histories.setdefault(event.person, []).append(event)
        people = [Person(events, self.zone) for events in histories.values()]
        # Somebody who was refunded and never seen is no member of the audience, but their money is the owner's all the same;
        # without a first day they belong to no period.
        self.unseen = [p for p in people if not p.presence] if period == (None, None) else []
        people = [p for p in people if p.presence]
        self.present, self.period = people, period
        self.people = [p for p in people if (low is None or p.d0 >= low) and (high is None or p.d0 < high)]
        self.today = today

    def day_of(self, event):
        return instant(event.micros).astimezone(self.zone).date()

    def recurrence(self):
        return sorted(p.recurrence(self.today) for p in self.people)

    def returns(self, by, topics):
        figures = {}
        for person in self.people:
            for scope in [(), *person.scopes(by, topics)]:
                add(figures, ("people", scope), 1, 1)
                for window in WINDOWS:
                    mature = person.mature(window, self.today)
                    add(figures, (f"returned_{window}d", scope), mature, mature and person.returned(window))
                wait = person.wait(self.today)
                add(figures, ("median_return_days", scope), wait is not None, wait is not None and wait[1])
        return figures

    def medians(self, by, topics):
        """{scope: days} within which half came back, by the product of the shares that stayed away; None where half did not."""
        waits = {}
        for person in self.people:
            for scope in [(), *person.scopes(by, topics)]:
                waits.setdefault(scope, []).append(person.wait(self.today))
        return {scope: median([wait for wait in some if wait]) for scope, some in waits.items()}

    def triangle(self):
        """{(span, cohort, age): (people, present)} of cells whose later week or month is over."""
        cells = {}
        for span, start, following in (("week", monday, next_week), ("month", first_of_month, next_month)):
            cohorts = {}
            for person in self.people:
                cohorts.setdefault(start(person.d0), []).append({start(day) for day in person.days})
            for cohort, people in cohorts.items():
                age, period = 1, following(cohort)
                while following(period) <= self.today:
                    cells[span, cohort.isoformat(), age] = (len(people), sum(period in periods for periods in people))
                    age, period = age + 1, following(period)
        return cells

    def newest_cohorts(self, span, most):
        """The first days of the newest cohorts whose own week or month is over."""
        start, following = (monday, next_week) if span == "week" else (first_of_month, next_month)
        cohorts = {start(person.d0) for person in self.people}
        over = sorted(cohort for cohort in cohorts if following(cohort) <= self.today)
        return {cohort.isoformat() for cohort in over[-most:]}

    def goals(self, by, topics, goals=GOALS):
        figures, sizes = {}, {(): [0]}
        for person in self.people:
            for scope in [(), *person.scopes(by, topics)]:
                add(sizes, scope, 1)
                add(figures, ("people", scope), 1, 1)
                for name, goal in goals.items():
                    add(figures, (f"converted_{name}", scope), 1, person.converted(goal) is not None)
        for person in self.people + self.unseen:
            for scope in [(), *(person.scopes(by, topics) if person.presence else [])]:
                for event in person.events:
                    if event.act in ("purchased", "refunded") and event.minor is not None:
                        key = (f"revenue_{event.currency}", scope)
                        figures.setdefault(key, [sizes[scope][0], 0, 0])
                        add(figures, key, 0, 1, event.minor if event.act == "purchased" else -event.minor)
        return {key: tuple(row) for key, row in figures.items()}

    def credit(self, by, topics, goal):
        """{(method, scope): people}, and how many conversions there are and before how many nothing is known."""
        low, high = self.period
        day = lambda event: instant(event.micros).astimezone(self.zone).date()
        label = {
            "week": lambda e: (day(e) - timedelta(days=day(e).weekday())).isoformat(),
            "topic": lambda e: e.piece if topics.get(e.piece) else None,
        }.get(by, lambda e: getattr(e, by))
        credit, everybody = {}, [0, 0]
        for person in self.present:
            at = person.reached(goal)
            if at is None:
                continue
            on = day(person.events[at])
            if (low is not None and on < low) or (high is not None and on >= high):
                continue
            touches = person.touches(at, label)
            everybody[0] += 1
            everybody[1] += not touches
            if not touches:
                continue
            last_post = [name for name, own in touches if own] or [touches[-1][0]]
            chosen = {"first": touches[0][0], "last": touches[-1][0], "last_post": last_post[-1]}
            under = lambda name: topics[name] if by == "topic" else [name]
            for method, name in chosen.items():
                for scope in under(name):
                    credit[method, scope] = credit.get((method, scope), 0) + Fraction(1, len(under(name)))
            for scope in {scope for name, _ in touches for scope in under(name)}:
                credit["influenced", scope] = credit.get(("influenced", scope), 0) + 1
        return credit, tuple(everybody)

    def lags(self, goals):
        """{goal: days from D0 to each conversion of everybody asked about, sorted}."""
        lag = lambda person, event: max(0, (instant(event.micros).astimezone(self.zone).date() - person.d0).days)
        found = {name: [(p, p.converted(goal)) for p in self.people] for name, goal in goals.items()}
        return {name: sorted(lag(p, event) for p, event in pairs if event) for name, pairs in found.items()}

    def customers(self):
        """{currency: sorted (x, t_x, T, minor units of the purchase days after the first)} over days with a purchase."""
        found = {}
        for person in self.people:
            days = {}
            for event in person.events:
                if event.act == "purchased" and event.minor is not None:
                    day = instant(event.micros).astimezone(self.zone).date()
                    own = days.setdefault(event.currency, {})
                    own[day] = own.get(day, 0) + event.minor
            for currency, own in days.items():
                first, last = min(own), max(own)
                again = sum(minor for day, minor in own.items() if day > first)
                found.setdefault(currency, []).append((len(own) - 1, (last - first).days, (self.today - first).days, again))
        return {currency: sorted(rows) for currency, rows in found.items()}

    def per_person(self):
        """{currency: (people, sum, sum of squares) of purchases less refunds of each person, in minor units}."""
        found = {}
        for person in self.people:
            own = {}
            for event in person.events:
                if event.act in ("purchased", "refunded") and event.minor is not None:
                    own[event.currency] = own.get(event.currency, 0) + (event.minor if event.act == "purchased" else -event.minor)
            for currency, minor in own.items():
                add(found, currency, 0, minor, minor * minor)
        return {currency: (len(self.people), total, squares) for currency, (_, total, squares) in found.items()}

    def ready_on(self, by, topics):
        """The first day on which anybody of a scope is mature, for scopes in which nobody is yet."""
        first, mature = {}, set()
        for person in self.people:
            for scope in [(), *person.scopes(by, topics)]:
                for window in WINDOWS:
                    place = (f"returned_{window}d", scope)
                    day = person.d0 + timedelta(days=window + 1)
                    first[place] = min(day, first.get(place, day))
                    if person.mature(window, self.today):
                        mature.add(place)
        return {place: day.isoformat() for place, day in first.items() if place not in mature}


def median(waits):
    if len(waits) < 30:
        return None
    away = Fraction(1)
    for day in sorted({days for days, _ in waits}):
        waiting = sum(days >= day for days, _ in waits)
        away *= 1 - Fraction(sum(wait == (day, True) for wait in waits), waiting)
        if away <= Fraction(1, 2):
            return day
    return None


def monday(day):
    return day - timedelta(days=day.weekday())


def next_week(day):
    return day + timedelta(days=7)


def first_of_month(day):
    return day.replace(day=1)


def next_month(day):
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def add(figures, key, *amounts):
    row = figures.setdefault(key, [0] * len(amounts))
    for n, amount in enumerate(amounts):
        row[n] += int(amount)

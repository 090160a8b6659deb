"""Random audiences, built to hit the corners: days that begin and end at odd instants, ties, duplicates, late files.

Each event is made once as a truth (what it means) and once as a row (how some program might have written it), side by side,
so that no parser is needed to know the truth. Seeded: the same seed is the same audience.
"""

import json
import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

# Zones with their odd days: (zone, days around which to put events).
ZONES = [
    ("UTC", ["2024-02-28", "2024-12-30"]),
    ("Europe/Vienna", ["2024-03-30", "2024-10-26"]),
    ("America/New_York", ["2023-03-11", "2023-11-04"]),
    ("Australia/Lord_Howe", ["2023-04-01", "2023-09-30"]),  # half an hour
    ("America/Santiago", ["2023-09-02", "2023-04-01"]),  # springs forward at midnight: a day that begins at 01:00
    ("America/Sao_Paulo", ["2017-10-14", "2018-02-17"]),  # the same, and a day with two midnights
    ("Pacific/Apia", ["2011-12-28", "2012-03-30"]),  # 30 December 2011 never was
    ("Asia/Kathmandu", ["2024-01-01", "2024-06-01"]),
    ("America/Havana", ["2022-03-12", "2022-11-05"]),
    ("Asia/Tehran", ["2021-03-21", "2021-09-21"]),
    ("Pacific/Kiritimati", ["2023-12-30", "2024-02-28"]),
    ("Europe/London", ["1999-12-30", "2000-03-25"]),
]

# Names as programs send them, and the act each means.
NAMES = {
    "viewed": ["viewed", "page", "$pageview", "Page Viewed", "screen"],
    "opened": ["opened", "Email Opened"],
    "clicked": ["clicked", "Email Link Clicked", "CLICK"],
    "watched": ["watched", "video_complete"],
    "reacted": ["reacted", "like"],
    "commented": ["commented"],
    "replied": ["reply"],
    "shared": ["shared", "repost"],
    "followed": ["followed"],
    "unfollowed": ["unfollowed"],
    "subscribed": ["subscribed", "Subscribe"],
    "unsubscribed": ["unsubscribed"],
    "signed_up": ["signed_up", "Signed Up", "sign-up"],
    "registered": ["registered"],
    "downloaded": ["downloaded", "file_download"],
    "purchased": ["purchased", "Order Completed"],
    "refunded": ["refunded", "Order Refunded"],
    "referred": ["referred"],
    "identified": ["identify", "login"],
    "other": ["delivered", "Product Added", "other", "übersprungen"],
}
PLACES = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3, "GBP": 2}
COLUMNS = ["time", "person", "event", "id", "piece", "channel", "referrer", "source", "medium", "campaign", "country", "value", "currency"]


@dataclass
class Truth:
    """One admitted claim, as it must be understood. `id` is None when the sender gave none."""

    micros: int
    person: str
    name: str
    act: str
    id: str | None = None
    piece: str | None = None
    channel: str | None = None
    source: str | None = None
    campaign: str | None = None
    country: str | None = None
    minor: int | None = None
    currency: str | None = None

    def content(self):
        """What makes two claims without an id the same event."""
        worth = (self.minor, self.currency if self.minor is not None else None)
        return (self.micros, self.person, self.name, self.piece, self.channel, self.source, self.campaign, self.country, *worth)


@dataclass
class Claim:
    """A row as written, and what it means; `truth` is None when it must be refused, with this code."""

    row: dict
    truth: Truth | None
    refusal: str | None = None


@dataclass
class File:
    name: str
    kind: str  # csv, jsonl or parquet
    claims: list = field(default_factory=list)


@dataclass
class Audience:
    seed: int
    zone: str
    files: list
    first_day: date
    last_day: date
    pieces: dict  # id -> list of topics


def instant(micros):
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=micros)


def to_micros(moment):
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)


def day_start(zone, day):
    """The first instant of a day: the first whose local date is that day or later. Found by halving, trusting nothing but
    the offset at an instant."""
    low = to_micros(datetime.combine(day, time(), timezone.utc)) - 30 * 3_600_000_000
    high = low + 60 * 3_600_000_000
    while low + 1 < high:
        middle = (low + high) // 2
        if instant(middle).astimezone(zone).date() >= day:
            high = middle
        else:
            low = middle
    return high


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.seed = seed
        name, odd_days = ZONES[seed % len(ZONES)]
        self.zone_name, self.zone = name, ZoneInfo(name)
        self.odd_day = date.fromisoformat(self.random.choice(odd_days))
        self.span_days = self.random.choice([3, 12, 40, 130, 400])
        self.first_day = self.odd_day - timedelta(days=self.random.randrange(0, max(2, self.span_days // 2)))
        self.topics = ["craft", "money", "life"]
        self.pieces = {f"p{n}": self.random.sample(self.topics, self.random.randrange(3)) for n in range(self.random.randint(1, 6))}
        self.channels = self.random.sample(["website", "newsletter", "shop", "youtube", "podcast"], 3)

    def pick_micros(self):
        """An instant: often just on a day's edge, often near the odd day, else anywhere."""
        r = self.random
        near = r.random() < 0.5
        day = self.odd_day + timedelta(days=r.randrange(-2, 5)) if near else self.first_day + timedelta(days=r.randrange(self.span_days))
        start = day_start(self.zone, day)
        edge = r.random()
        if edge < 0.25:
            return start + r.choice([-1, 0, 1, 1_000_000, -1_000_000])
        if edge < 0.6:
            return start + r.randrange(26 * 3600) * 1_000_000
        return start + r.randrange(24 * 3_600_000_000)

    def person(self, n):
        """A person as written in some file, and as known."""
        r = self.random
        kind = n % 4
        if kind == 0:
            text = f"reader{n}@example.com"
            return r.choice([f"email:{text}", f"email:{text.upper()}", f" Email: {text} "]), f"email:{text}"
        if kind == 1:
            return r.choice([f"U{n}", f"custom:U{n}"]), f"custom:U{n}"
        if kind == 2:
            return f"anonymous:Ab{n}", f"anonymous:Ab{n}"
        return r.choice([f"urn:x:{n}", f"custom:urn:x:{n}"]), f"custom:urn:x:{n}"

    def event(self, n, person):
        r = self.random
        common = ["viewed", "opened", "clicked", "purchased", "refunded", "subscribed", "other", "identified"]
        act = r.choice(common) if r.random() < 0.7 else r.choice(list(NAMES))
        written, known = self.person(person)
        truth = Truth(self.pick_micros(), known, r.choice(NAMES[act]), act)
        row = {"person": written, "event": truth.name}
        if r.random() < 0.75:
            truth.id = r.choice(["", "Z", "a", "é", "~", "0"]) + f"e{n}"
            row["id"] = truth.id
        for name, values, share in [
            ("piece", list(self.pieces) + ["unlisted"], 0.6),
            ("channel", self.channels, 0.7),
            ("source", ["google", "mail"], 0.2),
            ("campaign", ["spring"], 0.1),
            ("country", ["AT", "at", "Austria"], 0.2),
        ]:
            if r.random() < share:
                row[name] = r.choice(values)
                setattr(truth, name, row[name].upper() if name == "country" and len(row[name]) == 2 else row[name])
        if r.random() < (0.9 if act in ("purchased", "refunded") else 0.1):
            self.price(truth, row)
        row["time"] = self.write_time(truth.micros)
        return Claim(row, truth)

    def price(self, truth, row):
        r = self.random
        currency = r.choice(list(PLACES))
        places = PLACES[currency]
        minor = r.choice([0, 1, 5, 999, 1_000, 12_345, 7_000_000_001])
        whole, rest = divmod(minor, 10**places)
        text = f"{whole}.{rest:0{places}d}" if places else str(whole)
        if r.random() < 0.2:  # one place too many: rounded half away from zero
            digit = r.choice("0459")
            text = text + digit if places else f"{text}.{digit}"
            minor += digit in "59"
        truth.minor, truth.currency = minor, currency
        row["value"], row["currency"] = text, r.choice([currency, currency.lower()])
        if r.random() < 0.08:  # nobody said which currency: two places
            truth.minor, truth.currency = 1_250, "XXX"
            row["value"] = "12.5"
            del row["currency"]

    def write_time(self, micros):
        r = self.random
        way = r.randrange(6)
        if way == 0 and micros % 1_000_000 == 0 and micros >= 0:
            return str(micros // 1_000_000)
        if way == 1 and micros % 1_000 == 0 and micros >= 200_000_000_000_000:
            return str(micros // 1_000)
        if way == 2 and micros >= 200_000_000_000_000:
            return str(micros)
        if way == 3:
            local = instant(micros).astimezone(self.zone).replace(tzinfo=None, fold=0)
            if to_micros(local.replace(tzinfo=self.zone).astimezone(timezone.utc)) == micros:
                return local.isoformat()
        if way == 4:
            offset = timezone(timedelta(minutes=r.choice([-570, -180, 0, 60, 345, 780])))
            return instant(micros).astimezone(offset).isoformat()
        return instant(micros).isoformat().replace("+00:00", "Z")

    def make(self):
        r = self.random
        people = r.choice([1, 3, 12, 40])
        claims = [self.event(n, r.randrange(people)) for n in range(r.choice([1, 20, 120, 350]))]
        self.tie(claims)
        self.give_ids_to_ties(claims)
        files = [File(f"part{n}", r.choice(["csv", "csv", "jsonl", "parquet"])) for n in range(r.randint(1, 4))]
        for claim in claims:
            r.choice(files).claims.append(claim)
        for file in files:
            r.shuffle(file.claims)
        self.repeat(files, claims)
        self.spoil(files)
        days = [instant(claim.truth.micros).astimezone(self.zone).date() for claim in claims]
        return Audience(self.seed, self.zone_name, files, min(days), max(days), self.pieces)

    def tie(self, claims):
        """Some events share person and time, so that only ids put them in order."""
        r = self.random
        for claim in claims:
            if r.random() < 0.2:
                other = r.choice(claims)
                claim.truth.micros, claim.truth.person = other.truth.micros, other.truth.person
                claim.row["time"], claim.row["person"] = self.write_time(claim.truth.micros), other.row["person"]

    @staticmethod
    def give_ids_to_ties(claims):
        """An id we'd make up ourselves depends on the workspace's secret, so no tie may hang on it."""
        groups = {}
        for n, claim in enumerate(claims):
            groups.setdefault((claim.truth.person, claim.truth.micros), []).append((n, claim))
        for group in groups.values():
            if len(group) > 1:
                for n, claim in group:
                    if claim.truth.id is None:
                        claim.truth.id = claim.row["id"] = f"t{n}"

    def repeat(self, files, claims):
        """Rows sent twice: word for word, or the same id with other content, near or far from the first."""
        r = self.random
        taken = {(claim.truth.person, claim.truth.micros) for claim in claims if claim.truth.id is None}
        for claim in r.sample(claims, len(claims) // 6):
            row, truth = dict(claim.row), Truth(**vars(claim.truth))
            if truth.id is not None and r.random() < 0.5:
                truth.piece = row["piece"] = "conflict"
                if r.random() < 0.5:
                    written, known = self.person(r.randrange(50))
                    row["person"], truth.person = written, known
                if r.random() < 0.5:
                    truth.micros = self.pick_micros()
                # No tie may come about that hangs on an id we'd make up ourselves.
                while (truth.person, truth.micros) in taken:
                    truth.micros += 1
            row["time"] = self.write_time(truth.micros)
            file = r.choice(files)
            file.claims.insert(r.randint(0, len(file.claims)), Claim(row, truth))

    def spoil(self, files):
        """A few rows that must be refused."""
        r = self.random
        faults = [
            ("time_in_future", {"time": "2100-01-01T00:00:00Z"}),
            ("time_unreadable", {"time": "yesterday"}),
            ("time_missing", {"time": ""}),
            ("person_missing", {"person": " "}),
            ("event_missing", {"event": ""}),
            ("value_negative", {"value": "-3.00", "currency": "EUR"}),
            ("value_unreadable", {"value": "free", "currency": "EUR"}),
            ("currency_unknown", {"value": "3.00", "currency": "ZZZ"}),
        ]
        for n in range(r.randrange(4)):
            code, change = r.choice(faults)
            good = {"time": "2020-01-01T00:00:00Z", "person": "spoilt", "event": "viewed", "id": f"bad{n}"}
            file = r.choice(files)
            file.claims.insert(r.randint(0, len(file.claims)), Claim(good | change, None, code))


def make(seed):
    return Maker(seed).make()


# --- writing files ---------------------------------------------------------------------------------------------------


def write(file, folder, seed, connection):
    """Writes a file of an audience in its own format, with the liberties real programs take; returns its path."""
    r = random.Random(f"{seed}/{file.name}")
    path = folder / f"{file.name}.{file.kind}"
    rows = [claim.row for claim in file.claims]
    columns = [name for name in COLUMNS if name in ("time", "person", "event") or any(name in row for row in rows)]
    r.shuffle(columns)
    if file.kind == "csv":
        write_csv(path, columns, rows, r)
    elif file.kind == "jsonl":
        write_jsonl(path, rows, r)
    else:
        write_parquet(path, columns, rows, connection)
    return path


def write_csv(path, columns, rows, r):
    end, quote_all = r.choice(["\n", "\r\n"]), r.random() < 0.3

    def cell(text):
        if quote_all or any(mark in text for mark in ',"\n\r'):
            return '"' + text.replace('"', '""') + '"'
        return text

    heads = [name.capitalize() if r.random() < 0.2 else name for name in columns]
    lines = [",".join(map(cell, heads))] + [",".join(cell(row.get(name, "")) for name in columns) for row in rows]
    text = end.join(lines) + (end if r.random() < 0.8 else "")
    path.write_bytes((b"\xef\xbb\xbf" if r.random() < 0.3 else b"") + text.encode())


def write_jsonl(path, rows, r):
    lines = []
    for row in rows:
        item = dict(row)
        if item.get("time", "").isdigit() and r.random() < 0.5:
            item["time"] = int(item["time"])
        if r.random() < 0.2:
            item["campaign"] = item.get("campaign")  # null means missing
        lines.append(json.dumps(item, ensure_ascii=r.random() < 0.5))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_parquet(path, columns, rows, connection):
    """Time as the text it came in would do; programs that write Parquet mostly have a type for it, so half do here."""
    typed = all(row.get("time", "").endswith("Z") and row["time"] < "2090" for row in rows)
    fields = ", ".join(f'"{name}" VARCHAR' for name in columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE outgoing ({fields})")
    if rows:
        marks = ", ".join("?" for _ in columns)
        connection.executemany(f"INSERT INTO outgoing VALUES ({marks})", [[row.get(name) for name in columns] for row in rows])
    source = 'SELECT * REPLACE ("time"::TIMESTAMPTZ AS "time") FROM outgoing' if typed else "SELECT * FROM outgoing"
    connection.execute(f"COPY ({source}) TO '{path}' (FORMAT parquet)")

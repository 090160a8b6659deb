"""Rules as an owner writes them, and the same conditions as SQL for DuckDB: yes is true, no is false, not known is NULL.

SQL's own AND, OR and NOT are the three-valued ones that docs/rules.md describes, so the two need share nothing but that page.
"""

from datetime import timedelta

from meanings_plain import PLACES, PRESENCE, held

TABLE = """
CREATE OR REPLACE TEMP TABLE told (
    micros BIGINT, person VARCHAR, name VARCHAR, act VARCHAR, piece VARCHAR, channel VARCHAR, source VARCHAR, country VARCHAR,
    minor BIGINT, currency VARCHAR, day DATE)
"""
TOPICS = ["craft", "money", "life"]
OF_OWN_ACCORD = f"e.act IN {tuple(PRESENCE)}"


def load(connection, truths, pieces, zone):
    """What happened, each event once, and the topics of the pieces."""
    connection.execute(TABLE)
    rows = [[t.micros, t.person, t.name, t.act, t.piece, t.channel, t.source, t.country, t.minor, t.currency] for t in held(truths)]
    if rows:
        connection.executemany("INSERT INTO told VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", rows)
    connection.execute("UPDATE told SET day = (make_timestamptz(micros) AT TIME ZONE $zone)::DATE", {"zone": zone})
    connection.execute("CREATE OR REPLACE TEMP TABLE told_topics (piece VARCHAR, topic VARCHAR)")
    listed = [(piece, topic) for piece, names in pieces.items() for topic in names]
    if listed:
        connection.executemany("INSERT INTO told_topics VALUES (?, ?)", listed)


class Conditions:
    """Random conditions about the people of an audience, as of a moment; `p` is a row of `people`."""

    def __init__(self, random, known, as_of, today):
        audience, truths = known
        self.random, self.as_of, self.today = random, as_of, today
        self.first_day, self.pieces = audience.first_day, list(audience.pieces)
        self.channels = sorted({truth.channel for truth in truths if truth.channel}) or ["website"]

    def events(self, what, where):
        return f"(SELECT {what} FROM told e WHERE e.person = p.person AND e.micros <= {self.as_of} AND {where})"

    def rule(self, depth=2):
        """(the rule, its SQL)."""
        kind = self.random.random()
        if depth == 0 or kind < 0.4:
            return self.random.choice([self.place, self.first, self.topic, self.did, self.spent, self.presence])()
        if kind < 0.55:
            text, sql = self.rule(depth - 1)
            return f"not ({text})", f"(NOT {sql})"
        word = self.random.choice(["and", "or"])
        (one, one_sql), (other, other_sql) = self.rule(depth - 1), self.rule(depth - 1)
        return f"({one}) {word} ({other})", f"({one_sql} {word.upper()} {other_sql})"

    def place(self):
        name, values, presence = self.random.choice([
            ("channel", self.channels, True),
            ("piece", self.pieces, True),
            ("country", ["AT", "Austria"], False),
            ("source", ["google", "mail"], False),
        ])
        value = self.random.choice(values)
        where = f"e.{name} IS NOT NULL" + (f" AND {OF_OWN_ACCORD}" if presence else "")
        kind = self.random.choice(["is", "is not", "unknown"])
        if kind == "unknown":
            return f"{name} is unknown", self.events("count(*) = 0", where)
        sql = self.events(f"bool_or(e.{name} = '{value}')", where)
        return f"{name} {kind} {value}", sql if kind == "is" else f"(NOT {sql})"

    def first(self):
        name, values = self.random.choice([("channel", self.channels), ("piece", self.pieces)])
        some = self.random.sample(values, self.random.randint(1, len(values)))
        listed = ", ".join(f"'{value}'" for value in some)
        return f"first {name} in ({', '.join(some)})", f"(p.{name} IN ({listed}))"

    def topic(self):
        topic = self.random.choice(TOPICS)
        if self.random.random() < 0.5:
            sql = f"(SELECT bool_or(t.topic = '{topic}') FROM told_topics t WHERE t.piece = p.piece)"
            return f"first topic is {topic}", sql
        has = f"e.piece IN (SELECT t.piece FROM told_topics t WHERE t.topic = '{topic}')"
        any_topic = "e.piece IN (SELECT t.piece FROM told_topics t)"
        return f"topic is {topic}", self.events(f"bool_or({has})", f"{OF_OWN_ACCORD} AND {any_topic}")

    def did(self):
        act = self.random.choice(["viewed", "opened", "purchased", "refunded", "identified", "subscribed"])
        text, where = f"did {act}", f"e.act = '{act}'"
        times = self.random.choice([1, 1, 2, 3])
        if times > 1:
            text += f" at least {times} times"
        if self.random.random() < 0.3:
            channel = self.random.choice(self.channels)
            text += f" on channel {channel}"
            where += f" AND e.channel = '{channel}'"
        days = self.random.choice([1, 10, 60])
        window = self.random.choice(["", "", "within", "last"])
        if window == "last":
            text += f" in last {days} days"
            where += f" AND e.day > DATE '{self.today}' - {days}"
        if window == "within":
            text += f" within {days} days"
            where += f" AND e.day BETWEEN p.d0 AND p.d0 + {days}"
        enough = self.events(f"count(*) >= {times}", where)
        if window == "within":
            return text, f"(CASE WHEN {enough} THEN true WHEN p.d0 + {days} < DATE '{self.today}' THEN false END)"
        return text, enough

    def spent(self):
        currency = self.random.choice(["EUR", "USD", "JPY"])
        amount = self.random.choice([0, 1, 10, 123])
        sign, words = self.random.choice([(">=", "at least"), (">", "more than"), ("<", "less than"), ("<=", "at most")])
        paid = "coalesce(sum(if(e.act = 'purchased', e.minor, -e.minor)), 0)"
        where = f"e.act IN ('purchased', 'refunded') AND e.currency = '{currency}' AND e.minor IS NOT NULL"
        minor = amount * 10 ** PLACES[currency]
        return f"spent {words} {amount} {currency}", self.events(f"{paid} {sign} {minor}", where)

    def presence(self):
        days = self.random.randint(1, 4)
        some_day = self.first_day + timedelta(days=self.random.randrange(100))
        return self.random.choice([
            (f"days present >= {days}", f"(p.x + 1 >= {days})"),
            (f"first seen after {some_day}", f"(p.d0 > DATE '{some_day}')"),
            (f"last seen before {some_day}", f"(p.d0 + p.t_x::INTEGER < DATE '{some_day}')"),
            (f"last seen in last {days} days", f"(p.d0 + p.t_x::INTEGER > DATE '{self.today}' - {days})"),
        ])


def fit(connection, grouped, sql):
    """As `Meanings.returns`: how many fit of those known, and of how many of all it is not known."""
    figures = {}
    judged = f"SELECT p.*, {sql} AS fits FROM ({grouped}) p"
    measures = "count(*), count(fits), count(*) FILTER (fits)"
    everybody = f"SELECT 'all' AS scope, {measures} FROM (SELECT p.*, {sql} AS fits FROM people p) GROUP BY ALL"
    rows = [((), *row[1:]) for row in connection.execute(everybody).fetchall()]
    rows += [((row[0],), *row[1:]) for row in connection.execute(f"SELECT scope, {measures} FROM ({judged}) GROUP BY scope").fetchall()]
    for scope, people, known, fitting in rows:
        figures["people", scope] = (people, people)
        figures["fit_share", scope] = (known, fitting)
        figures["fit_unknown", scope] = (people, people - known)
    return figures


def keep(connection, sql):
    """Only the people of whom the rule says yes stay."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE people AS SELECT * FROM people p WHERE {sql}")

"""The exact meanings as SQL for DuckDB, over the raw claims in the order in which they were accepted.

Written from docs/vocabulary.md alone; it shares no code with the product. `meanings_plain.py` says the same a third time.
"""

from meanings_plain import GOALS, PLACES, PRESENCE, WINDOWS

TABLE = """
CREATE OR REPLACE TEMP TABLE claims (
    seq BIGINT, micros BIGINT, person VARCHAR, name VARCHAR, act VARCHAR, id VARCHAR, content VARCHAR, piece VARCHAR,
    channel VARCHAR, minor BIGINT, currency VARCHAR, source VARCHAR, campaign VARCHAR)
"""

EVENTS = """
CREATE OR REPLACE TEMP TABLE happened AS
SELECT * EXCLUDE (nth), ((make_timestamptz(micros) AT TIME ZONE $zone)::DATE) AS day
FROM (SELECT *, row_number() OVER (PARTITION BY coalesce('i' || id, 'c' || content) ORDER BY seq) AS nth FROM claims)
WHERE nth = 1
"""

PEOPLE = f"""
CREATE OR REPLACE TEMP TABLE people AS
WITH seen AS (SELECT * FROM happened WHERE micros <= $as_of AND act IN {tuple(PRESENCE)}),
first AS (SELECT person, min(micros) AS first_micros, min(day) AS d0 FROM seen GROUP BY person),
start AS (
    SELECT DISTINCT ON (person) person, channel, source, campaign FROM seen ORDER BY person, micros, coalesce(id, content)),
acquired AS (
    SELECT DISTINCT ON (s.person) s.person, s.piece
    FROM seen s JOIN first f ON f.person = s.person AND s.day = f.d0
    WHERE s.piece IS NOT NULL ORDER BY s.person, s.micros, coalesce(s.id, s.content)),
days AS (SELECT DISTINCT person, day FROM seen)
SELECT f.person, f.first_micros, f.d0, a.piece, st.channel, st.source, st.campaign, date_trunc('week', f.d0)::DATE AS week,
    (SELECT count(*) FROM days d WHERE d.person = f.person AND d.day > f.d0) AS x,
    (SELECT max(d.day) FROM days d WHERE d.person = f.person) - f.d0 AS t_x,
    $today::DATE - f.d0 AS T,
    (SELECT min(d.day) FROM days d WHERE d.person = f.person AND d.day > f.d0) AS next_day
FROM first f JOIN start st USING (person) LEFT JOIN acquired a USING (person)
WHERE f.d0 >= $from::DATE AND f.d0 < $to::DATE
"""


class Meanings:
    def __init__(self, connection, zone):
        self.connection, self.zone = connection, zone
        connection.execute("SET TimeZone = 'UTC'")

    def load(self, truths):
        """Claims that were admitted, in order of acceptance."""
        self.connection.execute(TABLE)
        rows = [
            [n, t.micros, t.person, t.name, t.act, t.id, repr(t.content()), t.piece, t.channel, t.minor, t.currency, t.source, t.campaign]
            for n, t in enumerate(truths)
        ]
        if rows:
            self.connection.executemany("INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self.connection.execute(EVENTS, {"zone": self.zone})

    def totals(self):
        """(events, people) held."""
        return self.connection.execute("SELECT count(*), count(DISTINCT person) FROM happened").fetchone()

    def ask(self, as_of, today, period):
        low, high = period
        arguments = {"as_of": as_of, "today": today, "from": low or "0001-01-01", "to": high or "9999-01-01"}
        self.connection.execute(PEOPLE, arguments)
        self.as_of, self.today, self.unlimited = as_of, today, period == (None, None)
        self.period = arguments["from"], arguments["to"]

    def recurrence(self):
        return sorted(self.connection.execute("SELECT x, t_x, T FROM people").fetchall())

    def groups(self, by, topics):
        """SQL for (person, scope) pairs: one per person, or one per person and topic."""
        if by == "topic":
            listed = [(piece, topic) for piece, names in topics.items() for topic in names]
            self.connection.execute("CREATE OR REPLACE TEMP TABLE topics (piece VARCHAR, topic VARCHAR)")
            if listed:
                self.connection.executemany("INSERT INTO topics VALUES (?, ?)", listed)
            return "SELECT p.*, t.topic AS scope FROM people p LEFT JOIN topics t USING (piece)"
        return f"SELECT *, {by}::VARCHAR AS scope FROM people"

    def returns(self, by, topics):
        """{(key, scope): (n, count)}; scope () is everybody, ("x",) one group, (None,) those without."""
        figures = {}
        grouped = self.groups(by, topics)
        watched = f"DATE '{self.today}' - d0 - 1"
        waited = ("median_return_days", f"{watched} >= 1", f"coalesce(next_day < DATE '{self.today}', false)")
        for key, condition, counted in [("people", "true", "true"), waited] + [
            (f"returned_{n}d", f"d0 + {n} < DATE '{self.today}'", f"coalesce(next_day <= d0 + {n}, false)") for n in WINDOWS
        ]:
            measures = f"count(*) FILTER ({condition}), count(*) FILTER ({condition} AND {counted})"
            figures[key, ()] = self.connection.execute(f"SELECT {measures} FROM people").fetchone()
            for scope, *row in self.connection.execute(f"SELECT scope, {measures} FROM ({grouped}) GROUP BY scope").fetchall():
                figures[key, (scope,)] = tuple(row)
        return figures

    def medians(self, by, topics):
        """As the plain ones: the first day by which the product of shares that stayed away is one half or less."""
        waits = f"""SELECT {{scope}} AS scope, if(next_day < DATE '{self.today}', next_day - d0, DATE '{self.today}' - d0 - 1) AS days,
            coalesce(next_day < DATE '{self.today}', false) AS back FROM ({{people}}) WHERE DATE '{self.today}' - d0 - 1 >= 1"""
        curve = """WITH waits AS (%s), days AS (
                SELECT scope, days, count(*) FILTER (back) AS back, count(*) AS leaving FROM waits GROUP BY ALL),
            risk AS (SELECT *, sum(leaving) OVER (PARTITION BY scope ORDER BY days DESC) AS waiting FROM days),
            away AS (SELECT *, exp(sum(ln(greatest(1 - back / waiting, 1e-300))) OVER (PARTITION BY scope ORDER BY days)) AS share FROM risk),
            sizes AS (SELECT scope, count(*) AS n FROM waits GROUP BY scope)
            SELECT scope, if(n >= 30, (SELECT min(days) FROM away a WHERE a.scope IS NOT DISTINCT FROM s.scope AND share <= 0.5 + 1e-9), NULL)
            FROM sizes s"""
        figures = {}
        for group, people in (((), "SELECT * FROM people"), (None, self.groups(by, topics))):
            scope = "'everybody'" if group == () else "scope"
            for name, days in self.connection.execute(curve % waits.format(scope=scope, people=people)).fetchall():
                figures[() if group == () else (name,)] = days
        return figures

    def triangle(self):
        """As the plain one."""
        cells = {}
        for span in ("week", "month"):
            rows = self.connection.execute(f"""
                WITH cohorts AS (SELECT person, date_trunc('{span}', d0)::DATE AS cohort FROM people),
                present AS (
                    SELECT DISTINCT c.person, c.cohort, date_trunc('{span}', s.day)::DATE AS period FROM cohorts c
                    JOIN happened s USING (person) WHERE s.micros <= {self.as_of} AND s.act IN {tuple(PRESENCE)}),
                sizes AS (SELECT cohort, count(*) AS n FROM cohorts GROUP BY cohort),
                ages AS (SELECT cohort, n, unnest(range(1, 2000)) AS age FROM sizes),
                cells AS (SELECT *, (cohort + to_{span}s(age::INT))::DATE AS period FROM ages
                    WHERE (cohort + to_{span}s(age::INT + 1))::DATE <= DATE '{self.today}')
                SELECT c.cohort, age, any_value(n), count(p.person) FROM cells c LEFT JOIN present p USING (cohort, period)
                GROUP BY c.cohort, age""").fetchall()
            cells |= {(span, cohort.isoformat(), age): (n, count) for cohort, age, n, count in rows}
        return cells

    def goals(self, by, topics, goals=GOALS):
        """As `returns`, and for revenue (n, count, minor units)."""
        figures = {}
        grouped = self.groups(by, topics)
        for goal, stated in goals.items():
            matches = " AND ".join(f"h.{column} IN ({quoted(wanted)})" for column, wanted in stated.items())
            converted = f"""EXISTS (SELECT 1 FROM happened h WHERE h.person = g.person AND {matches}
                AND h.micros >= g.first_micros AND h.micros <= {self.as_of})"""
            measures = f"count(*), count(*) FILTER ({converted})"
            figures[f"converted_{goal}", ()] = self.connection.execute(f"SELECT {measures} FROM people g").fetchone()
            for scope, *row in self.connection.execute(f"SELECT scope, {measures} FROM ({grouped}) g GROUP BY scope").fetchall():
                figures[f"converted_{goal}", (scope,)] = tuple(row)
        paid = f"""SELECT g.scope, g.currency, count(*), sum(g.signed)::BIGINT FROM (
            SELECT q.scope, h.currency, if(h.act = 'purchased', h.minor, -h.minor) AS signed
            FROM (%s) q JOIN happened h USING (person)
            WHERE h.act IN ('purchased', 'refunded') AND h.minor IS NOT NULL AND h.micros <= {self.as_of}) g
            GROUP BY ALL"""
        sizes = dict(self.connection.execute(f"SELECT scope, count(*) FROM ({grouped}) GROUP BY scope").fetchall())
        total = self.connection.execute("SELECT count(*) FROM people").fetchone()[0]
        figures["people", ()] = (total, total)
        figures |= {("people", (scope,)): (size, size) for scope, size in sizes.items()}
        everybody = "SELECT DISTINCT person, 1 AS scope FROM happened" if self.unlimited else "SELECT person, 1 AS scope FROM people"
        for _, currency, count, minor in self.connection.execute(paid % everybody).fetchall():
            figures[f"revenue_{currency}", ()] = (total, count, minor)
        for scope, currency, count, minor in self.connection.execute(paid % grouped).fetchall():
            figures[f"revenue_{currency}", (scope,)] = (sizes[scope], count, minor)
        return figures

    def credit(self, by, topics, goal):
        """{(method, scope): people}, and how many conversions there are and before how many nothing is known."""
        self.groups("topic", topics)
        matches = " AND ".join(f"o.{column} IN ({quoted(wanted)})" for column, wanted in goal.items())
        label = {
            "week": "date_trunc('week', o.day)::DATE::VARCHAR",
            "topic": "if(o.piece IN (SELECT piece FROM topics), o.piece, NULL)",
        }.get(by, f"o.{by}")
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE reached AS
            WITH o AS (
                SELECT *, row_number() OVER (PARTITION BY person ORDER BY micros, coalesce(id, content)) AS nth
                FROM happened WHERE micros <= {self.as_of}),
            first AS (SELECT person, min(micros) AS first_micros FROM o WHERE act IN {tuple(PRESENCE)} GROUP BY person),
            goal AS (
                SELECT person, min(nth) AS goal_nth FROM o JOIN first USING (person)
                WHERE {matches} AND micros >= first_micros GROUP BY person)
            SELECT o.*, goal_nth, {label} AS label, o.piece IS NOT NULL AND o.channel IS DISTINCT FROM 'shop' AS own
            FROM o JOIN goal USING (person) JOIN (SELECT person, nth, day AS goal_day FROM o) g ON g.person = o.person AND g.nth = goal_nth
            WHERE goal_day >= DATE '{self.period[0]}' AND goal_day < DATE '{self.period[1]}'""")
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE touches AS SELECT * FROM reached
            WHERE act IN {tuple(PRESENCE)} AND label IS NOT NULL
              AND (nth < goal_nth OR (nth = goal_nth AND piece IS NOT NULL AND act <> 'purchased'))""")
        everybody = self.connection.execute("""
            SELECT count(DISTINCT person), count(DISTINCT person) FILTER (person NOT IN (SELECT person FROM touches)) FROM reached""").fetchone()
        last = "arg_max(label, nth)"
        under = "SELECT piece AS label, topic AS scope, 1.0 / count(*) OVER (PARTITION BY piece) AS part FROM topics"
        if by != "topic":
            under = "SELECT DISTINCT label, label AS scope, 1.0 AS part FROM touches"
        credit = {}
        chosen = {"first": "arg_min(label, nth)", "last": last, "last_post": f"coalesce(arg_max(label, nth) FILTER (own), {last})"}
        for method, expression in chosen.items():
            rows = self.connection.execute(f"""
                SELECT scope, sum(part)::DOUBLE FROM (SELECT person, {expression} AS label FROM touches GROUP BY person) JOIN ({under}) USING (label)
                GROUP BY scope""").fetchall()
            credit |= {(method, scope): people for scope, people in rows}
        rows = self.connection.execute(f"SELECT scope, count(DISTINCT person) FROM touches JOIN ({under}) USING (label) GROUP BY scope").fetchall()
        return credit | {("influenced", scope): people for scope, people in rows}, everybody


    def lags(self, goals):
        """As the plain ones."""
        found = {}
        for goal, stated in goals.items():
            matches = " AND ".join(f"h.{column} IN ({quoted(wanted)})" for column, wanted in stated.items())
            rows = self.connection.execute(f"""SELECT greatest(arg_min(h.day, (h.micros, coalesce(h.id, h.content))) - any_value(p.d0), 0) AS lag
                FROM people p JOIN happened h USING (person)
                WHERE {matches} AND h.micros >= p.first_micros AND h.micros <= {self.as_of} GROUP BY p.person ORDER BY lag""").fetchall()
            found[goal] = [lag for (lag,) in rows]
        return found

    def customers(self):
        """As the plain ones."""
        rows = self.connection.execute(f"""
            WITH own AS (
                SELECT person, currency, day, sum(minor)::BIGINT AS minor FROM people JOIN happened h USING (person)
                WHERE act = 'purchased' AND minor IS NOT NULL AND h.micros <= {self.as_of} GROUP BY ALL),
            first AS (SELECT person, currency, min(day) AS first, max(day) AS last, count(*) - 1 AS x FROM own GROUP BY ALL)
            SELECT currency, x, last - first, DATE '{self.today}' - first, (coalesce(sum(minor) FILTER (day > first), 0))::BIGINT
            FROM first JOIN own USING (person, currency) GROUP BY person, currency, x, first, last""").fetchall()
        found = {}
        for currency, *row in rows:
            found.setdefault(currency, []).append(tuple(row))
        return {currency: sorted(rows) for currency, rows in found.items()}

    def per_person(self):
        """As the plain ones."""
        rows = self.connection.execute(f"""
            WITH own AS (
                SELECT person, currency, sum(if(act = 'purchased', minor, -minor))::BIGINT AS minor FROM people JOIN happened h USING (person)
                WHERE act IN ('purchased', 'refunded') AND minor IS NOT NULL AND h.micros <= {self.as_of} GROUP BY ALL)
            SELECT currency, (SELECT count(*) FROM people), sum(minor)::BIGINT, sum(minor::HUGEINT * minor)::HUGEINT FROM own
            GROUP BY currency""").fetchall()
        return {currency: (n, total, squares) for currency, n, total, squares in rows}


def quoted(wanted):
    return ", ".join("'" + text + "'" for text in ([wanted] if isinstance(wanted, str) else wanted))


def major(minor, currency):
    return minor / 10 ** PLACES[currency]

"""The evidence of every part of the pass in DuckDB's own words, each part as a good analyst would write it.

What several parts rest on (the events with their day, who was present on which day, who came first when) is prepared once.
"""

from .events import AS_OF, ZONE

TODAY = f"DATE '{AS_OF}'"
SHOWS = "act NOT IN ('unfollowed', 'unsubscribed', 'refunded', 'identified', 'other')"
GOALS = {"signup": "('signed_up', 'registered', 'subscribed')", "download": "('downloaded')", "purchase": "('purchased')"}
# A stated rhythm: r and α of the NBD, a and b of who leaves. Fitting it is not part of the pass.
R, ALPHA, A, B = 1.0, 7.0, 1.0, 3.0

LEFT_OUT = [
    "goals as the owner filters them, people as a question limits them: the SQL names the three usual goals",
    "how the base's rhythm is fitted (it is stated), and who falls from being a regular by own rhythm",
    "stages of earlier months that rest on a model or on own rhythm, and the piece before each step up",
    "opens of several pieces at once by a program; notes of talking; the sample of whole journeys for the Markov chain",
    "history day by day where clocks are set back",
]

PREPARED = {
    "events with their day": f"""CREATE TEMP TABLE events AS SELECT person, time, id, act, piece, channel, source, medium, campaign, country,
            referrer, value_minor, currency, (time AT TIME ZONE '{ZONE}')::DATE AS day, {SHOWS} AS shows
        FROM read_parquet(FILES) WHERE (time AT TIME ZONE '{ZONE}')::DATE <= {TODAY}""",
    "days of presence": "CREATE TEMP TABLE present AS SELECT DISTINCT person, day FROM events WHERE shows",
    "first contacts": """CREATE TEMP TABLE first AS
        WITH start AS (SELECT person, arg_min({'time': time, 'day': day, 'channel': channel, 'source': source, 'medium': medium,
                'campaign': campaign, 'country': country}, (time, id)) AS e FROM events WHERE shows GROUP BY person),
            named AS (SELECT v.person, arg_min(v.piece, (v.time, v.id)) AS piece FROM events v JOIN start s ON s.person = v.person AND s.e.day = v.day
                WHERE v.shows AND v.piece IS NOT NULL GROUP BY v.person)
        SELECT person, e.time AS start, e.day AS d0, piece, e.channel AS channel, e.source AS source, e.medium AS medium, e.campaign AS campaign,
            e.country AS country FROM start LEFT JOIN named USING (person)""",
    "recurrence of each person": f"""CREATE TEMP TABLE people AS SELECT person, count(*) - 1 AS x, min(day) AS d0, max(day) - min(day) AS t_x,
            {TODAY} - min(day) AS T, min(day) FILTER (WHERE nth > 1) AS back
        FROM (SELECT *, row_number() OVER (PARTITION BY person ORDER BY day) AS nth FROM present) GROUP BY person""",
    "goals reached": "CREATE TEMP TABLE reached AS "
    + " UNION ALL ".join(
        f"SELECT '{goal}' AS goal, f.person, arg_min({{'time': e.time, 'day': e.day}}, (e.time, e.id)) AS e FROM first f JOIN events e "
        f"ON e.person = f.person AND e.time >= f.start WHERE e.act IN {acts} GROUP BY f.person"
        for goal, acts in GOALS.items()
    ),
}


def ages(span):
    return f"""SELECT date_trunc('{span}', f.d0) AS cohort, date_diff('{span}', f.d0, p.day) AS age, count(DISTINCT p.person)
        FROM present p JOIN first f USING (person) GROUP BY ALL"""


def ledger(span, deeds):
    return f"""WITH own AS (SELECT person, date_trunc('{span}', day) AS period, count(DISTINCT day) AS deeds, sum(minor) AS minor, base
            FROM ({deeds}) GROUP BY ALL),
        lined AS (SELECT *, min(period) OVER w AS cohort, lead(period) OVER w AS next, lead(minor) OVER w AS minor_next
            FROM own WINDOW w AS (PARTITION BY person, base ORDER BY period ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))
        SELECT base, cohort, period, count(*), sum(deeds), sum(minor), count(*) FILTER (next = period + INTERVAL 1 {span}),
            sum(minor) FILTER (next = period + INTERVAL 1 {span}), sum(minor_next) FILTER (next = period + INTERVAL 1 {span})
        FROM lined GROUP BY ALL"""


AUDIENCE = "SELECT person, day, 0 AS minor, '' AS base FROM present"
BUYERS = "SELECT person, day, value_minor AS minor, currency AS base FROM events WHERE act = 'purchased' AND currency IS NOT NULL"

# Touches before a goal: neighbours on the same piece are one, at the time of the latest.
JOURNEYS = """WITH seen AS (
        SELECT r.goal, r.person, e.time, e.id, e.piece, r.e.time AS until, lead(e.piece) OVER w AS next
        FROM reached r JOIN events e ON e.person = r.person AND (e.time < r.e.time OR e.time = r.e.time AND e.act <> 'purchased')
        WHERE e.shows AND e.piece IS NOT NULL WINDOW w AS (PARTITION BY r.goal, r.person ORDER BY e.time, e.id)),
    touches AS (SELECT goal, person, piece, row_number() OVER w AS nth, count(*) OVER p AS n, pow(2, (epoch_us(time) - max(epoch_us(time)) OVER p) / 604800e6) AS decay
        FROM seen WHERE next IS DISTINCT FROM piece WINDOW w AS (PARTITION BY goal, person ORDER BY time, id), p AS (PARTITION BY goal, person)),
    split AS (SELECT goal, person, piece, (nth = 1)::DOUBLE AS first, (nth = n)::DOUBLE AS last, 1.0 / n AS linear, decay / sum(decay) OVER p AS decay,
            CASE WHEN n <= 2 THEN 1.0 / n WHEN nth IN (1, n) THEN 0.4 ELSE 0.2 / (n - 2) END AS position
        FROM touches WINDOW p AS (PARTITION BY goal, person)),
    labels AS (SELECT goal, person, piece, sum(first) AS first, sum(last) AS last, sum(linear) AS linear, sum(decay) AS decay, sum(position) AS position,
            1.0 / count(*) OVER (PARTITION BY goal, person) AS shapley FROM split GROUP BY goal, person, piece)
    SELECT goal, piece, count(*) AS influenced, sum(first), sum(last), sum(linear), sum(decay), sum(position), sum(shapley), sum(first * first), sum(last * last),
        sum(linear * linear), sum(decay * decay), sum(position * position), sum(shapley * shapley) FROM labels GROUP BY goal, piece"""

STANDING = f"""WITH own AS (SELECT person, min(day) FILTER (act = 'purchased') AS bought, count(DISTINCT day) FILTER (act = 'purchased') AS bought_days,
            max(day) FILTER (act IN ('referred', 'shared')) AS shared,
            arg_max(act, (time, id)) FILTER (act IN ('subscribed', 'followed', 'replied', 'commented', 'signed_up', 'registered', 'unsubscribed', 'unfollowed')) AS given
        FROM events GROUP BY person),
    rhythm AS (SELECT person, x, T, ({ALPHA} + T) / ({R} + x) AS gap,
        1 / (1 + {A} / ({B} + x) * pow(({ALPHA} + T) / ({ALPHA} + t_x), {R} + x)) AS p_alive FROM people),
    active AS (SELECT p.person, count(DISTINCT ({TODAY} - p.day) // greatest(1, least(60, round(r.gap)))::INT) AS periods FROM present p JOIN rhythm r USING (person)
        WHERE r.x >= 2 AND p.day > {TODAY} - 4 * greatest(1, least(60, round(r.gap)))::INT GROUP BY p.person)
    SELECT f.piece, f.channel, f.d0, CASE WHEN o.shared > {TODAY} - 365 THEN 'advocate' WHEN o.bought_days > 1 THEN 'repeat_buyer' WHEN o.bought_days = 1 THEN 'buyer'
            WHEN o.given NOT IN ('unsubscribed', 'unfollowed') AND r.p_alive >= 0.2 THEN 'subscriber' WHEN a.periods >= 3 THEN 'regular'
            WHEN r.x >= 1 AND r.p_alive >= 0.2 THEN 'returning' ELSE 'reached' END AS stage,
        CASE WHEN r.p_alive >= 0.7 THEN 'present' WHEN r.p_alive >= 0.3 THEN 'cooling' ELSE 'away' END AS presence, count(*)
    FROM first f JOIN own o USING (person) JOIN rhythm r USING (person) LEFT JOIN active a USING (person) GROUP BY ALL"""

MOVES = f"""WITH buys AS (SELECT DISTINCT person, day FROM events WHERE act = 'purchased'),
    bought AS (SELECT person, min(day) AS once, min(day) FILTER (nth = 2) AS twice FROM (SELECT *, row_number() OVER (PARTITION BY person ORDER BY day) AS nth FROM buys) GROUP BY person),
    ends AS (SELECT (date_trunc('month', {TODAY}) - to_months(ago::INT))::DATE - 1 AS day FROM range(13) t(ago) UNION ALL SELECT {TODAY}),
    stages AS (SELECT p.person, e.day, CASE WHEN b.twice <= e.day THEN 3 WHEN b.once <= e.day THEN 2 WHEN p.back <= e.day THEN 1 ELSE 0 END AS stage
        FROM people p JOIN ends e ON e.day >= p.d0 LEFT JOIN bought b USING (person))
    SELECT day, before, stage, count(*) FROM (SELECT *, lag(stage) OVER (PARTITION BY person ORDER BY day) AS before FROM stages) GROUP BY ALL"""

REGULARS_BY_DAYS = f"""WITH eighth AS (SELECT person, day, lag(day, 7) OVER (PARTITION BY person ORDER BY day) AS since FROM present),
    became AS (SELECT person, min(day) AS became FROM eighth WHERE day - since < 16 GROUP BY person),
    ends AS (SELECT (date_trunc('month', {TODAY}) - to_months(ago::INT))::DATE - 1 AS day FROM range(24) t(ago) UNION ALL SELECT {TODAY}
        UNION ALL SELECT ({TODAY} - INTERVAL 1 MONTH)::DATE),
    holds AS (SELECT b.person, e.day FROM became b JOIN ends e ON e.day >= b.became JOIN present p ON p.person = b.person AND p.day <= e.day AND p.day > e.day - 16
        GROUP BY b.person, e.day HAVING count(*) >= 8),
    now AS (SELECT person, bool_or(day = {TODAY}) AS now, bool_or(day = ({TODAY} - INTERVAL 1 MONTH)::DATE) AS month_ago FROM holds GROUP BY person)
    SELECT f.piece, f.channel, f.d0, b.became - f.d0 AS lag, count(*), count(*) FILTER (now), count(*) FILTER (month_ago), NULL AS day
        FROM became b JOIN first f USING (person) LEFT JOIN now USING (person) GROUP BY ALL
    UNION ALL SELECT NULL, NULL, NULL, NULL, count(*), NULL, NULL, day FROM holds GROUP BY day"""

REGULARS_BY_RHYTHM = f"""WITH nth AS (SELECT person, day, row_number() OVER w - 1 AS x, day - min(day) OVER w AS age FROM present WINDOW w AS (PARTITION BY person ORDER BY day)),
    gaps AS (SELECT *, greatest(1, least(60, round(({ALPHA} + age) / ({R} + x))))::INT AS gap FROM nth),
    enters AS (SELECT g.person, g.day FROM gaps g JOIN present p ON p.person = g.person AND p.day <= g.day AND p.day > g.day - 4 * g.gap WHERE g.x >= 2
        GROUP BY g.person, g.day, g.gap HAVING count(DISTINCT (g.day - p.day) // g.gap) >= 3)
    SELECT f.piece, f.channel, f.d0, became - f.d0 AS lag, count(*) FROM (SELECT person, min(day) AS became FROM enters GROUP BY person) JOIN first f USING (person) GROUP BY ALL"""

EVIDENCE = {
    "Recurrence": "SELECT x, t_x, T, count(*) FROM people GROUP BY ALL",
    "Cohorts": """SELECT f.piece, f.channel, f.d0, count(*), count(*) FILTER (back - f.d0 <= 7), count(*) FILTER (back - f.d0 <= 28), count(*) FILTER (back - f.d0 <= 90)
        FROM first f JOIN people p USING (person) GROUP BY ALL""",
    "Gaps": "SELECT f.piece, f.channel, f.d0, back - f.d0 AS gap, count(*) FROM first f JOIN people p USING (person) WHERE back IS NOT NULL GROUP BY ALL",
    "Ages by week": ages("week"),
    "Ages by month": ages("month"),
    "Conversions": "SELECT goal, f.piece, f.channel, f.d0, e.day - f.d0 AS lag, count(*) FROM reached JOIN first f USING (person) GROUP BY ALL",
    "Revenue": """WITH own AS (SELECT person, currency, count(*) AS n, sum(if(act = 'purchased', value_minor, -value_minor)) AS minor FROM events
            WHERE act IN ('purchased', 'refunded') AND currency IS NOT NULL GROUP BY ALL)
        SELECT f.piece, f.channel, f.d0, currency, sum(n), sum(minor), sum(minor::DOUBLE * minor) FROM own LEFT JOIN first f USING (person) GROUP BY ALL""",
    "Distortions": """WITH opens AS (SELECT person, piece, time FROM events WHERE act = 'opened'), sent AS (SELECT person, piece, time FROM events WHERE NOT shows AND piece IS NOT NULL),
        fleeting AS (SELECT person FROM events GROUP BY person HAVING bool_and(act IN ('viewed', 'watched', 'clicked', 'other')) AND count(DISTINCT day) = 1)
        SELECT (SELECT count(*) FROM first), (SELECT count(*) FROM fleeting), count(*), count(*) FILTER (o.time - s.time <= INTERVAL 10 SECONDS)
        FROM opens o ASOF LEFT JOIN sent s ON o.person = s.person AND o.piece = s.piece AND o.time >= s.time""",
    "Ledgers of the audience, months": ledger("month", AUDIENCE),
    "Ledgers of the audience, quarters": ledger("quarter", AUDIENCE),
    "Ledgers of the audience, spread": "SELECT x + 1, count(*) FROM people GROUP BY ALL",
    "Ledgers of buyers, months": ledger("month", BUYERS),
    "Ledgers of buyers, quarters": ledger("quarter", BUYERS),
    "Purchases": f"""WITH days AS (SELECT person, currency, day, sum(value_minor) AS minor FROM events WHERE act = 'purchased' AND currency IS NOT NULL GROUP BY ALL),
        own AS (SELECT person, currency, count(*) - 1 AS x, max(day) - min(day) AS t_x, {TODAY} - min(day) AS T, sum(minor) - arg_min(minor, day) AS repeat_minor FROM days GROUP BY ALL)
        SELECT currency, x, t_x, T, repeat_minor, count(*) FROM own GROUP BY ALL""",
    "Reach of pieces": "SELECT piece, channel, day, count(DISTINCT person) FROM events WHERE shows AND piece IS NOT NULL GROUP BY ALL",
    "Reach of channels": "SELECT channel, day, count(DISTINCT person) FROM events WHERE shows GROUP BY ALL",
    "Doors": "SELECT piece, d0, source, campaign, count(*) FROM first WHERE source IS NOT NULL OR campaign IS NOT NULL GROUP BY GROUPING SETS ((piece, d0, source), (piece, d0, campaign))",
    "Outcomes": """SELECT 'present' AS what, day, count(*) FROM present GROUP BY ALL
        UNION ALL SELECT 'returning', p.day, count(*) FROM present p JOIN first f ON f.person = p.person AND f.d0 < p.day GROUP BY ALL
        UNION ALL SELECT 'subscribed', day, count(*) FROM (SELECT min(day) AS day FROM events WHERE act = 'subscribed' GROUP BY person) GROUP BY ALL
        UNION ALL SELECT goal, e.day, count(*) FROM reached GROUP BY ALL""",
    "Outcomes within 28 days": "SELECT goal, f.piece, f.channel, f.d0, count(*) FROM reached JOIN first f USING (person) WHERE e.day - f.d0 <= 28 GROUP BY ALL",
    "Recent": f"""WITH used AS (SELECT person, piece, count(DISTINCT day) AS days FROM events WHERE shows AND piece IS NOT NULL AND day >= {TODAY} - 28 AND day < {TODAY} GROUP BY ALL),
        own AS (SELECT person, list({{'piece': piece, 'days': days}} ORDER BY piece) AS pieces FROM used GROUP BY person),
        before AS (SELECT person, count(*) AS days FROM present WHERE day < {TODAY} - 28 GROUP BY person)
        SELECT f.piece, p.back - f.d0 <= 90 AS is_back, b.days >= 2 AS is_returning, o.pieces, count(*)
        FROM own o JOIN first f USING (person) JOIN people p USING (person) LEFT JOIN before b USING (person) GROUP BY ALL""",
    "Regulars, 8 of 16 days": REGULARS_BY_DAYS,
    "Regulars by own rhythm": REGULARS_BY_RHYTHM,
    "Buyers": "SELECT f.piece, b.day, count(*) FROM (SELECT person, min(day) AS day FROM events WHERE act = 'purchased' GROUP BY person) b JOIN first f USING (person) GROUP BY ALL",
    "Journeys": JOURNEYS,
    "Rungs, where people stand": STANDING,
    "Rungs, moves month by month": MOVES,
    # Cut before it is joined, and joined by equality alone: otherwise DuckDB takes minutes.
    "First contacts": """WITH taken AS (SELECT * FROM first ORDER BY person LIMIT 32768),
            signed AS (SELECT person, e.day AS day FROM reached WHERE goal = 'signup')
        SELECT t.*, CASE WHEN s.day - t.d0 <= 90 THEN s.day - t.d0 END AS lag FROM taken t LEFT JOIN signed s USING (person)""",
    "Talks": f"""WITH last AS (SELECT person, max(day) FILTER (act IN ('commented', 'replied')) AS said, min(day) FILTER (act IN ('referred', 'shared')) AS shared,
            min(day) FILTER (act = 'purchased') AS bought FROM events GROUP BY person),
        rhythm AS (SELECT *, round(greatest(1, least(60, ({ALPHA} + T) / ({R} + x)))) AS gap FROM people),
        alive AS (SELECT *, 1 / (1 + {A} / ({B} + x) * pow(({ALPHA} + T) / ({ALPHA} + t_x), {R} + x)) AS now,
            1 / (1 + {A} / ({B} + x) * pow(({ALPHA} + T - gap) / ({ALPHA} + t_x), {R} + x)) AS before FROM rhythm)
        SELECT person, said, shared, bought, before - now AS drop FROM alive JOIN last USING (person)
        WHERE said > {TODAY} - 14 OR shared > {TODAY} - 14 OR bought > {TODAY} - 14 OR (x >= 4 AND T - t_x > gap AND before - now >= 0.1)
        ORDER BY drop DESC, person LIMIT 2000""",
}

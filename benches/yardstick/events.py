"""The file of events that the benches of the pass read: the same on every machine."""

import duckdb

ZONE = "Europe/Vienna"
AS_OF = "2024-12-31"

# People: a few come often, most once. Pieces: Zipf-like. Returning is rarer the longer one waits. Hashes of the row's number
# stand for chance, so the file is the same on every machine.
GENERATE = """
COPY (
    WITH draws AS (
        SELECT i, hash(i) / 18446744073709551616.0 AS u, hash(i + 1000000007) / 18446744073709551616.0 AS v,
            hash(i + 2000000011) / 18446744073709551616.0 AS w, hash(i + 3000000019) / 18446744073709551616.0 AS z
        FROM range({events}) t(i)),
    people AS (
        SELECT *, if(i < {people}, i, floor({people} * pow(u, 2.5)))::BIGINT AS p FROM draws),
    begun AS (
        SELECT *, hash(p * 7 + 1) / 18446744073709551616.0 AS start, hash(p * 7 + 2) / 18446744073709551616.0 AS taste FROM people)
    SELECT
        make_timestamptz((1672531200 + least(start * 60000000 + if(i < {people}, 0, -ln(1 - v) * 3500000), 63000000))::BIGINT * 1000000) AS time,
        'reader' || p AS person,
        CASE WHEN w < 0.62 THEN 'viewed' WHEN w < 0.80 THEN 'opened' WHEN w < 0.90 THEN 'clicked' WHEN w < 0.93 THEN 'delivered'
            WHEN w < 0.95 THEN 'subscribed' WHEN w < 0.965 THEN 'downloaded' WHEN w < 0.975 THEN 'signed_up'
            WHEN w < 0.978 THEN 'refunded' ELSE 'purchased' END AS event,
        'e' || i AS id,
        if(z < 0.1, NULL, 'piece-' || floor(40 * pow(if(z < 0.5, taste, z), 2.0))::INT) AS piece,
        ['website', 'newsletter', 'youtube', 'shop'][1 + (taste * 4)::INT % 4] AS channel,
        if(w >= 0.975, ((5 + z * 95)::DECIMAL(9, 2))::VARCHAR, NULL) AS value,
        if(w >= 0.975, if(taste < 0.8, 'EUR', 'USD'), NULL) AS currency
    FROM begun) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""


def generate(path, events, people):
    if path.exists():
        return
    print(f"making {path.name} …", flush=True)
    partial = path.with_suffix(".partial")
    connection = duckdb.connect(config={"threads": "2", "memory_limit": "6GB"})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(GENERATE.format(events=events, people=people, path=partial))
    partial.rename(path)

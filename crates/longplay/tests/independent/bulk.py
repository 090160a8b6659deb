"""One audience large enough to fill many pages, row groups and merges: some people with tens of thousands of events, many ties,
late and repeated rows. Made and judged by DuckDB alone, since plain loops would take too long."""

from datetime import date
from zoneinfo import ZoneInfo

import duckdb

import audience
import lake
import meanings_sql
from agreement import expect
from binary import Longplay

ZONE = "Europe/Vienna"
EVENTS = 240_000
# A third of all events belong to three people; times are rounded to 10 minutes, so that ties abound; every 9th row comes twice, and
# every 31st id belongs to two rows that differ.
GENERATE = """
CREATE TABLE raw AS
WITH draws AS (SELECT i, hash(i) AS h, hash(i + 77) AS g, hash(i + 991) AS f FROM range({events}) t(i)),
rows AS (
    SELECT i,
        (1640000000 + (h % 60000000) // 600 * 600)::BIGINT AS second,
        'reader' || CASE WHEN g % 3 = 0 THEN (g // 3) % 3 ELSE (g // 3) % 30000 END AS person,
        (['viewed', 'viewed', 'viewed', 'opened', 'clicked', 'delivered', 'refunded', 'subscribed', 'purchased', 'downloaded'])[1 + (f % 10)::INT] AS act,
        CASE WHEN i % 31 = 0 AND i > 0 THEN 'e' || (i - 1) ELSE 'e' || i END AS id,
        CASE WHEN h % 5 = 0 THEN NULL ELSE 'piece' || (h // 5) % 40 END AS piece,
        CASE WHEN g % 7 = 0 THEN NULL ELSE 'channel' || (g // 7) % 3 END AS channel,
        CASE WHEN f % 10 IN (6, 8) THEN (100 + h % 90000)::BIGINT END AS minor,
        CASE WHEN f % 10 IN (6, 8) THEN if(f % 4 = 0, 'EUR', 'USD') END AS currency,
        hash(i + 5) % 3 AS file
    FROM draws),
twice AS (SELECT * FROM rows UNION ALL SELECT * REPLACE ((file + 1) % 3 AS file) FROM rows WHERE i % 9 = 0)
SELECT row_number() OVER (ORDER BY file, hash(i + file), i) AS seq, * FROM twice
"""
CLAIMS = """
INSERT INTO claims
SELECT seq, second * 1000000, 'custom:' || person, act, if(act = 'delivered', 'other', act), id, NULL, piece, channel, minor, currency, NULL, NULL FROM raw
"""
FILE = """
SELECT make_timestamptz(second * 1000000) AS time, person, act AS event, id, piece, channel,
    printf('%d.%02d', minor // 100, minor % 100) AS value, currency
FROM raw WHERE file = {file} ORDER BY seq
"""


def run(program, folder):
    """Returns how many figures were compared."""
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true", "threads": "2"})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(GENERATE.format(events=EVENTS))
    longplay = Longplay(program, folder / "data", ZONE)
    claims = connection.execute("SELECT count(*), count(DISTINCT id) FROM raw").fetchone()
    formats = ["(FORMAT csv)", "(FORMAT json)", "(FORMAT parquet, ROW_GROUP_SIZE 10000)"]
    admitted = 0
    for file, (kind, options) in enumerate(zip(["csv", "jsonl", "parquet"], formats)):
        path = folder / f"bulk{file}.{kind}"
        connection.execute(f"COPY ({FILE.format(file=file)}) TO '{path}' {options}")
        report = longplay.import_files(path)
        admitted += report["files"][0]["admitted"]
        expect(report["files"][0]["refused"] == 0, "bulk: refused", report)
    expect((admitted, report["events_total"]) == (claims[1], claims[1]), "bulk: expected", claims, "got", admitted, report)

    meanings = meanings_sql.Meanings(connection, ZONE)
    meanings.load([])
    connection.execute(CLAIMS)
    connection.execute(meanings_sql.EVENTS, {"zone": ZONE})
    expect(meanings.totals() == (report["events_total"], report["people_total"]), "bulk: totals", meanings.totals(), report)
    compared = sum(ask(longplay, meanings, day, period) for day, period in [
        (date(2022, 10, 29), (None, None)),
        (date(2022, 3, 27), (date(2022, 1, 10), date(2022, 2, 20))),
    ])
    with lake.attached(connection, longplay.data):
        there = connection.execute("SELECT count(*), sum(value_minor)::BIGINT, bit_xor(hash(epoch_us(time), id, piece)) FROM longplay.events").fetchone()
        here = connection.execute("SELECT count(*), sum(minor)::BIGINT, bit_xor(hash(micros, id, piece)) FROM happened").fetchone()
    expect(there == here, "bulk: the lake holds", there, "not", here)
    expect(not longplay.check(), longplay.check())
    return compared


def ask(longplay, meanings, day, period):
    zone = ZoneInfo(ZONE)
    as_of = audience.day_start(zone, date.fromordinal(day.toordinal() + 1)) - 1
    meanings.ask(as_of, day, period)
    options = ["--as-of", day.isoformat()]
    if period == (None, None):
        expect(longplay.recurrence(*options) == meanings.recurrence(), "bulk: recurrence as of", day)
    else:
        options += ["--from", period[0].isoformat(), "--to", period[1].isoformat()]
    compared = 0
    for by in ("piece", "channel"):
        medians = {scope: days for scope, days in meanings.medians(by, {}).items() if days is not None}
        told = figures(longplay.ask("returns", *options, "--by", by))
        told = {place[1]: figure["value"] for place, figure in told.items() if place[0] == "median_return_days" and figure["value"] is not None}
        expect(told == medians, "bulk: medians as of", day, period, "expected", medians, "got", told)
        compared += len(medians)
        for key in ("returns", "goals"):
            wanted = {place: tuple(row) for place, row in getattr(meanings, key)(by, {}).items() if any(row)}
            got = figures(longplay.ask(key, *options, "--by", by))
            for place, row in wanted.items():
                figure = got.get(place) or expect(False, "bulk:", key, day, place, "is missing")
                expect((figure["n"], figure["count"]) == row[:2], "bulk:", key, day, period, place, "expected", row, "got", figure)
                if place[0].startswith("revenue_"):
                    money = meanings_sql.major(row[2], place[0].removeprefix("revenue_"))
                    expect(abs(figure["value"] - money) < 1e-6 * abs(money), "bulk:", place, money, figure)
                compared += 1
    return compared


def figures(answer):
    return {(figure["key"], tuple(figure["scope"].values())): figure for figure in answer["figures"]}

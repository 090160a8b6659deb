"""The data directory read by DuckDB itself, as any owner may: no code of the product stands between."""

import sysconfig
from collections import Counter, defaultdict
from contextlib import contextmanager
from pathlib import Path

COLUMNS = {
    "person": "BIGINT", "time": "TIMESTAMP WITH TIME ZONE", "id": "VARCHAR", "act": "VARCHAR", "event": "VARCHAR", "piece": "VARCHAR",
    "channel": "VARCHAR", "referrer": "VARCHAR", "source": "VARCHAR", "medium": "VARCHAR", "campaign": "VARCHAR", "country": "VARCHAR",
    "value_minor": "BIGINT", "currency": "VARCHAR", "properties": "JSON", "origin": "BIGINT", "handle": "VARCHAR", "mark": "VARCHAR",
}


def extensions():
    """The extension files that the PyPI packages brought along."""
    found = sorted((Path(sysconfig.get_paths()["purelib"]) / "duckdb_ext").rglob("*.duckdb_extension"))
    assert len(found) == 2, found
    return found


def load(connection):
    for path in extensions():
        connection.execute(f"LOAD '{path}'")


@contextmanager
def attached(connection, data, name="longplay"):
    load(connection)
    connection.execute(f"ATTACH 'ducklake:sqlite:{data}/longplay.db' AS {name} (READ_ONLY)")
    try:
        yield
    finally:
        connection.execute(f"DETACH {name}")


def compare(connection, held, expect):
    """Every event held is in the lake, once, under its person, with all its columns."""
    described = {row[0]: row[1] for row in connection.execute("DESCRIBE longplay.events").fetchall()}
    expect(described == COLUMNS, "columns of the lake's events:", described)
    rows = connection.execute("""SELECT person, epoch_us(time), act, event, id, piece, channel, source, campaign, country, value_minor,
        currency FROM longplay.events""").fetchall()
    there, given = defaultdict(Counter), {truth.id for truth in held if truth.id is not None}
    for person, *row in rows:
        row[3] = row[3] if row[3] in given else None
        there[person][tuple(row)] += 1
    here = defaultdict(Counter)
    for t in held:
        currency = t.currency if t.minor is not None else None
        row = (t.micros, t.act, t.name, t.id, t.piece, t.channel, t.source, t.campaign, t.country, t.minor, currency)
        here[t.person][row] += 1
    shape = lambda people: Counter(frozenset(rows.items()) for rows in people.values())
    expect(shape(here) == shape(there), "lake: expected", list((shape(here) - shape(there)).items())[:2], "got", list((shape(there) - shape(here)).items())[:2])
    ids = connection.execute("SELECT count(*) - count(DISTINCT id) FROM longplay.events").fetchone()[0]
    expect(ids == 0, "lake: ids that stand there twice:", ids)


def versions(connection):
    return [row[0] for row in connection.execute("SELECT snapshot_id FROM ducklake_snapshots('longplay') ORDER BY 1").fetchall()]


def count_at(connection, version):
    return connection.execute(f"SELECT count(*) FROM longplay.events AT (VERSION => {int(version)})").fetchone()[0]

"""DuckDB reads while Longplay serves, imports and merges: no count is ever wrong, and the past stays as it was."""

import json
import subprocess
import threading
import time

import duckdb

import lake
from agreement import expect
from binary import Longplay

IMPORTS = 24
ROWS = 400


def write(folder, n, rows_count=ROWS):
    path = folder / f"late{n}.csv"
    # Each file touches the same people again, so merges have histories to weave together.
    rows = [f"{1_700_000_000 + (k * 7919 + n * 104_729) % 5_000_000},reader{k % 150},purchased,f{n}r{k},piece{k % 5},{n + 1}.25,EUR" for k in range(rows_count)]
    path.write_text("time,person,event,id,piece,value,currency\n" + "\n".join(rows) + "\n")
    return path


class Watcher(threading.Thread):
    """Asks the lake again and again; what it saw must be one of the states that ever were."""

    def __init__(self, data):
        super().__init__()
        self.data, self.seen, self.error = data, [], None
        self.ending = threading.Event()

    def run(self):
        try:
            connection = duckdb.connect(config={"allow_unsigned_extensions": "true", "threads": "1"})
            with lake.attached(connection, self.data):
                while not self.ending.is_set():
                    query = "SELECT count(*), count(DISTINCT id), coalesce(sum(value_minor), 0)::BIGINT FROM longplay.events"
                    self.seen.append(connection.execute(query).fetchone())
                    time.sleep(0.02)
        except Exception as error:  # handed to the one who waits
            self.error = error


def run(program, folder):
    """Returns how many checks held."""
    longplay = Longplay(program, folder / "data", "Europe/Vienna")
    paths = [write(folder, n) for n in range(IMPORTS)]
    longplay.import_files(paths[0])
    sums = [sum((n + 1) * 100 + 25 for n in range(upto)) * ROWS for upto in range(IMPORTS + 1)]
    watcher = Watcher(longplay.data)
    known = {}
    with longplay.serve() as server:
        watcher.start()
        connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
        with lake.attached(connection, longplay.data):
            for n, path in enumerate(paths[1:], start=2):
                report = longplay.import_files(path)
                expect(report["events_total"] == n * ROWS, "import while serving:", report)
                row = connection.execute("SELECT count(*), sum(value_minor)::BIGINT FROM longplay.events").fetchone()
                expect(row == (n * ROWS, sums[n]), "after import", n, "the lake holds", row, "not", (n * ROWS, sums[n]))
                newest = lake.versions(connection)[-1]
                known[newest] = lake.count_at(connection, newest)
            compare_api(server, longplay)
            two_at_once(longplay, folder)
            past(connection, known)
            files = connection.execute("SELECT count(*) FROM ducklake_list_files('longplay', 'events')").fetchone()[0]
            expect(files < IMPORTS, "nothing was merged:", files, "live segments")
        watcher.ending.set()
        watcher.join()
    expect(server.code == 0, "serve ended with", server.code, "on SIGTERM")
    expect(watcher.error is None, "reading while writing failed:", watcher.error)
    for count, ids, minor in watcher.seen:
        whole = count % ROWS == 0 and (count // ROWS > IMPORTS or minor == sums[count // ROWS])
        expect(count == ids and whole, "a reader saw", (count, ids, minor))
    expect(watcher.seen == sorted(watcher.seen), "a reader saw the count fall")
    checks = check_while_importing(longplay, folder)
    expect(not longplay.check(), longplay.check())
    print(f"  {len(watcher.seen)} reads during {IMPORTS} imports, {len(known)} versions, {files} live segments; {checks} checks during an import")


def compare_api(server, longplay):
    """The API and the command line give one answer."""
    view = "2023-12-31"
    api = json.load(server.get(f"/api/v1/ask/returns?as_of={view}"))
    cli = longplay.ask("returns", "--as-of", view)
    expect(api["figures"] == cli["figures"], "API and command line differ")


def two_at_once(longplay, folder):
    """Two imports at the same time: both succeed, nothing is lost or taken twice."""
    before = longplay.ask("returns")["figures"]
    paths = [write(folder, IMPORTS + n) for n in range(2)] + [write(folder, IMPORTS)]
    running = [subprocess.Popen(longplay.command("import", "--json", path), stdout=subprocess.PIPE, stderr=subprocess.PIPE) for path in paths]
    for process in running:
        out, error = process.communicate(timeout=120)
        expect(process.returncode == 0, "two imports at once: exit", process.returncode, out.decode(), error.decode())
    again = longplay.import_files(*paths)
    expect(again["events_total"] == (IMPORTS + 2) * ROWS, "two imports at once:", again)
    expect(bool(before), "answers while importing")


def check_while_importing(longplay, folder):
    """`check` finds nothing wrong with a directory in the middle of being written."""
    paths = [write(folder, 100 + n, 20_000) for n in range(3)]
    importing = subprocess.Popen(longplay.command("import", *paths), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    checks = 0
    while importing.poll() is None:
        expect(not longplay.check(), "while importing:", longplay.check())
        checks += 1
    expect(importing.returncode == 0, "import while checking:", importing.stderr.read().decode())
    return checks


def past(connection, known):
    for version, count in known.items():
        if version in lake.versions(connection):
            got = lake.count_at(connection, version)
            expect(got == count, f"AT (VERSION => {version}) was {count}, is {got}")

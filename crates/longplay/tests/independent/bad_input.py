"""What people really hand over: each gets a clear message and the right exit code, and the data directory stays sound.

A case is a function (program, folder) that raises when something is wrong and returns why it was skipped, if it was.
"""

import gzip
import json
import os
import shutil
import signal
import subprocess
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path

import duckdb

import lake
from agreement import expect
from binary import SECONDS_MAX, Longplay

CASES = {}
HEAD = "time,person,event,id,piece,value,currency\n"
MEMORY_BYTES_MAX = 512 * 1024 * 1024
REFUSED_WHOLE = (1, 3)


def case(function):
    CASES[function.__name__.replace("_", " ")] = function
    return function


class Fixture:
    """A data directory that already holds one good file, so that damage to it would show."""

    def __init__(self, program, folder):
        self.folder = folder
        self.longplay = Longplay(program, folder / "data", "Europe/Vienna")
        good = folder / "good.csv"
        good.write_text(HEAD + "".join(f"2024-01-0{1 + n % 9}T10:00:00Z,reader{n % 7},viewed,good{n},p,,\n" for n in range(50)))
        self.longplay.import_files(good)
        self.held = 50

    def path(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def hand_over(self, path, codes, names_file=True, **options):
        """Imports, and demands: the exit code, words on stderr, no panic, a sound directory with what it held before."""
        done = self.longplay.run("import", path, **options)
        words = done.stderr.decode(errors="replace")
        said = f"exit {done.returncode}, stderr: {words[:600]!r}, stdout: {done.stdout[:300]!r}"
        expect(done.returncode in codes, f"expected exit {codes},", said)
        expect("panicked" not in words, said)
        if done.returncode != 0:
            expect(words.strip(), "nothing on stderr:", said)
            expect(not names_file or Path(path).name in words, "the file isn't named:", said)
        self.sound()
        return done

    def report(self, path):
        """The same as JSON; whatever the exit code, there is one when the file could be read at all."""
        done = self.longplay.run("import", "--json", path)
        return json.loads(done.stdout)["files"][0]

    def sound(self):
        expect(not self.longplay.check(), self.longplay.check())
        with duckdb.connect(config={"allow_unsigned_extensions": "true"}) as connection:
            with lake.attached(connection, self.longplay.data):
                held = connection.execute("SELECT count(*) FROM longplay.events WHERE id LIKE 'good%'").fetchone()[0]
        expect(held == self.held, "the directory held", self.held, "good events, now", held)

    def refuses_rows(self, name, text, code, claims=1):
        path = self.path(name, text)
        self.hand_over(path, (3,))
        row = self.report(path)
        codes = {item["code"]: item for item in row["refusals"]}
        expect(row["refused"] == claims and row["admitted"] == 0 and set(codes) == {code}, "expected", code, "got", row)
        example = codes[code]["example"]
        expect(example["row"] and example["column"] and example["message"], "an example without row, column or message:", example)


@case
def empty_file(program, folder):
    fixture = Fixture(program, folder)
    fixture.hand_over(fixture.path("empty.csv", ""), (3,))
    fixture.hand_over(fixture.path("blank.csv", "\n\n  \n"), (3,))
    fixture.hand_over(fixture.path("bom-only.csv", b"\xef\xbb\xbf"), (3,))
    fixture.hand_over(fixture.path("header-only.csv", HEAD), (0, 3))


@case
def binary_garbage(program, folder):
    fixture = Fixture(program, folder)
    for n, head in enumerate([b"", b"PK\x03\x04", b"PAR1", b"\x1f\x8b\x08", b"{\"", b"\xff\xfe", b"SQLite format 3\0"]):
        fixture.hand_over(fixture.path(f"noise{n}.csv", head + os.urandom(200_000)), REFUSED_WHOLE)


@case
def text_that_is_something_else(program, folder):
    fixture = Fixture(program, folder)
    fixture.hand_over(fixture.path("letter.txt", "Dear all,\n\nthis is not a table.\n"), (3,))
    fixture.hand_over(fixture.path("page.html", "<!doctype html><html><body><table><tr><td>1</td></tr></table></body></html>"), (3,))
    fixture.hand_over(fixture.path("other.json", '[{"a": 1}, {"b": [2, 3]}]'), (3,))
    fixture.hand_over(fixture.path("other.csv", "name,colour\nrose,red\nviolet,blue\n"), (3,))
    fixture.hand_over(fixture.path("deep.json", "[" * 200_000), (3,))


@case
def truncated_zip(program, folder):
    fixture = Fixture(program, folder)
    whole = folder / "whole.zip"
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("events.csv", HEAD + "".join(f"2024-01-01T10:00:00Z,z{n},viewed,zip{n},p,,\n" for n in range(5000)))
    content = whole.read_bytes()
    for share in (0.1, 0.5, 0.99):
        fixture.hand_over(fixture.path(f"cut{share}.zip", content[: int(len(content) * share)]), REFUSED_WHOLE)


@case
def truncated_gzip_and_parquet(program, folder):
    fixture = Fixture(program, folder)
    packed = gzip.compress((HEAD + "".join(f"2024-01-01T10:00:00Z,z{n},viewed,gz{n},p,,\n" for n in range(5000))).encode())
    fixture.hand_over(fixture.path("cut.csv.gz", packed[: len(packed) // 2]), REFUSED_WHOLE)
    target = folder / "whole.parquet"
    duckdb.sql(f"COPY (SELECT '2024-01-01T10:00:00Z' AS time, 'q' || i AS person, 'viewed' AS event FROM range(5000) t(i)) TO '{target}' (FORMAT parquet)")
    content = target.read_bytes()
    fixture.hand_over(fixture.path("cut.parquet", content[:-100]), REFUSED_WHOLE)
    damaged = bytearray(content)
    for at in range(100, len(content) // 2):
        damaged[at] ^= 0x5A
    fixture.hand_over(fixture.path("damaged.parquet", bytes(damaged)), REFUSED_WHOLE)


@case
def zip_bomb(program, folder):
    fixture = Fixture(program, folder)
    bomb = folder / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("events.csv", "w", force_zip64=True) as entry:
            entry.write(HEAD.encode() + b"2024-01-01T10:00:00Z,")
            for _ in range(1024):
                entry.write(b"a" * 1024 * 1024)
    bounded(fixture, bomb, REFUSED_WHOLE)
    many = folder / "many.zip"
    with zipfile.ZipFile(many, "w") as archive:
        for n in range(20_000):
            archive.writestr(f"{n}.csv", HEAD)
    bounded(fixture, many, (0, *REFUSED_WHOLE))  # 20,000 files without a row are odd, but no bomb
    paths = folder / "paths.zip"
    with zipfile.ZipFile(paths, "w") as archive:
        archive.writestr("../../outside.csv", HEAD + "2024-01-01T10:00:00Z,z,viewed,outside,p,,\n")
    fixture.hand_over(paths, (0, *REFUSED_WHOLE))
    expect(not (folder.parent / "outside.csv").exists() and not (folder / "outside.csv").exists(), "a file was unpacked outside")


@case
def wrong_delimiter(program, folder):
    """A semicolon is what spreadsheets write in half of Europe; what can't be told apart must be refused, not guessed."""
    fixture = Fixture(program, folder)
    for name, mark in [("semicolon", ";"), ("tab", "\t"), ("pipe", "|")]:
        text = HEAD.replace(",", mark) + mark.join(["2024-01-01T10:00:00Z", "d", "purchased", name, "p", "1.50", "EUR"]) + "\n"
        path = fixture.path(f"{name}.csv", text)
        done = fixture.hand_over(path, (0, 3))
        if done.returncode == 0:
            expect(stored(fixture, name) == [("p", 150)], f"{name} was taken for something else:", stored(fixture, name))


@case
def byte_order_mark_and_encodings(program, folder):
    fixture = Fixture(program, folder)
    row = lambda name: f"2024-01-01T10:00:00Z,d,purchased,{name},café — ü,1.50,EUR\n"
    fixture.hand_over(fixture.path("bom.csv", b"\xef\xbb\xbf" + (HEAD + row("bom")).encode()), (0,))
    expect(stored(fixture, "bom") == [("café — ü", 150)], "UTF-8 with BOM:", stored(fixture, "bom"))
    fixture.hand_over(fixture.path("utf16.csv", b"\xff\xfe" + (HEAD + row("utf16")).encode("utf-16-le")), (0,))
    expect(stored(fixture, "utf16") == [("café — ü", 150)], "UTF-16:", stored(fixture, "utf16"))
    fixture.hand_over(fixture.path("latin1.csv", (HEAD + row("latin1").replace("—", "-")).encode("latin-1")), (0,))
    expect(stored(fixture, "latin1") == [("café - ü", 150)], "Latin-1:", stored(fixture, "latin1"))


@case
def a_line_of_100_mb(program, folder):
    fixture = Fixture(program, folder)
    long = b"a" * 100_000_000
    good = b"2024-01-01T10:00:00Z,d,viewed,after,p,,\n"
    bounded(fixture, fixture.path("only.csv", long), REFUSED_WHOLE)
    bounded(fixture, fixture.path("cell.csv", HEAD.encode() + b"2024-01-01T10:00:00Z," + long + b",viewed,,p,,\n" + good), (0, *REFUSED_WHOLE))
    bounded(fixture, fixture.path("quoted.csv", HEAD.encode() + b'2024-01-01T10:00:00Z,"' + long), REFUSED_WHOLE)
    bounded(fixture, fixture.path("lines.jsonl", b'{"time":"2024-01-01T10:00:00Z","person":"' + long + b'","event":"viewed"}\n'), REFUSED_WHOLE)


@case
def dates_in_the_future(program, folder):
    text = HEAD + "2099-01-01T00:00:00Z,d,viewed,,p,,\n2098-01-01,e,viewed,,p,,\n"
    Fixture(program, folder).refuses_rows("future.csv", text, "time_in_future", 2)


@case
def negative_money(program, folder):
    text = HEAD + "2024-01-01T00:00:00Z,d,purchased,,p,-12.50,EUR\n"
    Fixture(program, folder).refuses_rows("negative.csv", text, "value_negative")


@case
def unknown_currency(program, folder):
    text = HEAD + "2024-01-01T00:00:00Z,d,purchased,,p,12.50,Taler\n"
    Fixture(program, folder).refuses_rows("currency.csv", text, "currency_unknown")


@case
def good_rows_beside_bad_ones(program, folder):
    fixture = Fixture(program, folder)
    path = fixture.path("mixed.csv", HEAD + "2024-01-01T00:00:00Z,d,viewed,mixed,p,,\nnever,d,viewed,,p,,\n2024-01-01T00:00:00Z,,viewed,,p,,\n")
    fixture.hand_over(path, (0,))
    row = fixture.report(path)
    places = {item["code"]: (item["example"]["row"], item["example"]["column"]) for item in row["refusals"]}
    expect(places == {"time_unreadable": (3, "time"), "person_missing": (4, "person")}, "rows and columns of refusals:", row["refusals"])
    done = fixture.longplay.run("import", "--strict", fixture.path("strict.csv", HEAD + "2024-01-01T00:00:00Z,d,viewed,s1,p,,\nnever,d,viewed,,p,,\n"))
    expect(done.returncode != 0, "--strict passed over a refused row")
    fixture.sound()


@case
def a_directory_and_a_missing_file(program, folder):
    fixture = Fixture(program, folder)
    (folder / "a-folder").mkdir()
    fixture.hand_over(folder / "a-folder", (1, 2, 3))
    fixture.hand_over(folder / "not-there.csv", (1, 2, 3))
    good = fixture.path("beside.csv", HEAD + "2024-01-01T00:00:00Z,d,viewed,beside,p,,\n")
    done = fixture.longplay.run("import", folder / "not-there.csv", good)
    expect(done.returncode != 0 and b"not-there.csv" in done.stderr, "a missing file among others:", done)
    fixture.sound()


@case
def no_permission(program, folder):
    fixture = Fixture(program, folder)
    path = fixture.path("secret.csv", HEAD + "2024-01-01T00:00:00Z,d,viewed,secret,p,,\n")
    path.chmod(0)
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            return "root reads everything, and there is no setpriv"
        rights = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
        command = fixture.longplay.command
        fixture.longplay.command = lambda *arguments: rights + command(*arguments)
    fixture.hand_over(path, REFUSED_WHOLE)
    fixture.longplay.data.chmod(0o500)
    try:
        other = fixture.path("other.csv", HEAD + "2024-01-01T00:00:00Z,d,viewed,other,p,,\n")
        done = fixture.longplay.run("import", other)
        expect(done.returncode in (0, 1) and b"panicked" not in done.stderr, "a data directory without write permission:", done)
        for name in (fixture.longplay.data / "journal.db", fixture.longplay.data / "longplay.db"):
            name.chmod(0o400)
        done = fixture.longplay.run("import", fixture.path("third.csv", HEAD + "2024-01-01T00:00:00Z,d,viewed,third,p,,\n"))
        expect(done.returncode == 1 and done.stderr.strip() and b"panicked" not in done.stderr, "databases without write permission:", done)
    finally:
        fixture.longplay.data.chmod(0o700)
        for name in (fixture.longplay.data / "journal.db", fixture.longplay.data / "longplay.db"):
            name.chmod(0o600)
    fixture.sound()


@contextmanager
def small_disk(place, size):
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True)
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "-l", str(place)], check=True)


def big_file(folder, rows, name):
    path = folder / f"{name}.csv"
    with path.open("w") as file:
        file.write(HEAD)
        for n in range(rows):
            file.write(f"{1_600_000_000 + n * 37},reader{n * 2_654_435_761 % 90_001},viewed,{name}{n * 2_654_435_761 % 4_294_967_296:x},piece{n % 40},,\n")
    return path


@case
def disk_full_while_importing(program, folder):
    with small_disk(folder / "small", "12m") as mounted:
        if not mounted:
            return "no right to mount a small disk"
        longplay = Longplay(program, folder / "small" / "data", "Europe/Vienna")
        good = folder / "good.csv"
        good.write_text(HEAD + "2024-01-01T10:00:00Z,reader,viewed,good,p,,\n")
        longplay.import_files(good)
        big = big_file(folder, 400_000, "big")
        done = longplay.run("import", big)
        words = done.stderr.decode(errors="replace")
        expect(done.returncode == 1 and "panicked" not in words, "a full disk: exit", done.returncode, words[:800])
        expect(any(word in words.lower() for word in ("full", "space")), "the message doesn't say that the disk is full:", words[:800])
        subprocess.run(["mount", "-o", "remount,size=400m", str(folder / "small")], check=True)
        expect(not longplay.check(), longplay.check())
        total = longplay.import_files(big)["events_total"]
        expect(total == 400_001, "after the disk had room again:", total)
        expect(not longplay.check(), longplay.check())
    return None


@case
def killed_while_importing(program, folder):
    """Killed anywhere; the same import afterwards completes, and nothing stands there twice."""
    longplay = Longplay(program, folder / "data", "Europe/Vienna")
    big = big_file(folder, 60_000, "big")
    for delay in (0.05, 0.2, 0.4, 0.8, 1.2):
        process = subprocess.Popen(longplay.command("import", big), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if longplay.data.exists() and (longplay.data / "longplay.db").exists():
            expect(not longplay.check(), f"after kill at {delay} s:", longplay.check())
    report = longplay.import_files(big)
    expect(report["events_total"] == 60_000, "after five kills:", report)
    with duckdb.connect(config={"allow_unsigned_extensions": "true"}) as connection, lake.attached(connection, longplay.data):
        row = connection.execute("SELECT count(*), count(DISTINCT id) FROM longplay.events").fetchone()
    expect(row == (60_000, 60_000), "the lake after five kills:", row)


@case
def a_damaged_data_directory_is_noticed(program, folder):
    """`check` is worth something only if it finds damage."""
    fixture = Fixture(program, folder)
    segments = sorted((folder / "data" / "segments").rglob("*.parquet"))
    expect(segments, "no segment file after an import")
    content = segments[0].read_bytes()
    segments[0].write_bytes(content[: len(content) // 2])
    expect(fixture.longplay.run("check").returncode == 1, "half a segment passed the check")
    flipped = bytearray(content)
    flipped[len(content) // 3] ^= 0xFF
    segments[0].write_bytes(bytes(flipped))
    expect(fixture.longplay.run("check").returncode == 1, "a flipped byte in a segment passed the check")
    segments[0].unlink()
    expect(fixture.longplay.run("check").returncode == 1, "a missing segment passed the check")
    segments[0].write_bytes(content)
    fixture.sound()


@case
def wrong_calls(program, folder):
    longplay = Longplay(program, folder / "data", "Europe/Vienna")
    for arguments in (["import"], ["ask", "nothing"], ["ask", "returns", "--level", "1.5"], ["ask", "returns", "--as-of", "soon"],
                      ["ask", "returns", "--from", "2024-02-30"], ["ask", "returns", "--by", "mood"], ["fly"], ["export", "recurrence", "--format", "xls"]):
        done = longplay.run(*arguments)
        expect(done.returncode == 2 and done.stderr.strip(), "expected exit 2:", arguments, done)
    done = Longplay(program, folder / "data2", "Europe/Atlantis").run("ask", "returns")
    expect(done.returncode in (1, 2) and b"Atlantis" in done.stderr, "an unknown zone:", done)


def stored(fixture, name):
    with duckdb.connect(config={"allow_unsigned_extensions": "true"}) as connection:
        with lake.attached(connection, fixture.longplay.data):
            return connection.execute("SELECT piece, value_minor FROM longplay.events WHERE id = ?", [name]).fetchall()


def bounded(fixture, path, codes):
    """As `hand_over`, within bounds of memory and time."""
    command = fixture.longplay.command("import", path)
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    words = process.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = code = os.waitstatus_to_exitcode(status)
    said = f"{path.name}: exit {code} after {time.monotonic() - start:.1f} s, {usage.ru_maxrss // 1024} MiB, stderr: {words[:600]!r}"
    expect(code in codes and "panicked" not in words, said)
    expect(code == 0 or (words.strip() and path.name in words), "no word about the file:", said)
    expect(usage.ru_maxrss * 1024 <= MEMORY_BYTES_MAX, "too much memory:", said)
    expect(time.monotonic() - start < SECONDS_MAX / 2, "too slow:", said)
    fixture.sound()

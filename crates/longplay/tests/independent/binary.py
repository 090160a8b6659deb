"""The built binary, called as a person would: files in, JSON and CSV out."""

import csv
import io
import json
import subprocess
import time
import urllib.request

SECONDS_MAX = 120


class Failed(Exception):
    """The binary did not do what it was asked to."""


class Longplay:
    def __init__(self, program, data, zone):
        self.program, self.data, self.zone = str(program), data, zone

    def command(self, *arguments):
        return [self.program, "--data", str(self.data), "--zone", self.zone, *map(str, arguments)]

    def run(self, *arguments, **options):
        """The finished process, whatever came of it."""
        command = self.command(*arguments)
        return subprocess.run(command, capture_output=True, timeout=SECONDS_MAX, stdin=subprocess.DEVNULL, **options)

    def must(self, *arguments):
        done = self.run(*arguments)
        if done.returncode != 0:
            raise Failed(f"{' '.join(map(str, arguments))}: exit {done.returncode}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode()

    def import_files(self, *paths):
        return json.loads(self.must("import", "--json", *paths))

    def ask(self, key, *options):
        return json.loads(self.must("ask", key, "--json", *options))

    def recurrence(self, *options):
        rows = csv.DictReader(io.StringIO(self.must("export", "recurrence", "--format", "csv", *options)))
        return sorted(tuple(int(row[name]) for name in ("x", "t_x", "T")) for row in rows)

    def check(self):
        """What `longplay check` finds wrong, in its words; nothing when all is well."""
        done = self.run("check")
        return "" if done.returncode == 0 else f"check: exit {done.returncode}: {(done.stdout + done.stderr).decode(errors='replace')}"

    def serve(self):
        return Server(self)


class Server:
    """A running `longplay serve`, for use with `with`."""

    def __init__(self, longplay):
        self.longplay = longplay

    def __enter__(self):
        command = self.longplay.command("serve", "--listen", "127.0.0.1:0")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if "http://" in line:
                self.url = "http://" + line.split("http://")[1].split()[0].rstrip("/.,")
                break
        else:
            raise Failed(f"serve named no address and ended with {self.process.wait()}")
        for _ in range(100):
            try:
                if self.get("/healthz").status == 200:
                    return self
            except OSError:
                time.sleep(0.05)
        raise Failed("serve did not become healthy within 5 s")

    def get(self, path):
        return urllib.request.urlopen(self.url + path, timeout=SECONDS_MAX)

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.code = self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed("serve did not stop within 5 s of SIGTERM") from None

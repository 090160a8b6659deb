"""The recipes of docs/cookbook on the data sets themselves: is what the page shows what Longplay says?

The data lie beside the repository, in ../shared/data, and are read from there; where they are absent this is skipped,
loudly. Figures are compared with those of the papers and packages that the data sets come with.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
PAGES = ROOT / "docs" / "cookbook"
DATA = ROOT.parent / "shared" / "data"

# recipe: (data set, as of)
RECIPES = {
    "cdnow": ("cdnow", "1998-06-30"),
    "grocery": ("grocery", "2007-12-30"),
    "online_retail": ("online-retail", "2011-12-09"),
    "ecom": ("ecom-synthetic", "2024-06-30"),
    "movielens": ("movielens-small", "2016-10-16"),
    "lastfm": ("lastfm-hetrec", "2011-05-01"),
}

# (recipe, question, figure): (what of it, expected, how far off it may be, where the number is from)
KNOWN = [
    ("cdnow", "returns", "people", "count", 2357, 0, "Fader & Hardie's sample"),
    ("cdnow", "returns", "returned_7d", "count", 145, 0, "1 - S(7) = .061519, Kaplan-Meier to the second purchase day"),
    ("cdnow", "returns", "returned_90d", "count", 687, 0, "1 - S(90) = .291472, the same"),
    ("cdnow", "goals", "converted_purchase", "count", 2357, 0, "everybody in it bought"),
    ("cdnow", "goals", "revenue_USD", "value", 244091.94, 0.005, "the quarters 1997Q1 to 1998Q2 added up"),
    ("grocery", "returns", "people", "count", 1525, 0, "Platzer & Reutterer: acquired in the first quarter of 2006"),
    ("movielens", "returns", "people", "count", 671, 0, "the data's README"),
    ("lastfm", "returns", "people", "count", 1892, 0, "Cantador, Brusilovsky & Kuflik 2011"),
]

# Whom these draw or list first depends on people's keys, so on the secret of the data directory: shown, but not compared.
DRAWN = ("talk", "durability", "plan")

SAID = re.compile(r"(?<=<!-- said -->\n).*?(?=<!-- end -->)", re.S)


def longplay(program, folder, *arguments):
    command = [program, "--data", folder / "data", "--zone", "UTC", *arguments]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"{' '.join(map(str, arguments))}: {done.stderr.strip()}")
    return done.stdout


def served(program, recipe, folder):
    """Every standing answer about a recipe's data, by its key."""
    data, as_of = RECIPES[recipe]
    script = PAGES / "recipes" / f"{recipe}.py"
    subprocess.run([sys.executable, script, DATA / data, folder], check=True)
    files = sorted(folder.glob("*.csv"))
    longplay(program, folder, "import", *files)
    edition = json.loads(longplay(program, folder, "ask", "all", "--as-of", as_of, "--json"))
    return {answer["question"]: answer for answer in edition["answers"]}


def figure(answers, question, key):
    named = [f for f in answers[question]["figures"] if f["key"] == key and not f["scope"]]
    if len(named) != 1:
        raise AssertionError(f"{question} has {len(named)} figures {key} about everybody")
    return named[0]


def block(answers):
    return "".join(f"- **{key}**: {answer['sentence']}\n" for key, answer in answers.items())


def compared(lines):
    return [line for line in lines.splitlines() if not line.startswith(tuple(f"- **{key}**" for key in DRAWN))]


def run(program, scratch, tally, update=False):
    if not DATA.is_dir():
        print(f"  SKIPPED: {DATA} is not there, so no recipe of docs/cookbook was tried")
        return
    for recipe in RECIPES:
        folder = Path(scratch) / recipe
        folder.mkdir(parents=True)
        try:
            check(program, recipe, folder, update)
            tally(f"cookbook: {recipe}", None)
        except Exception as error:
            tally(f"cookbook: {recipe}", f"{type(error).__name__}: {error}")


def check(program, recipe, folder, update):
    answers = served(program, recipe, folder)
    for name, question, key, part, expected, slack, source in KNOWN:
        if name != recipe:
            continue
        found = figure(answers, question, key)[part]
        if found is None or abs(found - expected) > slack:
            raise AssertionError(f"{question} {key}: {part} is {found}, expected {expected} ({source})")
    page = PAGES / f"{recipe}.md"
    text = page.read_text(encoding="utf-8")
    if update:
        page.write_text(SAID.sub(lambda _: block(answers), text), encoding="utf-8")
    elif compared(SAID.search(text).group()) != compared(block(answers)):
        raise AssertionError(f"{page.name} shows other sentences; look at them, then run with UPDATE_COOKBOOK=1:\n{block(answers)}")


def wants_update():
    return os.environ.get("UPDATE_COOKBOOK") == "1"

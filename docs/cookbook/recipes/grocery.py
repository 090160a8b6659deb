"""An online grocery's orders (BTYDplus): `python grocery.py SOURCE_FOLDER TARGET_FOLDER`. Days only, and no money."""

import csv
import sys
from pathlib import Path

source, target = map(Path, sys.argv[1:3])
target.mkdir(parents=True, exist_ok=True)
with open(source / "grocery_elog.csv", newline="") as rows, open(target / "events.csv", "w", newline="") as out:
    write = csv.writer(out)
    write.writerow(["time", "person", "event", "id", "channel"])
    for number, row in enumerate(csv.DictReader(rows), 1):
        write.writerow([f"{row['date']}T12:00:00Z", f"grocery:{row['cust']}", "purchased", f"grocery-{number}", "shop"])

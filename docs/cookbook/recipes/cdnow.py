"""CDNOW's sample of customers (Fader & Hardie): `python cdnow.py SOURCE_FOLDER TARGET_FOLDER`.

One event an order line. Lines of one day can be equal, so each gets an id; the day has no hour, so noon stands for it.
"""

import csv
import sys
from pathlib import Path

source, target = map(Path, sys.argv[1:3])
target.mkdir(parents=True, exist_ok=True)
with open(source / "CDNOW_sample.txt") as lines, open(target / "events.csv", "w", newline="") as out:
    write = csv.writer(out)
    write.writerow(["time", "person", "event", "id", "channel", "value", "currency", "cds"])
    for number, line in enumerate(lines, 1):
        _, customer, day, cds, dollars = line.split()
        time = f"{day[:4]}-{day[4:6]}-{day[6:]}T12:00:00Z"
        write.writerow([time, f"cdnow:{customer}", "purchased", f"cdnow-{number}", "shop", dollars, "USD", cds])

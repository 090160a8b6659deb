"""A made-up electronics shop's clickstream (retentioneering): `python ecom.py SOURCE_FOLDER TARGET_FOLDER`.

Each page of the shop is a piece; what is more than looking keeps its act. The channel that first brought a person is the
source of all their events, as the data have it.
"""

import csv
import gzip
import sys
from pathlib import Path

ACTS = {"purchase": "purchased", "wishlist_add": "reacted", "support_chat": "replied"}
NO_ACT = {"error_page", "payment_error", "checkout_bug"}

source, target = map(Path, sys.argv[1:3])
target.mkdir(parents=True, exist_ok=True)
with gzip.open(source / "ecom.csv.gz", "rt", newline="") as rows, open(target / "events.csv", "w", newline="") as out:
    write = csv.writer(out)
    write.writerow(["time", "person", "event", "id", "piece", "channel", "source", "platform", "session"])
    for number, row in enumerate(csv.DictReader(rows), 1):
        name = row["event"]
        event = name if name in NO_ACT else ACTS.get(name, "viewed")
        time = row["timestamp"].replace(" ", "T") + "Z"
        who = f"ecom:{row['user_id']}"
        cells = [name, "shop", row["acquisition_channel"], row["platform"], row["session_id"]]
        write.writerow([time, who, event, f"ecom-{number}", *cells])

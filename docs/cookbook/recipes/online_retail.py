"""UCI Online Retail, one row an order: `python online_retail.py SOURCE_FOLDER TARGET_FOLDER`.

An order of nothing or less is a correction, not a purchase: less than nothing becomes a refund, nothing is left out.
"""

import csv
import sys
from pathlib import Path

source, target = map(Path, sys.argv[1:3])
target.mkdir(parents=True, exist_ok=True)
with open(source / "orders.csv", newline="") as rows, open(target / "events.csv", "w", newline="") as out:
    write = csv.writer(out)
    write.writerow(["time", "person", "event", "id", "channel", "country", "value", "currency"])
    for number, row in enumerate(csv.DictReader(rows), 1):
        amount = float(row["amount"])
        if amount == 0:
            continue
        event = "purchased" if amount > 0 else "refunded"
        time = row["InvoiceDate"].replace(" ", "T") + "Z"
        who = f"retail:{row['CustomerID']}"
        write.writerow([time, who, event, f"retail-{number}", "shop", row["Country"], f"{abs(amount):.2f}", "GBP"])

"""Last.fm (HetRec 2011): who plays which artist how often: `python lastfm.py SOURCE_FOLDER TARGET_FOLDER`.

The data have no days, only totals up to May 2011. So an artist is a piece, having played it is one event on the last day,
and the plays are the platform's total. Whatever needs time is too early, and says so.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

DAY = "2011-05-01"

source, target = map(Path, sys.argv[1:3])
target.mkdir(parents=True, exist_ok=True)
with open(source / "artists.csv", newline="", encoding="utf-8") as rows, open(
    target / "pieces.csv", "w", newline="", encoding="utf-8"
) as out:
    write = csv.writer(out)
    write.writerow(["id", "title", "channel", "format"])
    for row in csv.DictReader(rows):
        write.writerow([f"artist-{row['id']}", row["name"], "lastfm", "artist"])
plays = Counter()
with open(source / "user_artists.csv", newline="") as rows, open(target / "events.csv", "w", newline="") as out:
    write = csv.writer(out)
    write.writerow(["time", "person", "event", "piece", "channel", "plays"])
    for row in csv.DictReader(rows):
        piece = f"artist-{row['artist_id']}"
        plays[piece] += int(row["plays"])
        write.writerow([f"{DAY}T12:00:00Z", f"lastfm:{row['user_id']}", "listened", piece, "lastfm", row["plays"]])
with open(target / "samples.csv", "w", newline="") as out:
    write = csv.writer(out)
    write.writerow(["piece", "day", "metric", "value", "channel"])
    for piece, total in sorted(plays.items()):
        write.writerow([piece, DAY, "views", total, "lastfm"])

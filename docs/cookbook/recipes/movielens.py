"""MovieLens: who rated which film when: `python movielens.py SOURCE_FOLDER TARGET_FOLDER`.

A rating is a reaction to a piece, the film; its genres are its topics. When the films were put there is not said.
"""

import csv
import sys
from pathlib import Path

source, target = map(Path, sys.argv[1:3])
target.mkdir(parents=True, exist_ok=True)
with open(source / "movies.csv", newline="", encoding="utf-8") as rows, open(
    target / "pieces.csv", "w", newline="", encoding="utf-8"
) as out:
    write = csv.writer(out)
    write.writerow(["id", "title", "channel", "format", "topics"])
    for row in csv.DictReader(rows):
        topics = "" if row["genres"].startswith("(") else row["genres"].replace("|", ";")
        write.writerow([f"movie-{row['movieId']}", row["title"], "catalogue", "film", topics])
with open(source / "ratings.csv", newline="") as rows, open(target / "events.csv", "w", newline="") as out:
    write = csv.writer(out)
    write.writerow(["time", "person", "event", "piece", "channel", "rating"])
    for row in csv.DictReader(rows):
        cells = [row["timestamp"], f"movielens:{row['userId']}", "reacted", f"movie-{row['movieId']}"]
        write.writerow([*cells, "catalogue", row["rating"]])

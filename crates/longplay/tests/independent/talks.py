"""Who may come on the list of `talk`, from docs/methods/talk.md alone, as plain loops; and what is counted without a model, as SQL too."""

from datetime import timedelta

from ladder import Definition
from meanings_plain import PRESENCE

FRESH, DAYS_MIN, DROP_MIN, CAPACITY = 14, 5, 0.1, 1000
RULE_DAYS = {"own-rhythm": 3, "8-of-16-days": 8, "6-of-12-months": 7}
NEWS = [
    ("unanswered_comment", ("commented", "replied"), max),
    ("new_advocate", ("referred", "shared"), min),
    ("first_time_buyer", ("purchased",), min),
]


def reason(person, definition, day_of, today):
    """Why to talk to somebody, if there is a reason."""
    for name, acts, which in NEWS:
        days = [day_of(event) for event in person.events if event.act in acts]
        if days and (today - which(days)).days < FRESH:
            return name
    if len(person.days) < max(DAYS_MIN, RULE_DAYS[definition.rule]):
        return None
    last, gap = person.days[-1], definition.gap(person.days, today)
    if (today - last).days <= gap or not definition.regular(person.days, last):
        return None
    drop = definition.p_alive(person.days, today - timedelta(days=gap)) - definition.p_alive(person.days, today)
    return "drifting_regular" if drop >= DROP_MIN else None


def news_by_sql(meanings):
    """{reason: people} of those with news; each has the first reason that holds."""
    day = lambda acts, which: f"{which}(day) FILTER (act IN ({', '.join(repr(act) for act in acts)}))"
    fresh = [f"DATE '{meanings.today}' - {day(acts, which.__name__)} < {FRESH}" for _, acts, which in NEWS]
    cases = " ".join(f"WHEN {condition} THEN '{name}'" for condition, (name, *_) in zip(fresh, NEWS))
    rows = meanings.connection.execute(f"""
        SELECT reason, count(*) FROM (SELECT person, CASE {cases} END AS reason FROM happened JOIN people USING (person)
            WHERE micros <= {meanings.as_of} GROUP BY person) WHERE reason IS NOT NULL GROUP BY reason""").fetchall()
    return dict(rows)


def compare(case, about, options, expect):
    """Returns how many people were compared."""
    meanings = case.plain
    case.longplay.must("talk", "capacity", str(CAPACITY))
    answer = case.longplay.ask("talk", *options)
    about = f"ask talk {about}"
    rows = case.longplay.ask("ladder", *options)["rows"]
    definition = Definition(next(row for row in rows if row["kind"] == "definition"))
    wanted = []
    for person in meanings.people:
        why = reason(person, definition, meanings.day_of, meanings.today)
        if why:
            gap = definition.gap(person.days, meanings.today)
            wanted.append((why, person.d0.isoformat(), person.days[-1].isoformat(), gap))
    counted = {}
    for why, *_ in wanted:
        counted[why] = counted.get(why, 0) + 1
    news = {why: people for why, people in counted.items() if why != "drifting_regular"}
    expect(news == news_by_sql(case.sql), "the two computations disagree:", about, news, news_by_sql(case.sql))
    figures = {figure["key"]: figure["count"] for figure in answer["figures"]}
    expect(figures["candidates"] == len(wanted), about, "expected", len(wanted), "candidates, got", figures)
    listed = [(row["reason"], row["first_seen"], row["last_seen"], row["usual_gap_days"]) for row in answer.get("rows", [])]
    if len(wanted) <= CAPACITY:
        expect(sorted(listed) == sorted(wanted), about, "expected", sorted(wanted), "got", sorted(listed))
    return len(wanted) + 1

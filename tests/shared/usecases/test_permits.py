"""All months of the real permits, and a small second log, against a count of their own."""

import csv
import random
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shared.models.period import Period
from shared.scoring.contribution import contribute
from shared.usecases.calendar import bounds, month_of
from shared.usecases.case_log import Log, read_log, read_profile
from shared.usecases.import_cases import work_of
from shared.usecases.schemes import shipped
from tests.world import SCHEME

Counts = dict[tuple[str, str], list[int]]
"""Assigned, done, late and failed, by month and official."""
ROOT = Path(__file__).parents[3]
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
REWORK = ("T03 Adjust", "T13 Adjust", "T18 Adjust")
FORM = "%d.%m.%Y %H.%M"
SECOND = """
system = "so"
time_zone = "Asia/Ho_Chi_Minh"
delimiter = "|"
encoding = "utf-16"
time_format = "%d.%m.%Y %H.%M"
unit = "p9"
due_days = 7
finishing = ["trả"]
rework = ["sửa"]

[columns]
case = "so"
event_official = "ai"
activity = "gì"
time = "lúc"
"""


def test_every_month_of_the_permits_counts_as_an_independent_reading_does(permits: Path) -> None:
    content = permits.read_bytes()
    profile = (ROOT / "profiles" / "permits.toml").read_bytes()
    log = read_log(content, read_profile(profile))
    wanted = permits_by_hand(content)
    assert counted(log, profile) == wanted
    assert len({month for month, _ in wanted}) == 19
    assert sum(assigned for assigned, *_ in wanted.values()) == len(log.cases) == 1434


@pytest.mark.parametrize("seed", range(5))
def test_another_log_with_other_columns_and_clocks_counts_as_it_was_made(seed: int) -> None:
    profile = SECOND.encode()
    content, wanted = a_log(random.Random(seed))  # a story, no secret
    log = read_log(content, read_profile(profile))
    assert log.bad == []
    assert counted(log, profile) == wanted


def counted(log: Log, profile_text: bytes) -> Counts:
    profile, scheme = read_profile(profile_text), shipped(SCHEME)
    counts: Counts = defaultdict(lambda: [0, 0, 0, 0])
    for month in {month_of(case.due, profile.time_zone) for case in log.cases}:
        start, end = bounds(month, profile.time_zone)
        period = Period(
            id=month,
            kind="month",
            start=start,
            end=end,
            closes_at=end,
            time_zone=profile.time_zone,
            scheme=SCHEME,
            state="open",
        )
        for work in work_of(log, profile, period).values():
            one = contribute(work, scheme)
            add(counts[month, work.official], one.quantity, one.done, one.lates, one.fails)
    return dict(counts)


def permits_by_hand(content: bytes) -> Counts:
    """With nothing of the reader's: the columns by name, the clocks of Amsterdam."""
    cases: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in csv.DictReader(content.decode("utf-8-sig").splitlines()):
        cases[row["case:concept:name"]].append(row)
    counts: Counts = defaultdict(lambda: [0, 0, 0, 0])
    for rows in cases.values():
        due = there(rows[0]["case:enddate_planned"])
        end = next_month(due)
        finished = there(rows[0]["case:enddate"]) if rows[0]["case:enddate"] else None
        done = finished is not None and finished < end
        late = done and finished is not None and finished > due
        fails = sum(
            row["concept:name"].startswith(REWORK) and there(row["time:timestamp"]) < end
            for row in rows
        )
        add(counts[f"{due:%Y-%m}", rows[0]["case:responsible"]], 1, done, late, fails)
    return dict(counts)


def there(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return (
        moment.replace(tzinfo=AMSTERDAM) if moment.tzinfo is None else moment.astimezone(AMSTERDAM)
    )


def next_month(moment: datetime) -> datetime:
    year, month = moment.year + moment.month // 12, moment.month % 12 + 1
    return datetime(year, month, 1, tzinfo=moment.tzinfo)


def a_log(random_: random.Random) -> tuple[bytes, Counts]:
    """Rows in any order; what should be counted is noted as they are made."""
    counts: Counts = defaultdict(lambda: [0, 0, 0, 0])
    rows = []
    for number in range(40):
        start = datetime(2026, 9, 1, 8, tzinfo=VIETNAM) + timedelta(hours=random_.randrange(1500))
        due = start + timedelta(days=7)
        end = next_month(due)
        official, other = random_.sample(["lan", "mai", "hai"], 2)
        again = [start + timedelta(days=d + 1) for d in range(random_.randrange(3))]
        finish = start + timedelta(days=random_.randrange(3, 40), minutes=1)
        ends = [finish] if random_.random() < 0.8 else []
        told = [(start, official, "nhận"), *((at, other, "sửa") for at in again)]
        told += [(at, other, "trả") for at in ends]
        rows += [f"h{number}|{who}|{what}|{at:{FORM}}" for at, who, what in told]
        done = any(at < end for at in ends)
        late = done and finish > due
        add(counts[f"{due:%Y-%m}", official], 1, done, late, sum(at < end for at in again))
    random_.shuffle(rows)
    return "\r\n".join(["so|ai|gì|lúc", *rows]).encode("utf-16"), dict(counts)


def add(counts: list[int], *more: int) -> None:
    counts[:] = [one + other for one, other in zip(counts, more, strict=True)]

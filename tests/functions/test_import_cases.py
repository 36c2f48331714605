"""POST /import_cases: real work becomes assignments, again and again without harm."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from infra.local.people import Client, system
from shared import refs
from shared.models.assignment import Assignment
from shared.models.entry import Returned
from shared.models.official import Official, Posting
from shared.ports import Write, put
from shared.usecases import room
from tests.dying import DyingStore
from tests.world import AFTER_CLOSE, BEGIN, MONTH, SCHEME, World, new_key

PROFILE = """
system = "motcua"
time_zone = "Asia/Ho_Chi_Minh"
rework = ["Bổ sung"]

[columns]
case = "case"
official = "official"
unit = "unit"
start = "start"
due = "due"
finished = "finished"
activity = "activity"
time = "time"
"""
HEADER = "case,official,unit,start,due,finished,activity,time\n"
ROWS = [
    "c1,lan,Mot cua,2026-10-01 08:00,2026-10-10 17:00,2026-10-09 10:00,Nhan,2026-10-01 08:00",
    "c1,lan,Mot cua,2026-10-01 08:00,2026-10-10 17:00,2026-10-09 10:00,Bổ sung,2026-10-03 08:00",
    "c2,lan,Mot cua,2026-10-01 08:00,2026-10-10 17:00,2026-10-12 10:00,Nhan,2026-10-02 08:00",
    "c3,hai_b,Mot cua,2026-10-01 08:00,2026-10-20 17:00,,Nhan,2026-10-02 08:00",
    "c4,lan,Mot cua,2026-10-01 08:00,2026-11-10 17:00,,Nhan,2026-10-02 08:00",
]
DAY = timedelta(days=1)
MONTH_END = datetime(2026, 10, 31, 17, tzinfo=UTC)


@pytest.fixture
def later(world: World) -> World:
    world.stack.clock.advance(MONTH_END)
    return world


def test_cases_become_assignments_and_events_entries(later: World) -> None:
    report = imported(later)
    assert (report["rows"], report["cases"], report["assignments"]) == (5, 4, 3)
    assert report["entries"] == 4 + 2 * 2
    card = later.card("lan")
    assert card is not None
    assert (card.work.assigned, card.work.done, card.work.lates, card.work.fails) == (2, 2, 1, 1)


def test_the_same_file_twice_changes_nothing(later: World) -> None:
    imported(later)
    before = documents(later)
    again = imported(later)
    assert (again["assignments"], again["entries"], again["unchanged"]) == (0, 0, 8)
    assert documents(later) == before


def test_rows_that_came_since_are_added(later: World) -> None:
    imported(later, rows=ROWS[:1])
    report = imported(later, rows=ROWS[:2])
    assert (report["assignments"], report["entries"], report["unchanged"]) == (0, 1, 3)


def test_a_case_of_a_period_that_is_not_there_is_reported(later: World) -> None:
    refused = imported(later)["refused"]
    assert refused == [{"row": 6, "case": "c4", "reason": "there is no period 2026-11"}]


def test_a_month_limits_the_import(later: World) -> None:
    report = imported(later, month=MONTH)
    assert (report["outside"], report["refused"]) == (1, [])


def test_a_case_that_changed_hands_is_reported_and_not_counted_twice(later: World) -> None:
    imported(later)
    report = imported(later, rows=[ROWS[0].replace("lan", "mai")])
    assert "reassign" in report["differs"][0]["reason"]


def test_a_due_date_that_changed_needs_a_decision(later: World) -> None:
    imported(later)
    report = imported(later, rows=[ROWS[0].replace("10-10 17:00", "10-28 17:00")])
    assert "move the deadline" in report["differs"][0]["reason"]


def test_events_that_have_not_happened_wait(world: World) -> None:
    world.stack.clock.advance(datetime(2026, 10, 2, 2, tzinfo=UTC))
    report = imported(world)
    assert (report["entries"], report["later"]) == (3, 1)


def test_after_the_close_every_case_is_refused_with_the_reason(later: World) -> None:
    later.stack.drain(30)
    later.stack.clock.advance(AFTER_CLOSE)
    later.stack.drain(30)
    report = imported(later)
    assert report["assignments"] == 0
    assert all("review" in bad["reason"] for bad in report["refused"] if bad["case"] != "c4")


def test_source_ids_are_kept_readable(later: World) -> None:
    imported(later)
    official = later.stack.wiring.store.get(refs.officials("hai%5Fb"))
    assert official is not None
    assert (official.name, official.unit) == ("hai_b", "Mot%20cua")


def test_two_systems_number_their_cases_alike(later: World) -> None:
    imported(later)
    other = PROFILE.replace('"motcua"', '"khac"')
    report = imported(later, profile=other)
    assert (report["assignments"], report["entries"], report["unchanged"]) == (3, 8, 0)
    card = later.card("lan")
    assert card is not None
    assert card.work.assigned == 4


FINISHING = """
system = "motcua"
time_zone = "Asia/Ho_Chi_Minh"
finishing = ["Tra"]

[columns]
case = "case"
official = "official"
unit = "unit"
start = "start"
due = "due"
activity = "activity"
time = "time"
"""
CASE = "c1,lan,Mot cua,2026-10-01 08:00,2026-10-10 17:00,"
EARLY, LATE = f"{CASE},Tra,2026-10-05 08:00", f"{CASE},Tra,2026-10-25 08:00"
NOT = f"{CASE},Nhan,2026-10-05 08:00"


@pytest.mark.parametrize(
    ("logs", "done", "lates"),
    [
        ([[EARLY, LATE]], 1, 1),
        ([[EARLY], [EARLY, LATE]], 1, 1),  # finished anew: the last occurrence counts
        ([[EARLY], [NOT]], 0, 0),  # reopened
        ([[EARLY], [NOT], [EARLY]], 1, 0),  # and as it was
        ([[EARLY, LATE], [EARLY]], 1, 0),
        ([[EARLY], [EARLY, LATE], [EARLY], [EARLY, LATE]], 1, 1),
    ],
)
def test_the_last_log_decides_whenever_it_and_others_were_imported(
    later: World, logs: list[list[str]], done: int, lates: int
) -> None:
    for rows in logs:
        imported(later, rows=rows, profile=FINISHING)
    card = later.card("lan")
    assert card is not None
    assert (card.work.assigned, card.work.done, card.work.lates, card.work.fails) == (
        1,
        done,
        lates,
        0,
    )
    again = imported(later, rows=logs[-1], profile=FINISHING)
    assert again["entries"] == 0


def test_what_a_person_returned_is_not_accepted_by_repeating_the_log(later: World) -> None:
    imported(later, rows=[EARLY], profile=FINISHING)
    [(assignment, _)] = documents(later)
    delivery = "+done20261005T010000000000"
    fields = {"submission": delivery, "faults": 1, "reason": "thiếu căn cứ"}
    answer = later.append("giam-doc", assignment, "r1", kind="returned", **fields)
    assert answer.status_code == 403  # heads only above the unit of the log
    store = later.stack.wiring.store
    returned = Returned(by="x", at=MONTH_END, faults=1, submission=delivery, reason="thiếu")
    store.commit([put(refs.entries(assignment)("r1"), returned)])
    imported(later, rows=[EARLY], profile=FINISHING)
    card = later.card("lan")
    assert card is not None
    assert (card.work.done, card.work.fails) == (0, 1)


@pytest.mark.parametrize("time", ["1899-12-30", "0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("column", range(3, 8))
def test_a_row_out_of_all_bounds_is_reported_and_the_rest_goes_on(
    later: World, column: int, time: str
) -> None:
    if column == 6:  # the activity
        return
    cells = ROWS[2].replace("c2", "c9").split(",")
    cells[column] = time
    report = imported(later, rows=[ROWS[0], ",".join(cells)])
    assert report["assignments"] == 1
    assert [(bad["row"], bad["case"]) for bad in report["refused"]] == [(3, "c9")]


def test_a_case_that_no_document_can_hold_is_reported_and_the_rest_goes_on(later: World) -> None:
    report = imported(later, rows=[ROWS[0], ROWS[2].replace("lan", "/" * 50)])
    assert report["assignments"] == 1
    assert [(bad["row"], bad["case"]) for bad in report["refused"]] == [(3, "c2")]


def test_nobody_is_given_more_cases_than_a_scorecard_holds(
    later: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST", 2)
    imported(later)
    report = imported(later, rows=[*ROWS[:4], ROWS[2].replace("c2", "c5")])
    assert (report["assignments"], report["unchanged"]) == (0, 8)
    assert [bad["case"] for bad in report["refused"]] == ["c5"]
    assert "may have no more" in report["refused"][0]["reason"]


def test_a_note_that_no_document_can_hold_is_reported_with_its_case(later: World) -> None:
    """Two thousand characters of four bytes each."""
    long = ROWS[2].replace("Nhan", "\U0001f4dc" * 2000)
    report = imported(later, rows=[ROWS[0], long])
    assert report["assignments"] == 1
    assert [(bad["row"], bad["case"]) for bad in report["refused"]] == [(3, "c2")]
    assert "bytes" in report["refused"][0]["reason"]


def test_a_case_of_more_events_than_one_commit_takes(later: World) -> None:
    """Killed after the first commit, repeated, and once more."""
    at = datetime(2026, 10, 1, 8, tzinfo=UTC)
    times = [f"{at + n * timedelta(minutes=1):%Y-%m-%d %H:%M}" for n in range(900)]
    rows = [ROWS[0], *(f"{ROWS[0].rpartition(',')[0]},{time}" for time in times)]
    rows += [ROWS[2].replace("c2", f"d{n}") for n in range(60)]
    dying = DyingStore(later.stack.wiring.store, lambda _: False, after=False, fatal_transaction=2)
    later.stack.wiring.__dict__["store"] = dying
    last = json.loads(list(upload(system(later.stack), cases=log_of(rows)).iter_lines())[-1])
    assert last["status"] == 500
    report = imported(later, rows=rows)
    assert report["refused"] == []
    assert report["assignments"] + 1 >= 61
    again = imported(later, rows=rows)
    assert (again["assignments"], again["entries"], again["unchanged"]) == (0, 0, 901 + 2 + 180)
    card = later.card("lan")
    assert card is not None
    assert (card.work.assigned, card.work.done) == (61, 61)


def test_a_case_that_is_refused_enrols_nobody(later: World) -> None:
    imported(later)
    imported(later, rows=[ROWS[0].replace("lan,Mot cua", "mai,Phong moi")])
    store = later.stack.wiring.store
    assert store.get(refs.officials("mai")) is None
    assert store.get(refs.units("Phong%20moi")) is None


def test_a_log_by_other_clocks_than_the_period_is_refused(later: World) -> None:
    report = imported(later, profile=PROFILE.replace("Asia/Ho_Chi_Minh", "Europe/Amsterdam"))
    assert report["assignments"] == 0
    assert "goes by Asia/Ho_Chi_Minh" in report["refused"][0]["reason"]


def test_an_official_whose_record_cannot_be_read_stops_nobody_else(later: World) -> None:
    store = later.stack.wiring.store
    store.commit([Write(refs.officials("lan"), "set", {("name",): 7})])
    report = imported(later)
    assert report["assignments"] == 1
    assert {bad["case"] for bad in report["refused"]} == {"c1", "c2", "c4"}


def test_who_came_by_a_log_serves_where_the_last_one_says(later: World) -> None:
    imported(later)
    body = {"action": "open", "period": "2026-11", "scheme": SCHEME}
    assert later.as_("tu").post("period", body, key=new_key()).status_code == 200
    imported(later, rows=[ROWS[4].replace("lan,Mot cua", "lan,Van thu")])
    official = later.stack.wiring.store.get(refs.officials("lan"))
    assert official is not None
    assert (official.unit, official.units) == ("Van%20thu", ["Mot%20cua", "Van%20thu"])


def test_a_head_who_comes_by_a_log_heads_no_other_unit(later: World) -> None:
    store = later.stack.wiring.store
    posting = Posting(unit="p1", start=BEGIN - 9 * DAY, end=BEGIN - DAY)
    gone = Official(
        name="Lan",
        roles=["official", "head"],
        is_head=True,
        unit="p1",
        postings=[posting],
        units=["p1"],
    )
    store.commit([put(refs.officials("lan"), gone)])
    imported(later)
    official = store.get(refs.officials("lan"))
    assert official is not None
    assert (official.unit, official.is_head) == ("Mot%20cua", False)


REFUSALS: list[tuple[dict[str, Any], int, str]] = [
    ({"cases": None}, 400, "cases"),
    ({"profile": None}, 400, "profile"),
    ({"profile": b"system = 1"}, 400, "profile.system"),
    ({"profile": b"\xff["}, 400, "profile"),
    ({"cases": b"a,b\n1,2\n"}, 400, "cases"),
    ({"cases": b"\xff\xfe"}, 400, "cases"),
    ({"month": "October"}, 400, "month"),
    ({"profile": PROFILE.replace("motcua", "binh").encode()}, 400, "profile.system"),
]


@pytest.mark.parametrize(("change", "status", "field"), REFUSALS)
def test_refusals_name_the_field_and_write_nothing(
    later: World, change: dict[str, Any], status: int, field: str
) -> None:
    answer = upload(system(later.stack), **change)
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert documents(later) == []


def test_only_organisers_and_systems_import(later: World) -> None:
    assert upload(later.as_("an")).status_code == 403
    assert upload(later.as_("tu")).status_code == 200


def test_nobody_imports_their_own_work(later: World) -> None:
    own = log_of([row.replace("lan", "tu") for row in ROWS])
    answer = upload(later.as_("tu"), cases=own)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (403, "cases")
    assert documents(later) == []


def upload(client: Client, **change: Any) -> requests.Response:
    files: dict[str, bytes | None] = {
        "cases": log_of(ROWS),
        "profile": PROFILE.encode(),
    }
    form = {"month": change.pop("month")} if "month" in change else {}
    files |= change
    return client.upload("import_cases", {k: v for k, v in files.items() if v is not None}, form)


def imported(
    world: World, rows: list[str] = ROWS, month: str | None = None, profile: str = PROFILE
) -> dict[str, Any]:
    change: dict[str, Any] = {"cases": log_of(rows), "profile": profile.encode()}
    if month is not None:
        change["month"] = month
    lines = [json.loads(line) for line in upload(system(world.stack), **change).iter_lines()]
    report: dict[str, Any] = lines[-1]["report"]
    world.stack.drain(30)
    return report


def log_of(rows: list[str]) -> bytes:
    return (HEADER + "\n".join(rows) + "\n").encode()


def documents(world: World) -> list[tuple[str, Assignment]]:
    return [(one.ref.id, one.value) for one in world.stack.wiring.store.find(refs.assignments)]

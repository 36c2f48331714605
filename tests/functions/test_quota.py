"""GET /quota: both ways to count, by agency and by similar work, and nothing changes."""

from typing import Any

import pytest

from shared import refs
from tests.functions.test_decide import choice, decide, refusal
from tests.reviewed import review
from tests.world import MONTH, World


@pytest.fixture
def reviewed(world: World) -> World:
    return review(world)


def groups(world: World, **query: Any) -> dict[tuple[str, str], dict[str, Any]]:
    answer = world.as_("tu").get("quota", period=MONTH, **query)
    assert answer.ok, answer.text
    return {(one["kind"], one["id"]): one for one in answer.json()["groups"]}


def test_by_agency_and_by_similar_work(reviewed: World) -> None:
    found = groups(reviewed)
    assert list(found) == [
        ("agency", "p1"),
        ("agency", "p2"),
        ("agency", "so"),
        ("similar_work", "cv"),
    ]
    agency = found["agency", "p1"]
    assert (agency["people"], agency["ratings"]) == (4, {"excellent": 2, "good": 2})
    good, above = agency["limits"]
    assert (good["of"], good["people"], good["exact"], good["most"]) == ("good", 2, 40, 0)
    assert (above["of"], above["people"], above["most"]) == ("good_or_above", 4, 0)
    assert (good["binding"], above["binding"]) == (True, False)
    assert agency["boundary"]["outside"] == {"total": 10000, "officials": ["an"]}
    assert agency["explanation"][0]["vi"].startswith("20 % × 2 người xếp loại tốt = 0.40")
    assert found["similar_work", "cv"]["title"] == "Chuyên viên"


def test_a_whole_department_is_one_agency_when_the_organiser_says_so(reviewed: World) -> None:
    (agency,) = (
        one for (kind, _), one in groups(reviewed, agency="so").items() if kind == "agency"
    )
    assert (agency["people"], agency["ratings"]) == (7, {"excellent": 3, "good": 3})
    outstanding = groups(reviewed, agency="so", outstanding="so")["agency", "so"]
    assert [agency["limits"][0]["percent"], outstanding["limits"][0]["percent"]] == [20, 25]


def test_decisions_count_and_what_was_computed_is_shown_beside(reviewed: World) -> None:
    decide(reviewed, choice("an", "good"))
    agency = groups(reviewed)["agency", "p1"]
    assert agency["ratings"] == {"excellent": 1, "good": 3}
    assert agency["computed"] == {"excellent": 2, "good": 2}


def test_who_is_in_none_of_the_agencies_is_counted(reviewed: World) -> None:
    answer = reviewed.as_("kiem").get("quota", period=MONTH, agency="p2").json()
    assert answer["unplaced"] == 5


def test_a_report_writes_nothing(reviewed: World) -> None:
    store = reviewed.stack.wiring.store
    before = [one.fields for one in store.find(refs.audit)]
    groups(reviewed)
    assert [one.fields for one in store.find(refs.audit)] == before
    assert list(store.find(refs.decisions)) == []


REFUSED: list[tuple[str, dict[str, str], tuple[int, str, str]]] = [
    ("binh", {}, (403, "forbidden", "Authorization")),
    ("an", {}, (403, "forbidden", "Authorization")),
    ("tu", {"agency": "p9"}, (404, "missing", "agency")),
    ("tu", {"outstanding": "p9"}, (404, "missing", "outstanding")),
    ("tu", {"agency": "p1", "outstanding": "p2"}, (400, "invalid", "outstanding")),
    ("tu", {"period": "2026-09"}, (404, "missing", "period")),
]


def test_what_is_refused(world: World) -> None:
    answer = world.as_("tu").get("quota", period=MONTH)
    assert refusal(answer) == (409, "conflict", "period")
    review(world)
    for by, query, expected in REFUSED:
        answer = world.as_(by).get("quota", **{"period": MONTH, **query})
        assert refusal(answer) == expected

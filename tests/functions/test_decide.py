"""POST /decide: ratings by the competent authority, several in one call."""

from typing import Any

import pytest
import requests

from shared import refs
from shared.models.decision import Decision
from shared.ports import put
from tests.reviewed import a_standing, review
from tests.world import MONTH, World, new_key

OK = requests.codes.ok


@pytest.fixture
def reviewed(world: World) -> World:
    return review(world)


def decide(
    world: World, *choices: Any, by: str = "quyen", key: str | None = None, **more: Any
) -> requests.Response:
    body = {"period": MONTH, "decisions": list(choices), **more}
    return world.as_(by).post("decide", body, key=key or new_key())


def choice(official: str, rating: str, reason: str | None = "xét toàn diện") -> dict[str, Any]:
    given = {"official": official, "rating": rating}
    return given if reason is None else {**given, "reason": reason}


def decision(world: World, official: str) -> Decision | None:
    return world.stack.wiring.store.get(refs.decision(MONTH, official))


def decisions(world: World) -> dict[str, str]:
    found = world.stack.wiring.store.find(refs.decisions)
    return {one.value.official: one.value.rating for one in found}


def test_everybody_as_computed_but_for_those_who_are_named(reviewed: World) -> None:
    answer = decide(reviewed, choice("an", "good"), unit="so")
    assert answer.status_code == OK, answer.text
    assert decisions(reviewed) == {
        "an": "good",
        "binh": "excellent",
        "chi": "good",
        "dung": "good",
        "lanh-dao": "good",
    }
    assert answer.json()["decided"] == 5
    left = {one["official"]: one["reason"] for one in answer.json()["left"]}
    assert left == {
        "em": "there is no rating to decide: not_assessed",
        "quyen": "nobody decides the own rating",
    }
    assert all(one["reason_vi"] for one in answer.json()["left"])


def test_a_decision_says_who_why_and_on_which_result(reviewed: World) -> None:
    assert decide(reviewed, choice("an", "good")).status_code == OK
    made = decision(reviewed, "an")
    assert made is not None
    assert (made.computed, made.rating, made.reason) == ("excellent", "good", "xét toàn diện")
    assert (made.by, made.unit, made.path) == ("quyen", "p1", ["so", "p1"])
    assert made.result == a_standing("an").digest


def test_scores_and_results_are_never_touched(reviewed: World) -> None:
    store = reviewed.stack.wiring.store
    before = [one.fields for one in store.find(refs.official_results(MONTH))]
    assert decide(reviewed, choice("an", "completed"), unit="so").status_code == OK
    assert [one.fields for one in store.find(refs.official_results(MONTH))] == before
    assert list(store.find(refs.scorecards)) == []


def test_a_decision_may_change_its_mind_during_review_but_confirming_does_not(
    reviewed: World,
) -> None:
    decide(reviewed, choice("an", "good"))
    again = decide(reviewed, unit="p1")
    assert {one["official"]: one["reason"] for one in again.json()["left"]} == {
        "an": "is decided already"
    }
    assert decisions(reviewed)["an"] == "good"
    assert decide(reviewed, choice("an", "excellent", None)).status_code == OK
    assert decisions(reviewed)["an"] == "excellent"


def test_the_same_key_decides_once(reviewed: World) -> None:
    answers = [decide(reviewed, choice("an", "good"), key="once") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    other = decide(reviewed, choice("an", "completed"), key="once")
    assert (other.status_code, other.json()["title"]) == (422, "key-reused")


def test_every_call_is_on_record(reviewed: World) -> None:
    decide(reviewed, choice("an", "good"))
    records = [one.value for one in reviewed.stack.wiring.store.find(refs.audit)]
    (record,) = (one for one in records if one.action == "decide")
    assert (record.by, record.target, len(record.changes)) == ("quyen", f"results/{MONTH}", 1)


REFUSED: list[tuple[str, str, list[dict[str, Any]], dict[str, Any], int, str]] = [
    ("organiser", "tu", [choice("an", "good")], {}, 403, "Authorization"),
    ("head", "binh", [choice("an", "good")], {}, 403, "Authorization"),
    ("own", "quyen", [choice("quyen", "good")], {}, 403, "decisions.0.official"),
    ("other unit", "lanh-dao", [choice("dung", "good")], {}, 403, "decisions.0.official"),
    ("unit above", "lanh-dao", [], {"unit": "so"}, 403, "unit"),
    ("no reason", "quyen", [choice("an", "good", None)], {}, 400, "decisions.0.reason"),
    ("empty reason", "quyen", [choice("an", "good", "  ")], {}, 400, "decisions.0.reason"),
    ("no rating", "quyen", [choice("em", "good")], {}, 409, "decisions.0.official"),
    ("nobody", "quyen", [choice("ai-do", "good")], {}, 404, "decisions.0.official"),
    ("twice", "quyen", [choice("an", "good")] * 2, {}, 400, "decisions.1.official"),
    ("unknown rating", "quyen", [choice("an", "superb")], {}, 400, "decisions.0.rating"),
    ("nothing", "quyen", [], {}, 400, "decisions"),
    ("no unit", "quyen", [], {"unit": "p9"}, 404, "unit"),
    ("too many", "quyen", [choice(f"o{n}", "good") for n in range(401)], {}, 400, "decisions"),
    ("no period", "quyen", [choice("an", "good")], {"period": "2026-09"}, 404, "period"),
]


def test_what_is_refused_and_leaves_nothing(reviewed: World) -> None:
    good = choice("chi", "good", None)
    for name, by, choices, more, status, field in REFUSED:
        many = [*choices, good] if choices else []
        answer = decide(reviewed, *many, by=by, **more)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field), name
        assert answer.json()["errors"][0]["reason_vi"]
    assert decisions(reviewed) == {}


def test_only_reviewed_results_are_decided_on(world: World) -> None:
    review(world, "closing")
    assert refusal(decide(world, choice("an", "good"))) == (409, "conflict", "period")
    review(world, "final")
    refused = refusal(decide(world, choice("an", "good")))
    assert refused == (409, "closed", "decisions.0.official")
    bulk = decide(world, unit="p1").json()
    assert (bulk["decided"], len(bulk["left"])) == (0, 4)


def test_a_rating_that_the_scheme_does_not_have(reviewed: World) -> None:
    store = reviewed.stack.wiring.store
    scheme = reviewed.stack.wiring.schemes.get("decree-335@1")
    bands = [band for band in scheme.ratings.bands if band.rating != "completed"]
    ratings = scheme.ratings.model_copy(update={"bands": bands})
    fewer = scheme.model_copy(update={"ref": "fewer@1", "ratings": ratings, "gates": []})
    period = store.get(refs.periods(MONTH))
    assert period is not None
    store.commit(
        [
            put(refs.schemes("fewer@1"), fewer),
            put(refs.periods(MONTH), period.model_copy(update={"scheme": "fewer@1"})),
        ]
    )
    refused = refusal(decide(reviewed, choice("an", "completed")))
    assert refused == (400, "invalid", "decisions.0.rating")


def refusal(answer: requests.Response) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["title"], body["errors"][0]["field"]

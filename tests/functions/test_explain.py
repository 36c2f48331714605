"""GET /explain: no score is a mystery to whom it concerns."""

from typing import Any

import requests

from shared import refs
from shared.ports import put
from shared.usecases.verify import verify
from tests.functions.test_decide import choice, decide, refusal
from tests.reviewed import review
from tests.world import MONTH, World, an_official

OK = requests.codes.ok


def explain(world: World, by: str, official: str | None = None, period: str = MONTH) -> Any:
    named = {} if official is None else {"official": official}
    return world.as_(by).get("explain", period=period, **named)


def lines(world: World, by: str, official: str | None = None, language: str = "en") -> list[str]:
    answer = explain(world, by, official)
    assert answer.status_code == OK, answer.text
    return [line[language] for line in answer.json()["lines"]]


def test_a_live_score_says_what_it_rests_on(world: World) -> None:
    world.deliver("an", world.assigned("an"))
    world.appraise("binh", "an")
    world.stack.drain(30)
    told = lines(world, "an")
    assert told[0] == f"{MONTH} is under way: the score so far"
    assert "Total = 97.00 ≥ 90.00: Excellent (decided by the score)" in told
    assert lines(world, "an", language="vi")[0] == f"Kỳ {MONTH} đang diễn ra: điểm tạm tính"
    assert lines(world, "binh", "an") == lines(world, "giam-doc", "an") == told
    refused = [explain(world, by, "an") for by in ("chi", "dung")]
    assert {refusal(one) for one in refused} == {(403, "forbidden", "official")}
    assert refusal(explain(world, "an", "nobody")) == (403, "forbidden", "official")
    assert refusal(explain(world, "tu", "nobody")) == (404, "missing", "official")
    assert refusal(explain(world, "em")) == (404, "missing", "official")
    assert refusal(explain(world, "em", period="2026-09")) == (404, "missing", "period")
    assert refusal(explain(world, "em", period="last")) == (400, "invalid", "period")


def test_a_result_says_what_was_decided(world: World) -> None:
    review(world)
    decide(world, choice("an", "good", "theo tỷ lệ"))
    answer = explain(world, "an").json()
    assert (answer["version"], answer["rating"], answer["decided"]) == (1, "excellent", "good")
    assert answer["lines"][-1] == {
        "vi": "quyen quyết định: Hoàn thành tốt nhiệm vụ (theo tỷ lệ)",
        "en": "Decided by quyen: Good (theo tỷ lệ)",
    }
    assert "provisional" in answer["lines"][0]["en"]
    assert explain(world, "kiem", "em").json()["standing"] == "not_assessed"
    world.stack.wiring.store.commit(
        [put(refs.officials("moi"), an_official("Mới", "p1"))],
    )
    assert refusal(explain(world, "moi")) == (404, "missing", "official")


def test_scores_that_others_took_the_place_of_are_told_once_published(world: World) -> None:
    """By the events that the store sends; nothing of it is an alteration."""
    world.assigned("an")
    for head, points in (("binh", 900), ("binh", 900), ("giam-doc", 750)):
        assert world.appraise(head, "an", points).status_code == OK
    world.stack.drain(30)
    assert not [line for line in lines(world, "an") if "changed what was scored" in line]
    world.close()
    [told] = [line for line in lines(world, "an") if "changed what was scored" in line]
    assert "giam-doc changed" in told
    assert told.count("9.00 → 7.50") == 3
    wiring = world.stack.wiring
    assert verify(wiring.store, wiring.schemes, MONTH).findings == []

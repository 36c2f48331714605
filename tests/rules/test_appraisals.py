"""Appraisals straight in the store: each side its own part, nothing that the models refuse."""

from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from shared.models.appraisal import MOST_SCORES
from tests.world import CRITERIA, MONTH, World

OK, DENIED = requests.codes.ok, requests.codes.forbidden
LAST_DAYS = datetime(2026, 10, 29, tzinfo=UTC)
"""When people score themselves."""
SCORES: dict[str, Any] = dict.fromkeys(CRITERIA, 900)


def test_each_side_writes_its_own_part(world: World) -> None:
    world.stack.clock.advance(LAST_DAYS)
    assert write(world, "an", "an", "by_self") == OK
    assert write(world, "binh", "an", "by_head") == OK
    card = world.card("an")
    assert card is None or card.points("general") == 2700


@pytest.mark.parametrize(
    ("by", "side"),
    [
        ("an", "by_head"),  # own score
        ("chi", "by_head"),  # a colleague
        ("dung", "by_head"),  # the head of another unit
        ("binh", "by_self"),  # in another's name
        ("tu", "by_head"),  # an organiser is no head
    ],
)
def test_nobody_writes_another_part(world: World, by: str, side: str) -> None:
    assert write(world, by, "an", side) == DENIED


@pytest.mark.parametrize(
    "scores",
    [
        {},
        {"conduct": "900"},
        {"conduct": 9.5},
        {"conduct": -1},
        {"conduct": 10_001},
        {"con_duct": 1},
        {f"c{n}": 1 for n in range(MOST_SCORES + 1)},
        {"conduct": 900, "initiative": {"x": 1}},
    ],
)
def test_scores_are_what_the_models_accept(world: World, scores: dict[str, Any]) -> None:
    assert write(world, "binh", "an", "by_head", scores=scores) == DENIED


def test_nothing_is_written_after_the_close(world: World) -> None:
    world.close()
    assert write(world, "binh", "an", "by_head") == DENIED


def test_the_head_s_score_is_not_the_head_s_own(world: World) -> None:
    assert write(world, "binh", "binh", "by_head") == DENIED
    assert write(world, "giam-doc", "binh", "by_head") == OK


def write(world: World, by: str, official: str, side: str, scores: dict[str, Any] = SCORES) -> int:
    fields = {
        "period": MONTH,
        "official": official,
        side: {"by": by, "scores": scores, "note": "rõ"},
    }
    path = f"appraisals/{MONTH}_{official}"
    return world.as_(by).write(path, fields, times=[f"{side}.at"]).status_code

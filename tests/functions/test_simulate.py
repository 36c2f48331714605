"""POST /simulate: a running or closed period under another scheme; nothing is written."""

from typing import Any

import pytest

from shared.usecases import simulate as simulating
from shared.usecases.schemes import shipped
from tests.functions.test_guard import written
from tests.world import MONTH, SCHEME, World


def test_a_period_is_replayed_running_and_closed_and_nothing_is_written(world: World) -> None:
    busy(world)
    world.stack.drain(30)
    before = written(world)
    status, running = simulate(world, "tu", scheme=harsher())
    assert (status, running["state"], running["officials"]) == (200, "open", 8)
    assert written(world) == before
    world.close()
    status, closed = simulate(world, "tu", scheme=harsher())
    assert (status, closed["state"]) == (200, "review")
    assert closed["changes"] == running["changes"]
    (change,) = closed["changes"]
    assert (change["official"], change["before"]["label"], change["after"]["label"]) == (
        "an",
        "excellent",
        "good",
    )
    assert (change["cause"]["id"], change["cause"]["before"], change["cause"]["after"]) == (
        "c",
        7500,
        0,
    )


def test_the_same_scheme_changes_nobody_and_a_unit_narrows_it(world: World) -> None:
    busy(world)
    status, same = simulate(world, "tu", scheme=SCHEME, unit="p1")
    assert (status, same["officials"], same["assignments"], same["changes"]) == (200, 3, 1, [])
    status, shipped_one = simulate(world, "tu", scheme="decree-335-local@1", unit="p2", suppose=80)
    assert (status, shipped_one["after"], shipped_one["suppose"]) == (200, "decree-335-local@1", 80)


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"period": "2031-01"}, 404, "period"),
        ({"unit": "nowhere"}, 404, "unit"),
        ({"scheme": "none@1"}, 404, "scheme"),
        ({"suppose": 101}, 400, "suppose"),
        ({"scheme": "??"}, 400, "scheme"),
    ],
)
def test_what_cannot_be_replayed_is_refused_by_its_field(
    world: World, wrong: dict[str, Any], status: int, field: str
) -> None:
    answered, problem = simulate(world, "tu", **{"scheme": SCHEME, **wrong})
    assert answered == status
    assert problem["errors"][0]["field"].startswith(field)


def test_an_unsound_scheme_is_refused_with_the_node_that_is_why(world: World) -> None:
    scheme = harsher()
    scheme["subjects"]["official"]["parts"][0]["weight"] = 31
    status, problem = simulate(world, "tu", scheme=scheme)
    assert (status, problem["errors"][0]["field"]) == (400, "subjects.official.total")


def test_too_much_at_once_is_refused_and_a_smaller_part_named(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(world)
    world.assigned("em")
    monkeypatch.setattr(simulating, "MOST", 1)
    status, problem = simulate(world, "tu", scheme=SCHEME)
    assert (status, problem["errors"][0]["field"]) == (413, "unit")
    assert simulate(world, "tu", scheme=SCHEME, unit="p1")[0] == 200


def busy(world: World) -> None:
    """One piece of work, delivered late, and full marks."""
    assignment = world.assigned("an", due="2026-10-01T10:00:00Z")
    world.stack.clock.advance(world.stack.clock.now().replace(month=10, day=5))
    world.deliver("an", assignment)
    world.appraise("binh", "an", points=1000)


def harsher() -> dict[str, Any]:
    """A lateness takes all of it."""
    scheme = shipped(SCHEME).model_dump(mode="json", exclude_none=True)
    return {**scheme, "ref": "harsher@1", "penalties": {**scheme["penalties"], "per_late": 100}}


def simulate(world: World, by: str, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = world.as_(by).post("simulate", {"period": MONTH, **body})
    return answer.status_code, answer.json()

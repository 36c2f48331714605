"""A month under review, its results written as the close would: for what comes after it."""

from typing import Any

from shared import refs
from shared.models.result import Result
from shared.ports import Write, put
from tests.builders import a_contribution, a_period, a_result, a_scorecard, delivered, full_marks
from tests.world import MONTH, World, an_official

UNITS = {
    "an": "p1",
    "chi": "p1",
    "binh": "p1",
    "em": "p2",
    "dung": "p2",
    "quyen": "so",
    "lanh-dao": "p1",
}
POINTS = {"an": 1000, "chi": 100, "binh": 900, "dung": 500, "quyen": 950, "lanh-dao": 200}
"""What each got by each criterion, beside the full 70; `em` has not been assessed."""


def review(world: World, state: str = "review") -> World:
    """Authorities: `quyen` of the whole, `lanh-dao` of `p1`."""
    store = world.stack.wiring.store
    period = store.get(refs.periods(MONTH))
    assert period is not None
    results = [
        put(refs.official_results(MONTH)(official), a_standing(official)) for official in UNITS
    ]
    store.commit([*results, *_authorities(), put(refs.periods(MONTH), a_period(state=state))])
    world.stack.drain(30)
    return world


def a_standing(official: str, **changes: Any) -> Result:
    """Excellent: an, binh, quyen; good: chi, dung, lanh-dao; not assessed: em."""
    points = POINTS.get(official)
    card = a_scorecard(
        period=MONTH,
        official=official,
        path=["so", UNITS[official]],
        contributions={f"{MONTH}_{UNITS[official]}_{official}_w": a_contribution(delivered())},
        general=None if points is None else full_marks(points),
    )
    return a_result(card, unit=UNITS[official], name=official.title(), **changes)


def _authorities() -> list[Write]:
    roles = ["official", "authority"]
    return [
        put(refs.officials("quyen"), an_official("Quyền", "so", roles=roles)),
        put(refs.officials("lanh-dao"), an_official("Lãnh đạo", "p1", roles=roles, position="cv")),
    ]

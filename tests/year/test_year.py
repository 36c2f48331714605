"""A year of sixty officials, every result against the independent reading of the same facts."""

from decimal import Decimal

import pytest

from shared.models.result import Result
from shared.usecases.export import read_results
from shared.usecases.verify import verify
from tests.conftest import StackFactory
from tests.year.oracle import LEAST, Expected, Oracle, two_places
from tests.year.story import PERIODS, YEAR, Story, begin, tell
from tests.year.teller import AMENDMENTS, ENTRIES, Teller

SEED = 2026
CORRECTED = "2026-04"
"""Of which a petition was upheld."""
GATES = {"late", "on-time", "beyond", "discipline"}
STANDINGS = {"rated", "not_assessed", "insufficient_data", "on_leave"}


@pytest.fixture(scope="module")
def story() -> Story:
    return tell(SEED)


def test_every_result_of_the_year_is_as_computed_independently(
    stack_of: StackFactory, story: Story
) -> None:
    stack = stack_of(begin=begin(YEAR))
    Teller(stack, story).tell()
    oracle = Oracle(story, corrected=True)
    for period in [*PERIODS, YEAR]:
        results = {one.scorecard.official: one for one in read_results(stack.wiring.store, period)}
        assert sorted(results) == oracle.served(period)
        for uid, one in results.items():
            expected = computed(oracle.expected(period, uid))
            assert (period, uid, told(one)) == (period, uid, expected)
        assert {uid: one.unit for uid, one in results.items()} == {
            uid: oracle.unit(period, uid) for uid in results
        }
    for period in (CORRECTED, YEAR):
        assert verify(stack.wiring.store, stack.wiring.schemes, period).findings == []


def test_the_story_tells_of_everything(story: Story) -> None:
    oracle = Oracle(story, corrected=True)
    everybody = [
        oracle.expected(period, uid) for period in [*PERIODS, YEAR] for uid in oracle.served(period)
    ]
    happened = {event.what for piece in story.pieces for event in piece.events}
    assert happened == {*ENTRIES, *AMENDMENTS}
    assert {one.rating for one in everybody} == {None, *LEAST}
    assert {one.gate for one in everybody} == {None, "score", *GATES}
    assert {one.standing for one in everybody} == STANDINGS


def told(result: Result) -> dict[str, object]:
    card = result.scorecard
    return {
        "standing": card.standing,
        "assigned": card.work.assigned,
        "done": card.work.done,
        "lates": card.work.lates,
        "fails": card.work.fails,
        **{name: percent(card.share(name)) for name in ("a", "b", "c", "d", "dd", "e")},
        "task": percent(card.points("task")) if card.total is not None else None,
        "general": percent(card.points("general")) if card.total is not None else None,
        "total": percent(card.total),
        "rating": card.rating,
        "gate": card.gate,
    }


def computed(expected: Expected) -> dict[str, object]:
    return {
        "standing": expected.standing,
        "assigned": sum(row.assigned for row in expected.rows),
        "done": sum(row.done for row in expected.rows),
        "lates": sum(row.lates for row in expected.rows),
        "fails": sum(row.fails for row in expected.rows),
        **{
            name: two_places(expected.shares[name] * 100) if name in expected.shares else None
            for name in ("a", "b", "c", "d", "dd", "e")
        },
        "task": expected.task,
        "general": expected.general,
        "total": expected.total,
        "rating": expected.rating,
        "gate": expected.gate,
    }


def percent(amount: int | None) -> Decimal | None:
    return None if amount is None else Decimal(amount).scaleb(-2)

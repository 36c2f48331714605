import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.models.result import Link, PeriodResult, RefusedEntry, Result, UnitResult
from shared.scoring.digest import digest, merkle_root, seal
from shared.scoring.result import total_period, total_unit, unit_digest
from tests.builders import (
    DAY,
    DUE,
    a_contribution,
    a_period,
    a_result,
    a_scorecard,
    an_assessment,
    delivered,
)

EXCELLENT = a_scorecard(a_contribution(delivered()))
POOR = a_scorecard(a_contribution())
UNSEEN = a_scorecard(a_contribution(delivered()), general=None)
IDLE = a_scorecard()
AWAY = a_scorecard(assessments=an_assessment(away=True))


def people(count: int) -> list[Result]:
    cards = [EXCELLENT, POOR, UNSEEN, IDLE, AWAY]
    return [
        a_result(cards[n % len(cards)].model_copy(update={"official": f"cb{n:03}"}))
        for n in range(count)
    ]


def a_total(unit: str, count: int = 4) -> UnitResult:
    return total_unit(unit, "UBND", people(count), drift=1)


def a_period_total(units: list[UnitResult], previous: Link | None = None) -> PeriodResult:
    return total_period(a_period(), digest("rules"), units, previous)


def refused(path: str = "assignments/w1/entries/e1") -> RefusedEntry:
    return RefusedEntry(path=path, reason="kind: Field required")


def test_a_result_carries_its_own_digest() -> None:
    result = a_result()
    assert result.digest == seal(result.fields())
    assert result.digest != "0" * 64


def test_the_digest_is_of_everything_else() -> None:
    fields = a_result().fields()
    assert fields.pop("digest") == digest(fields)


def test_freezing_twice_gives_the_same_result() -> None:
    assert a_result() == a_result()


def test_a_result_read_back_from_the_store_has_the_same_digest() -> None:
    result = a_result(refused=[refused()])
    assert seal(Result.model_validate(result.fields()).fields()) == result.digest


@pytest.mark.parametrize(
    "change",
    [
        {"unit": "ubnd-b"},
        {"name": "Nguyễn Văn Án"},
        {"entries": 4},
        {"refused": [refused()]},
        {"scorecard": POOR},
        {"scorecard": EXCELLENT.model_copy(update={"total": 9999})},
        {"scorecard": EXCELLENT.model_copy(update={"rating": "good"})},
        {"scorecard": EXCELLENT.model_copy(update={"official": "chi"})},
        {"scorecard": EXCELLENT.model_copy(update={"contributions": {}})},
        {"scorecard": EXCELLENT.model_copy(update={"gate": "late"})},
        {"scorecard": EXCELLENT.model_copy(update={"assessments": {}})},
        {"scorecard": EXCELLENT.model_copy(update={"nodes": {}})},
    ],
    ids=lambda change: next(iter(change)),
)
def test_altering_anything_alters_the_digest(change: dict[str, object]) -> None:
    result = a_result(EXCELLENT)
    assert seal(result.model_copy(update=change).fields()) != result.digest


@given(st.data())
def test_altering_any_number_of_a_result_alters_its_digest(data: st.DataObject) -> None:
    fields = a_result(a_scorecard(a_contribution(delivered(at=DUE + DAY)))).fields()
    before = digest(fields)
    where = data.draw(st.sampled_from(numbers(fields)))
    *path, last = where
    inner = fields
    for key in path:
        inner = inner[key]
    inner[last] += data.draw(st.integers(1, 10**6))
    assert digest(fields) != before


def numbers(value: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The path of every number inside."""
    if isinstance(value, dict):
        return [found for key in value for found in numbers(value[key], (*path, key))]
    return [path] if isinstance(value, int) else []


def test_refused_entries_are_named_in_order_and_at_most_a_hundred() -> None:
    result = a_result(
        refused=[refused(f"assignments/w1/entries/e{n:03}") for n in range(120)][::-1]
    )
    assert [entry.path[-3:] for entry in result.refused] == [f"{n:03}" for n in range(100)]


def test_a_unit_totals_its_people() -> None:
    total = a_total("ubnd-a", 6)
    assert total.officials == 6
    assert total.ratings == {"excellent": 2, "not_completed": 1}
    assert (total.not_assessed, total.insufficient_data, total.on_leave) == (1, 1, 1)
    assert (total.entries, total.assignments, total.drift) == (18, 4, 1)


def test_everybody_is_either_rated_or_named_as_not() -> None:
    total = a_total("ubnd-a", 7)
    rated = sum(total.ratings.values())
    unrated = total.not_assessed + total.insufficient_data + total.on_leave
    assert rated + unrated == total.officials


@given(st.data())
def test_a_units_total_is_independent_of_order(data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(people(5)))
    assert total_unit("u", "UBND", shuffled, 1) == total_unit("u", "UBND", people(5), 1)


def test_a_units_root_covers_its_results_in_the_order_of_officials() -> None:
    results = people(5)
    expected = merkle_root([result.digest for result in results])
    assert total_unit("u", "UBND", results[::-1], 0).root == expected


def test_altering_one_result_alters_the_roots_of_unit_and_period() -> None:
    results = people(3)
    altered = [*results[:2], results[2].model_copy(update={"digest": "f" * 64})]
    units = [total_unit("u", "UBND", some, 0) for some in (results, altered)]
    assert units[0].root != units[1].root
    periods = [a_period_total([unit, a_total("v")]) for unit in units]
    assert periods[0].root != periods[1].root


def test_a_unit_where_nobody_served_is_none_of_the_periods() -> None:
    units = [a_total("u1"), a_total("u2")]
    assert a_period_total([*units, a_total("u0", 0)]) == a_period_total(units)


@given(st.permutations([a_total(f"u{n}", n) for n in range(1, 4)]))
def test_a_period_totals_its_units_in_any_order(units: list[UnitResult]) -> None:
    total = a_period_total(units)
    assert (total.units, total.officials, total.entries, total.drift) == (3, 6, 18, 3)
    assert total.ratings == {"excellent": 3, "not_completed": 2}
    assert (total.not_assessed, total.insufficient_data) == (1, 0)
    assert total.root == merkle_root([unit_digest(a_total(f"u{n}", n)) for n in range(1, 4)])


def test_a_period_holds_a_whole_country() -> None:
    province = a_total("tinh").model_copy(
        update={"officials": 60_000, "assignments": 1_200_000, "entries": 9_000_000}
    )
    total = a_period_total([province] * 34)
    assert (total.officials, total.entries) == (2_040_000, 306_000_000)


def test_nobody_totals_to_nothing() -> None:
    total = total_unit("u", "UBND", [], 0)
    assert (total.officials, total.ratings) == (0, {})
    assert a_period_total([]).units == 0

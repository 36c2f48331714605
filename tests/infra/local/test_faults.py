from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.faults import Delivery, Faults

chances = st.floats(0, 1)
plans = st.builds(
    Faults,
    seed=st.integers(),
    copies=st.integers(1, 5),
    shuffle=st.booleans(),
    max_delay=st.floats(0, 10),
    fail_first=chances,
    drop=chances,
)


@given(plans, st.text())
def test_the_same_seed_and_event_give_the_same_plan(faults: Faults, event: str) -> None:
    assert faults.plan(event) == replace(faults).plan(event)


@given(plans, st.text())
def test_an_event_is_delivered_in_all_its_copies_or_not_at_all(faults: Faults, event: str) -> None:
    assert len(faults.plan(event)) in ({0, faults.copies} if faults.drop else {faults.copies})


@given(plans, st.text())
def test_delays_stay_in_bounds_and_ascend(faults: Faults, event: str) -> None:
    delays = [delivery.delay for delivery in faults.plan(event)]
    assert all(0 <= delay <= faults.max_delay for delay in delays)
    assert all(one <= two for one, two in pairwise(delays))


@given(plans, st.text())
def test_without_shuffling_all_wait_the_same(faults: Faults, event: str) -> None:
    steady = replace(faults, shuffle=False)
    assert {delivery.delay for delivery in steady.plan(event)} <= {faults.max_delay}


@given(plans, st.text())
def test_certain_and_impossible_chances_are_kept(faults: Faults, event: str) -> None:
    always = replace(faults, fail_first=1.0, drop=0.0).plan(event)
    never = replace(faults, fail_first=0.0, drop=0.0).plan(event)
    assert all(delivery.fails_first for delivery in always)
    assert not any(delivery.fails_first for delivery in never)
    assert replace(faults, drop=1.0).plan(event) == ()


@given(st.text())
def test_no_faults_deliver_once_at_once(event: str) -> None:
    assert Faults.none().plan(event) == (Delivery(0.0, fails_first=False),)


def test_chances_come_true_as_often_as_they_say() -> None:
    faults = Faults(seed=1, copies=2, fail_first=0.1, drop=0.2)
    planned = [faults.plan(f"event {number}") for number in range(2000)]
    deliveries = [delivery for plan in planned for delivery in plan]
    assert sum(not plan for plan in planned) / len(planned) == pytest.approx(0.2, abs=0.03)
    failing = sum(delivery.fails_first for delivery in deliveries)
    assert failing / len(deliveries) == pytest.approx(0.1, abs=0.03)


def test_another_seed_gives_another_plan() -> None:
    assert Faults(seed=1).plan("event") != Faults(seed=2).plan("event")


def test_shuffled_events_overtake_each_other() -> None:
    faults = Faults(copies=1)
    delays = [faults.plan(str(number))[0].delay for number in range(20)]
    assert delays != sorted(delays)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("copies", 0), ("max_delay", -0.1), ("fail_first", 1.1), ("drop", -0.1)],
)
def test_impossible_settings_are_refused(setting: str, value: float) -> None:
    with pytest.raises(ValueError, match=setting):
        replace(Faults(), **{setting: value})  # type: ignore[arg-type]  # wrong on purpose

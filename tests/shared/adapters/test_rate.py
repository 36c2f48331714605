"""The bucket of calls, on a clock of its own."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.adapters import rate
from shared.adapters.rate import RateLimit

BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NO_WAIT = timedelta(0)


def test_a_burst_and_then_a_call_each_second() -> None:
    limit = RateLimit(per_minute=60, burst=3)
    assert [limit.wait("an", BEGIN) for _ in range(4)] == [NO_WAIT] * 3 + [SECOND]
    assert limit.wait("an", BEGIN + SECOND) == NO_WAIT
    assert limit.wait("an", BEGIN + SECOND) == SECOND


def test_refused_calls_cost_nothing_and_each_caller_has_a_bucket() -> None:
    limit = RateLimit(per_minute=60, burst=1)
    assert [limit.wait("an", BEGIN) for _ in range(5)] == [NO_WAIT] + [SECOND] * 4
    assert limit.wait("chi", BEGIN) == NO_WAIT


def test_a_clock_that_went_back_locks_nobody_out_for_longer() -> None:
    limit = RateLimit(per_minute=60, burst=1)
    limit.wait("an", BEGIN)
    assert limit.wait("an", BEGIN - SECOND) == 2 * SECOND


def test_memory_is_bounded_and_forgets_who_was_quiet_longest() -> None:
    limit = RateLimit(per_minute=60, burst=1)
    for number in range(rate.MOST_CALLERS + 1):
        limit.wait(f"caller{number}", BEGIN)
    assert len(limit._full) == rate.MOST_CALLERS
    assert limit.wait("caller0", BEGIN) == NO_WAIT
    assert limit.wait(f"caller{rate.MOST_CALLERS}", BEGIN) == SECOND


@given(
    st.integers(1, 600),
    st.integers(1, 20),
    st.lists(st.integers(0, 5_000), max_size=60),
)
def test_no_more_than_the_burst_and_the_refill_and_the_wait_is_exact(
    per_minute: int, burst: int, gaps: list[int]
) -> None:
    limit, now = RateLimit(per_minute, burst), BEGIN
    for passed, gap in enumerate(gaps, start=1):
        now += timedelta(milliseconds=gap)
        wait = limit.wait("an", now)
        if wait:
            now += wait
            assert limit.wait("an", now) == NO_WAIT
        refilled = (now - BEGIN) / (timedelta(minutes=1) / per_minute)
        assert passed <= burst + refilled

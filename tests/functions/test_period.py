"""POST /period and what follows: the close by itself, far ahead, moved, confirmed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from shared import refs
from shared.models.period import Period
from tests.conftest import StackFactory
from tests.world import AFTER_CLOSE, MONTH, SCHEME, World, new_key, populate

OK = requests.codes.ok


def test_a_month_opens_with_the_bounds_of_its_zone(world: World) -> None:
    period = read(world)
    assert period.start == datetime(2026, 9, 30, 17, tzinfo=UTC)
    assert period.end == datetime(2026, 10, 31, 17, tzinfo=UTC)
    assert (period.kind, period.state, period.scheme) == ("month", "open", SCHEME)


def test_it_closes_by_itself_and_not_before(world: World) -> None:
    world.stack.drain(30)
    world.stack.clock.advance(AFTER_CLOSE - timedelta(days=1))
    world.stack.drain(30)
    assert read(world).state == "open"
    world.close()
    assert read(world).state == "review"


def test_a_close_beyond_the_queue_s_reach_re_schedules_itself(world: World) -> None:
    far = datetime(2027, 1, 15, tzinfo=UTC)
    assert ask(world, action="reschedule", closes_at=far.isoformat(), reason="lùi hạn") == OK
    world.stack.drain(30)
    for days in range(1, 107, 7):
        world.stack.clock.advance(datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=days))
        world.stack.drain(30)
        assert read(world).state == ("open" if world.stack.clock.now() < far else "review")
    world.stack.clock.advance(far + timedelta(minutes=1))
    world.stack.drain(30)
    assert read(world).state == "review"


def test_an_earlier_schedule_does_not_close_a_period_that_was_moved(world: World) -> None:
    later = AFTER_CLOSE + timedelta(days=9)
    assert ask(world, action="reschedule", closes_at=later.isoformat(), reason="lùi hạn") == OK
    world.close()
    assert read(world).state == "open"
    world.stack.clock.advance(later)
    world.stack.drain(30)
    assert read(world).state == "review"


def test_confirming_makes_it_final(world: World) -> None:
    assert ask(world, action="confirm") == 409
    world.close()
    assert ask(world, action="confirm") == OK
    assert read(world).state == "final"


def test_a_repeated_call_is_answered_as_it_was(world: World) -> None:
    body = {
        "action": "reschedule",
        "period": MONTH,
        "closes_at": "2026-11-20T00:00:00Z",
        "reason": "lùi hạn",
    }
    first = world.as_("tu").post("period", body, key="k")
    world.stack.clock.advance(datetime(2026, 11, 21, tzinfo=UTC))
    world.stack.drain(60)
    again = world.as_("tu").post("period", body, key="k")
    assert (again.status_code, again.json()) == (OK, first.json())


def test_only_organisers_change_periods(world: World) -> None:
    assert ask(world, by="binh", action="confirm") == 403


REFUSALS: list[tuple[dict[str, Any], int, str]] = [
    ({"action": "open", "scheme": SCHEME}, 409, "period"),
    ({"action": "open", "period": "2026-13", "scheme": SCHEME}, 400, "open.period"),
    ({"action": "open", "period": "2026-11", "scheme": "none@1"}, 404, "scheme"),
    (
        {"action": "open", "period": "2026-11", "scheme": SCHEME, "time_zone": "Mars/X"},
        400,
        "time_zone",
    ),
    *(
        (
            {"action": "open", "period": "2026-11", "scheme": SCHEME, "time_zone": folder},
            400,
            "time_zone",
        )
        for folder in ("Asia", "America/Indiana", ".", "a\0b")
    ),
    *(
        ({"action": "open", "period": period, "scheme": SCHEME}, 400, "period")
        for period in ("9999-12", "0000-01", "1900-01", "2199-12")
    ),
    (
        {
            "action": "open",
            "period": "2026-11",
            "scheme": SCHEME,
            "closes_at": "2026-11-02T00:00:00Z",
        },
        400,
        "closes_at",
    ),
    ({"action": "reschedule", "closes_at": "2026-11-20T00:00:00Z"}, 400, "reschedule.reason"),
    (
        {"action": "reschedule", "closes_at": "2026-10-02T00:00:00Z", "reason": "sớm"},
        400,
        "closes_at",
    ),
    ({"action": "confirm", "period": "2020-01"}, 404, "period"),
    ({"action": "destroy"}, 400, "body"),
]


@pytest.mark.parametrize(("body", "status", "field"), REFUSALS)
def test_refusals_name_the_field_and_write_nothing(
    world: World, body: dict[str, Any], status: int, field: str
) -> None:
    before = read(world)
    answer = world.as_("tu").post("period", {"period": MONTH, **body}, key=new_key())
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
    assert [one.value for one in world.stack.wiring.store.find(refs.periods)] == [before]


def test_quarters_and_years_open_too(stack_of: StackFactory) -> None:
    world = populate(stack_of())
    for period, kind in (("2026-Q4", "quarter"), ("2026", "year")):
        assert ask(world, action="open", period=period, scheme=SCHEME) == OK
        assert read(world, period).kind == kind


def ask(world: World, by: str = "tu", **body: Any) -> int:
    answer = world.as_(by).post("period", {"period": MONTH, **body}, key=new_key())
    return answer.status_code


def read(world: World, period: str = MONTH) -> Period:
    found = world.stack.wiring.store.get(refs.periods(period))
    assert found is not None
    return found

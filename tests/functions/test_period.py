"""POST /period and what follows: the close by itself, far ahead, moved, confirmed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from shared import refs
from shared.models.appeal import Answer
from shared.models.period import Period
from shared.ports import patch
from shared.usecases.schemes import shipped
from tests.conftest import StackFactory
from tests.world import (
    AFTER_CLOSE,
    AFTER_PETITIONS,
    MONTH,
    SCHEME,
    World,
    new_key,
    populate,
)

OK, DENIED = requests.codes.ok, requests.codes.forbidden


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
    world.stack.clock.advance(AFTER_PETITIONS)
    assert ask(world, action="confirm") == OK
    assert read(world).state == "final"


def test_the_scheme_s_windows_are_frozen_as_times(world: World) -> None:
    """Five working days before the month's end, three and five after it; midnights in Viet Nam."""
    period = read(world)
    assert (period.self_from, period.self_until, period.closes_at) == (
        datetime(2026, 10, 25, 17, tzinfo=UTC),
        datetime(2026, 11, 4, 17, tzinfo=UTC),
        datetime(2026, 11, 11, 17, tzinfo=UTC),
    )
    assert (period.petition_until, period.answer_until) == (None, None)
    world.close()
    period = read(world)
    assert (period.petition_until, period.answer_until) == (
        datetime(2026, 11, 19, 17, tzinfo=UTC),
        # 24 November, a holiday, is not counted.
        datetime(2026, 12, 4, 17, tzinfo=UTC),
    )


def test_people_score_themselves_within_their_window_only(world: World) -> None:
    clock = world.stack.clock
    assert world.score_self("an").status_code == DENIED
    clock.advance(datetime(2026, 10, 25, 18, tzinfo=UTC))
    assert world.score_self("an").status_code == OK
    clock.advance(datetime(2026, 11, 4, 18, tzinfo=UTC))
    assert world.score_self("chi").status_code == DENIED
    assert world.appraise("binh", "chi").status_code == OK


def test_the_organiser_prolongs_self_scoring(world: World) -> None:
    world.stack.clock.advance(datetime(2026, 11, 4, 18, tzinfo=UTC))
    until = {"closes_at": "2026-11-20T00:00:00Z", "self_until": "2026-12-01T00:00:00Z"}
    assert ask(world, action="reschedule", reason="mất mạng", **until) == OK
    assert read(world).self_until == read(world).closes_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert world.score_self("an").status_code == OK


def test_petitions_come_until_their_window_ends_and_hold_the_period_until_answered(
    world: World,
) -> None:
    world.close()
    assert world.petition("an", "p1").status_code == OK
    answer = confirm(world)
    assert "petitions are heard until" in answer
    world.stack.clock.advance(AFTER_PETITIONS)
    assert world.petition("chi", "p2").status_code == DENIED
    assert "1 petitions are not answered: p1" in confirm(world)
    given = Answer(by="tu", at=AFTER_PETITIONS, upheld=False, reason="đúng quy định")
    world.stack.wiring.store.commit([patch(refs.appeals("p1"), {("answer",): given.fields()})])
    assert confirm(world) == "final"


HOLIDAYS: dict[str, Any] = {
    "year": 2026,
    "off": [{"day": "11-04", "title": {"vi": "Nghỉ bão", "en": "Storm"}}],
    "source": {
        "text": {"vi": "Công điện", "en": "Telegram"},
        "confidence": "local",
    },
}


def test_a_list_of_holidays_holds_for_windows_that_are_frozen_after_it(world: World) -> None:
    before = read(world)
    assert ask_holidays(world, "tu", HOLIDAYS).json() == {"year": 2026}
    assert read(world) == before
    again = {**HOLIDAYS, "off": []}
    assert ask_holidays(world, "tu", again).status_code == OK
    world.close()
    until = datetime(2026, 12, 3, 17, tzinfo=UTC)
    assert read(world).answer_until == until  # 24 November is a working day now


@pytest.mark.parametrize(
    ("by", "change", "status", "field"),
    [
        ("binh", {}, 403, "Authorization"),
        ("tu", {"off": [{"day": "02-29", "title": {"vi": "x", "en": "x"}}]}, 400, "holidays"),
        ("tu", {"worked": HOLIDAYS["off"]}, 400, "holidays"),
        ("tu", {"year": 1}, 400, "holidays.holidays.year"),
    ],
)
def test_a_list_of_holidays_that_cannot_be_is_refused(
    world: World, by: str, change: dict[str, Any], status: int, field: str
) -> None:
    answer = ask_holidays(world, by, {**HOLIDAYS, **change})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
    assert list(world.stack.wiring.store.find(refs.calendars)) == []


def test_without_windows_somebody_says_when_the_period_closes(world: World) -> None:
    scheme = shipped(SCHEME).model_copy(update={"ref": "bare@1", "windows": None})
    world.stack.wiring.schemes.publish(scheme, world.stack.clock.now())
    body = {"action": "open", "period": "2026-11", "scheme": "bare@1"}
    answer = world.as_("tu").post("period", body, key=new_key())
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "closes_at")
    body["closes_at"] = "2026-12-09T00:00:00Z"
    assert world.as_("tu").post("period", body, key=new_key()).status_code == OK
    assert read(world, "2026-11").self_until is None


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


def ask_holidays(world: World, by: str, holidays: dict[str, Any]) -> requests.Response:
    body = {"action": "holidays", "holidays": holidays}
    return world.as_(by).post("period", body, key=new_key())


def confirm(world: World) -> str:
    """The reason of the refusal, or the new state."""
    body = {"action": "confirm", "period": MONTH}
    answer = world.as_("tu").post("period", body, key=new_key()).json()
    return str(answer["errors"][0]["reason"] if "errors" in answer else answer["state"])


def ask(world: World, by: str = "tu", **body: Any) -> int:
    answer = world.as_(by).post("period", {"period": MONTH, **body}, key=new_key())
    return answer.status_code


def read(world: World, period: str = MONTH) -> Period:
    found = world.stack.wiring.store.get(refs.periods(period))
    assert found is not None
    return found

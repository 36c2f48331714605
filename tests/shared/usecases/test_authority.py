"""Nobody judges their own head's work in that head's place, by any of the functions."""

from collections.abc import Sequence
from typing import Any

import pytest

from shared import refs
from shared.errors import RefusedError
from shared.models.official import StandIn
from shared.models.proposal import Registered
from shared.ports import Message, Push, put
from shared.settings import Settings
from shared.usecases.remind import RemindUnit, remind_unit
from tests.builders import DAY
from tests.office import NEXT_MONTH, Office
from tests.world import BEGIN, DUE, MONTH

LATER = DUE.replace(month=11)


@pytest.fixture
def office() -> Office:
    """Chi stands in for Bình, the head of `p1`; Em for the director, the head above."""
    office = Office().open()
    for uid, unit in (("chi", "p1"), ("em", "so")):
        official = office.store.get(refs.officials(uid))
        assert official is not None
        term = StandIn(unit=unit, start=BEGIN, end=BEGIN + 90 * DAY)
        filling = official.model_copy(update={"stands_in": [term]})
        office.store.commit([put(refs.officials(uid), filling)])
    own = Registered(period=MONTH, official="binh", unit="p1", at=office.clock.now(), title="Tiếp")
    office.store.commit([put(refs.proposals("binh-1"), own)])
    return office


def requests(work: str) -> list[dict[str, Any]]:
    """All that may be asked about Bình's work."""
    why: dict[str, Any] = {"assignment": work, "reason": "điều chỉnh kế hoạch"}
    order = {"to": {"officials": ["binh"]}, "product": "hs", "due": DUE}
    return [
        {"action": "assign", "period": MONTH, "work": [order]},
        {"action": "move_deadline", "due": DUE + DAY, **why},
        {"action": "carry_over", "period": NEXT_MONTH, "due": LATER, **why},
        {"action": "accept_proposal", "proposal": "binh-1", "product": "hs", "due": DUE},
    ]


def test_a_deputy_does_not_give_work_to_the_head_or_change_it(office: Office) -> None:
    for request in requests(office.assigned("binh")):
        assert office.refusal("chi", **request)[0] == "forbidden"


def test_whoever_stands_in_above_does(office: Office) -> None:
    for request in requests(office.assigned("binh")):
        assert office.ask("em", **request)


def test_nor_is_the_head_reached_through_a_position(office: Office) -> None:
    """Everybody who holds it and may be given work by the deputy, and so not the head."""
    head = office.store.get(refs.officials("binh"))
    assert head is not None
    office.store.commit([put(refs.officials("binh"), head.model_copy(update={"position": "cv"}))])
    made = office.assign({"position": "cv"}, by="chi")
    assert {name.split("_")[2] for name in made} == {"an"}


def test_a_deputy_judges_the_unit_s_work_but_not_the_head_s(office: Office) -> None:
    of_an, of_head = office.assigned("an", approver="tu"), office.assigned("binh", approver="tu")
    back = {"kind": "returned", "faults": 1, "reason": "thiếu chữ ký"}
    office.append("chi", of_an, "r1", **back)
    with pytest.raises(RefusedError) as refused:
        office.append("chi", of_head, "r1", **back)
    assert (refused.value.code, refused.value.faults[0].field) == ("forbidden", "assignment")
    office.append("em", of_head, "r1", **back)


@pytest.mark.parametrize(("official", "told"), [("an", "chi"), ("binh", "giam-doc")])
def test_whoever_may_judge_hears_of_what_waits(office: Office, official: str, told: str) -> None:
    """The deputy of the unit's people; of the head's own work the level above."""
    work = office.assigned(official, approver="tu")
    office.append(official, work, "s1", kind="submission", quantity=1)
    office.store.commit([put(refs.assignments(work), office.work(work))])
    office.at(office.clock.now() + 4 * DAY + DAY / 3)
    settings = Settings.from_environment({"GOOGLE_CLOUD_PROJECT": "p", "QUIET_DAYS_OFF": "no"})
    remind_unit(office, NoPush(), settings, RemindUnit(unit="p1", periods=[MONTH]))
    heard = {
        uid
        for uid in ("chi", "giam-doc", "em")
        for one in office.store.find(refs.inbox(uid))
        if one.value.kind == "escalated"
    }
    assert heard == {told}


class NoPush(Push):
    """Nobody has registered a device."""

    def send(self, messages: Sequence[Message]) -> set[str]:
        assert not messages
        return set()


def test_an_approver_who_is_no_official_any_more_judges_nothing(office: Office) -> None:
    """As in the rules of the store."""
    work = office.assigned("an", approver="tu")
    organiser = office.store.get(refs.officials("tu"))
    assert organiser is not None
    office.store.commit(
        [put(refs.officials("tu"), organiser.model_copy(update={"roles": ["organiser"]}))]
    )
    with pytest.raises(RefusedError):
        office.append("tu", work, "r1", kind="returned", faults=1, reason="thiếu chữ ký")

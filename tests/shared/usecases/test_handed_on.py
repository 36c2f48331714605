"""What a head does not score goes to a deputy, then to the head above: in time, told and said."""

from datetime import timedelta
from typing import Any

import pytest

from shared import refs
from shared.models.notice import Notice
from shared.models.period import Period
from shared.ports import Message, Push, put
from shared.scoring.explanation import explain
from shared.settings import Settings
from shared.usecases.caller import identify
from shared.usecases.context import Known, context
from shared.usecases.period import Reschedule, change_period
from shared.usecases.remind import RemindUnit, remind_unit
from shared.usecases.schemes import shipped
from tests.builders import (
    DAY,
    TICK,
    a_contribution,
    a_posting,
    a_scorecard,
    a_scoring,
    an_appraisal,
    an_official,
    delivered,
)
from tests.closed import Later
from tests.office import Office
from tests.world import MONTH

SCHEME = shipped("decree-335@1")


class Silent(Push):
    def send(self, messages: Any) -> set[str]:
        assert all(isinstance(one, Message) for one in messages)
        return set()


@pytest.fixture
def office() -> Office:
    windows = SCHEME.windows
    assert windows is not None
    steps = windows.model_copy(update={"deputies": 3, "above": 1})
    office = Office().open(SCHEME.model_copy(update={"windows": steps}))
    office.queue = Later()
    posting = a_posting(unit="p1", duty="deputy")
    deputy = an_official(name="Phó", unit="p1", units=["p1"], postings=[posting])
    office.store.commit([put(refs.officials("pho"), deputy)])
    return office


def period(office: Office) -> Period:
    found = office.store.get(refs.periods(MONTH))
    assert found is not None
    return found


def told(office: Office, uid: str) -> list[Notice]:
    settings = Settings.model_validate({"GOOGLE_CLOUD_PROJECT": "demo"})
    remind_unit(office, Silent(), settings, RemindUnit(unit="p1", periods=[MONTH]))
    found = [one.value for one in office.store.find(refs.inbox(uid))]
    return [one for one in found if one.kind == "escalated"]


def test_a_period_freezes_when_others_may_score_in_the_heads_place(office: Office) -> None:
    month = period(office)
    assert month.deputies_from is not None
    assert month.above_from is not None
    assert month.end < month.deputies_from < month.above_from < month.closes_at
    assert month.closes_at - month.above_from == DAY


def test_the_times_move_with_the_lock_and_never_before_the_end(office: Office) -> None:
    before = period(office)
    for closes_at in (before.closes_at + 7 * DAY, before.end + TICK):
        request = Reschedule(
            action="reschedule", period=MONTH, closes_at=closes_at, reason="dời khóa kỳ"
        )
        caller = identify(office.store, "tu", office.clock.now())
        change_period(office, caller, f"k{closes_at}", request)
        moved = period(office)
        assert before.above_from is not None
        wanted = max(moved.end, before.above_from + (closes_at - before.closes_at))
        assert moved.above_from == wanted
    assert period(office).deputies_from == before.end


def test_the_next_in_line_are_told_once_each_in_their_turn(office: Office) -> None:
    month = period(office)
    assert month.deputies_from is not None
    assert month.above_from is not None
    office.at(month.deputies_from - TICK)
    assert (told(office, "pho"), told(office, "giam-doc")) == ([], [])
    office.at(month.deputies_from)
    for _ in range(2):
        [notice] = told(office, "pho")
        assert "An" in notice.body.vi
        assert "Phó" not in notice.body.vi  # nobody scores themselves
        assert told(office, "giam-doc") == []
    office.at(month.above_from + timedelta(hours=2))
    [notice] = told(office, "giam-doc")
    assert "Phó" in notice.body.vi
    assert len(told(office, "pho")) == 1


def test_where_all_are_scored_nobody_is_told(office: Office) -> None:
    for uid, statements in (("an", {}), ("chi", {}), ("pho", {"dd": "yes", "e": "yes"})):
        scoring = a_scoring(statements=statements)
        said = an_appraisal(period=MONTH, official=uid, by_head=scoring)
        office.store.commit([put(refs.appraisal(MONTH, uid), said)])
    office.at(period(office).closes_at - TICK)
    assert (told(office, "pho"), told(office, "giam-doc")) == ([], [])


@pytest.mark.parametrize(("standing", "as_"), [("deputy", "a deputy"), ("above", "the head above")])
def test_the_result_says_who_scored_in_the_heads_place_and_why(
    office: Office, standing: str, as_: str
) -> None:
    month = period(office)
    said = an_appraisal(period=MONTH, by_head=a_scoring(by="pho", in_place=standing))
    scheme = office.schemes.get(month.scheme)
    _, assessments = context(month, scheme, Known(office.store.get(refs.officials("an")), said))
    own = assessments[MONTH].in_place
    assert own is not None
    since = month.deputies_from if standing == "deputy" else month.above_from
    assert (own.by, own.standing, own.since) == ("pho", standing, since)
    card = a_scorecard(a_contribution(delivered()), scheme=scheme, assessments=assessments)
    lines = [line.en for line in explain(card, scheme)]
    assert since is not None
    told = f"were given by pho ({as_}) in the head's place: from {since.isoformat('T', 'minutes')}"
    assert any(told in line for line in lines)

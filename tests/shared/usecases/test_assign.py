"""Who is given work: whoever serves from now on, and no more than can be held."""

from typing import Any

import pytest

from shared import refs
from shared.errors import RefusedError
from shared.models.assignment import HELD_FACTS, MOST_FACTS, Delivery
from shared.models.entry import Submission
from shared.ports import patch, put
from shared.usecases import room
from shared.usecases.rescore import rescore
from tests.builders import DAY
from tests.memory import MemoryStore
from tests.office import Office
from tests.world import BEGIN, MONTH, an_official

REASON = "điều chỉnh kế hoạch"
SAID = Delivery(at=BEGIN, quantity=1)


@pytest.fixture
def office() -> Office:
    """With `cu`, who leaves on the tenth day."""
    office = Office().open()
    staying = an_official("Cũ", "p1", position="cv")
    [posting] = staying.postings
    gone = posting.model_copy(update={"end": BEGIN + 10 * DAY})
    leaving = staying.model_copy(update={"postings": [gone]})
    office.store.commit([put(refs.officials("cu"), leaving)])
    return office


def receivers(assignments: list[str]) -> set[str]:
    return {name.split("_")[2] for name in assignments}


@pytest.mark.parametrize("to", [{"unit": "p1"}, {"position": "cv"}], ids=["unit", "position"])
def test_a_whole_unit_or_position_is_whoever_serves_from_now_on(
    office: Office, to: dict[str, Any]
) -> None:
    assert "cu" in receivers(office.assign(to))
    office.at(BEGIN + 12 * DAY)
    assert receivers(office.assign(to)) == {"an", "chi"}


def test_whoever_left_is_given_no_work_by_name_either(office: Office) -> None:
    kept = office.assigned()
    office.at(BEGIN + 12 * DAY)
    order = {"to": {"officials": ["cu"]}, "product": "hs", "due": BEGIN + 20 * DAY}
    asked: dict[str, Any] = {"action": "assign", "period": MONTH, "work": [order]}
    assert office.refusal("binh", **asked) == ("invalid", "work.0.to")
    passed = {"action": "reassign", "assignment": kept, "to": "cu", "reason": REASON}
    assert office.refusal("binh", **passed) == ("invalid", "to")


def test_many_receivers_are_read_together(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    read = MemoryStore.get_all

    def counted(store: MemoryStore, wanted: Any) -> Any:
        asked.append(len(wanted))
        return read(store, wanted)

    monkeypatch.setattr(MemoryStore, "get_all", counted)
    office.assign({"officials": ["an"]})
    one = len(asked)
    office.assign({"officials": ["an", "chi", "cu"]})
    assert len(asked) == 2 * one


def test_reassigning_asks_for_room_as_assigning_does(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = office.assigned()
    monkeypatch.setattr(room, "MOST", 0)
    asked = {"action": "reassign", "assignment": work, "to": "chi", "reason": REASON}
    assert office.refusal("binh", **asked) == ("too-large", "to")


def test_work_of_which_enough_was_said_takes_no_more(office: Office) -> None:
    """As the rules of the store have it; decisions still find their place."""
    work = office.assigned()
    said = {f"s{number}": SAID.fields() for number in range(MOST_FACTS)}
    office.store.commit([patch(refs.assignments(work), {("folded", "submissions"): said})])
    with pytest.raises(RefusedError) as refused:
        office.append("an", work, "more", kind="submission", quantity=1)
    assert (refused.value.code, refused.value.faults[0].field) == ("too-large", "assignment")
    assert office.store.get(refs.entries(work)("more")) is None


def test_a_state_that_no_document_holds_is_refused_for_good(office: Office) -> None:
    """The event is acknowledged: what it says counts when the period closes."""
    work = office.assigned()
    said = {f"s{number}": SAID.fields() for number in range(HELD_FACTS)}
    office.store.commit([patch(refs.assignments(work), {("folded", "submissions"): said})])
    more = Submission(by="an", at=BEGIN, quantity=1)
    with pytest.raises(RefusedError) as refused:
        rescore(office.store, office.schemes, work, "more", more)
    assert refused.value.code == "too-large"

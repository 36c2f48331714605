"""Work is reassigned or cancelled before it falls due; what was late stays whose it was."""

from typing import Any

import pytest

from tests.builders import DAY
from tests.office import Office
from tests.world import DUE

REASON = "điều chỉnh kế hoạch"
CHANGES: list[dict[str, Any]] = [{"action": "reassign", "to": "chi"}, {"action": "cancel"}]


@pytest.fixture
def office() -> Office:
    return Office().open()


@pytest.mark.parametrize("change", CHANGES, ids=["reassign", "cancel"])
def test_what_fell_due_stays_whose_it_was(office: Office, change: dict[str, Any]) -> None:
    work = office.assigned()
    office.at(DUE + DAY)
    wanted = {**change, "assignment": work, "reason": REASON}
    assert office.refusal("binh", **wanted) == ("conflict", "assignment")
    late: dict[str, Any] = {
        "action": "move_deadline",
        "assignment": work,
        "reason": REASON,
        "due": DUE + 3 * DAY,
    }
    office.ask("binh", **late)
    assert office.refusal("binh", **wanted) == ("conflict", "assignment")
    assert office.row(work).quantity == 1


@pytest.mark.parametrize("change", CHANGES, ids=["reassign", "cancel"])
def test_before_that_it_is_taken_away(office: Office, change: dict[str, Any]) -> None:
    work = office.assigned()
    office.at(DUE - DAY)
    office.ask("binh", **change, assignment=work, reason=REASON)
    assert office.row(work).quantity == 0

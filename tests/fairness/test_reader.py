"""What the store holds becomes the report's rows."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from fairness.reader import answered_in_time, piece, read_rows
from fairness.rows import Acceptance, Burden, Delivery
from infra.local.emulator import HOST_VARIABLE
from shared.errors import RefusedError
from shared.models.appeal import Answer, Appeal, Receipt
from tests.builders import (
    DAY,
    DUE,
    END,
    TICK,
    History,
    a_cancellation,
    a_moved_deadline,
    a_submission,
    an_assignment,
    assignment_id,
)
from tests.world import CRITERIA, MONTH, World, new_key
from tests.world import DUE as WORLD_DUE


def state_of(history: History, **terms: Any) -> tuple[bool, str | None]:
    found = piece(assignment_id(), an_assignment(**terms), list(history.items()), END)
    return found.overdue, found.rescued


def test_work_is_overdue_when_less_was_submitted_by_its_deadline_than_was_asked() -> None:
    assert state_of({"s": a_submission(at=DUE)}) == (False, None)
    assert state_of({"s": a_submission(at=DUE + TICK)}) == (True, None)
    assert state_of({}) == (True, None)
    assert state_of({"s": a_submission(at=DUE)}, quantity=2) == (True, None)
    assert state_of({"s": a_submission(at=DUE), "c": a_cancellation()}, quantity=2) == (False, None)


def test_a_deadline_moved_before_it_passed_counts_as_the_deadline() -> None:
    moved = a_moved_deadline(at=DUE, due=DUE + 2 * DAY)
    assert state_of({"m": moved, "s": a_submission(at=DUE + DAY)}) == (False, None)
    assert state_of({"m": moved, "s": a_submission(at=DUE + 3 * DAY)}) == (True, None)


def test_a_deadline_moved_after_it_passed_rescues_and_is_named() -> None:
    moved = a_moved_deadline(at=DUE + TICK, due=DUE + 2 * DAY)
    path = f"assignments/{assignment_id()}/entries/m"
    assert state_of({"m": moved, "s": a_submission(at=DUE + DAY)}) == (True, path)
    twice = {"m": moved, "n": a_moved_deadline(at=DUE + 3 * DAY, due=END)}
    assert state_of(twice) == (True, path)


def test_a_deadline_moved_after_the_work_was_submitted_rescues_nothing() -> None:
    moved = a_moved_deadline(at=DUE + DAY, due=DUE + 2 * DAY)
    assert state_of({"s": a_submission(at=DUE), "m": moved}) == (False, None)


def test_work_that_is_not_due_yet_is_not_overdue() -> None:
    found = piece(assignment_id(), an_assignment(), [], DUE - DAY)
    assert not found.overdue


def test_an_appeal_is_in_time_late_or_still_open() -> None:
    receipt = Receipt(at=DUE, to=[], answer_by=DUE + DAY)
    petition: dict[str, Any] = {"period": MONTH, "official": "an", "at": DUE, "reason": "xem lại"}
    answer = Answer(by="quyen", at=DUE, upheld=True, reason="đúng là sai")
    late = answer.model_copy(update={"late": True})
    answered = [Appeal(**petition, receipt=receipt, answer=one) for one in (answer, late)]
    waiting = Appeal(**petition, receipt=receipt)
    assert [answered_in_time(one, END) for one in answered] == [True, False]
    assert answered_in_time(waiting, DUE + DAY) is None
    assert answered_in_time(waiting, DUE + DAY + TICK) is False
    assert answered_in_time(Appeal(**petition), END) is None


def test_a_compiled_period_gives_its_rows_and_its_report(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bình moves the deadline too late to excuse An's delivery, and copies An's scores."""
    store, schemes = world.stack.wiring.store, world.stack.wiring.schemes
    with pytest.raises(RefusedError, match="not compiled"):
        read_rows(store, schemes, [MONTH], world.stack.clock.now())
    name = world.assigned("an")
    world.stack.clock.advance(WORLD_DUE + timedelta(days=9))
    move = {"action": "move_deadline", "assignment": name, "reason": "chờ ý kiến sở"}
    due = (WORLD_DUE + timedelta(days=10)).isoformat()
    moved = world.as_("binh").post("assign", {**move, "due": due}, key=new_key())
    assert moved.status_code == 200, moved.text
    world.deliver("an", name)
    scores = dict.fromkeys(CRITERIA, 900)
    own = {"period": MONTH, "official": "an", "by_self": {"by": "an", "scores": scores}}
    path = f"appraisals/{MONTH}_an"
    assert world.as_("an").write(path, own, times=["by_self.at"]).status_code == 200
    assert world.appraise("binh", "an").status_code == 200
    world.close()

    rows = read_rows(store, schemes, [MONTH], world.stack.clock.now())
    (scored,) = rows.scored
    assert (scored.path, scored.rater, scored.general) == (path, "binh", 0.9)
    assert scored.work == pytest.approx(11 / 12)  # c is 75 %
    assert (scored.total, scored.same) == (91.17, True)
    (work,) = rows.pieces
    assert (work.overdue, work.by) == (True, "binh")
    assert work.rescued is not None
    assert work.rescued.startswith(f"assignments/{name}/entries/")
    entries = f"assignments/{name}/entries"
    assert rows.acceptances == [Acceptance(f"{entries}/ok-s1", "binh", "an", evidenced=False)]
    assert rows.deliveries == [Delivery(f"{entries}/s1", "p1", last=True)]
    assert Burden(MONTH, "an", "p1", 1) in rows.burdens
    assert Burden(MONTH, "binh", "p1", 2) in rows.burdens
    assert rows.names["binh"] == "Bình"

    monkeypatch.setenv(HOST_VARIABLE, world.stack.google.store.host)
    told = CliRunner().invoke(app, ["fairness", MONTH, "--out", str(tmp_path)])
    assert told.exit_code == 0, told.output
    document = json.loads((tmp_path / "fairness.json").read_text("utf-8"))
    assert document["periods"] == [MONTH]
    assert "Báo cáo công bằng 2026-10" in (tmp_path / "fairness.html").read_text("utf-8")

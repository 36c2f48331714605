"""Versions of results on a store in memory: each rests on what it names, and verify knows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from shared import refs
from shared.errors import RefusedError
from shared.models.appeal import Appeal
from shared.models.appraisal import Scoring
from shared.models.scheme import Statement
from shared.ports import Queue, Write, create, patch, put
from shared.scoring.evaluation import components
from shared.usecases.appeals import AppealRequest, answer_appeal, route_appeal
from shared.usecases.caller import Caller
from shared.usecases.close import CloseTask, CompileTask, finalize
from shared.usecases.compile_unit import compile_unit
from shared.usecases.correct import Corrected, CorrectRequest, correct
from shared.usecases.decide import DecideRequest, decide
from shared.usecases.schemes import Schemes
from shared.usecases.standing import Standing, read_standings
from shared.usecases.verify import verify
from tests.builders import (
    DAY,
    DUE,
    END,
    OFFICIAL,
    PERIOD,
    UNIT,
    a_period,
    a_posting,
    a_scheme,
    a_scoring,
    a_submission,
    a_unit,
    an_acceptance,
    an_appraisal,
    an_assignment,
    an_official,
    assignment_id,
    full_marks,
)
from tests.closed import record
from tests.memory import MemoryStore

NAME = assignment_id()
REF = refs.correction(PERIOD, OFFICIAL, 2)


class NoQueue(Queue):
    def enqueue(
        self, function: str, payload: Any, *, name: str, at: datetime | None = None
    ) -> None:
        raise NotImplementedError


class AfterClose:
    def now(self) -> datetime:
        return END + 10 * DAY


@dataclass
class Month:
    """One person, late once, in a month that is closed."""

    store: MemoryStore = field(default_factory=MemoryStore)
    queue: NoQueue = field(default_factory=NoQueue)
    clock: AfterClose = field(default_factory=AfterClose)

    @property
    def schemes(self) -> Schemes:
        return Schemes(self.store)

    def standing(self) -> Standing:
        return next(one for one in read_standings(self.store, PERIOD) if one.official == OFFICIAL)

    def total(self) -> int | None:
        return self.standing().result.scorecard.total

    def correct(self, *items: dict[str, Any], by: str = "quyen") -> Corrected:
        body = {"period": PERIOD, "official": OFFICIAL, "reason": "sửa sai"}
        request = CorrectRequest.model_validate({**body, "corrects": list(items)})
        return correct(self, self.schemes, self.caller(by), f"k{len(self.store.written)}", request)

    def caller(self, uid: str) -> Caller:
        return Caller(uid, self.clock.now(), self.store.get(refs.officials(uid)))

    def findings(self) -> list[str]:
        return [one.path for one in verify(self.store, self.schemes, PERIOD).findings]


@pytest.fixture
def month() -> Month:
    made = closed()
    assert made.total() == 9417
    return made


def closed(*more: Write) -> Month:
    """With these documents beside the others, or instead of them."""
    made = Month()
    paths = {one.ref.path for one in more}
    record(made.store, [*(one for one in _documents() if one.ref.path not in paths), *more])
    for unit in (UNIT, "tinh"):
        compile_unit(made, made.schemes, CompileTask(period=PERIOD, unit=unit))
    finalize(made, CloseTask(period=PERIOD))
    assert made.findings() == []
    return made


def _documents() -> list[Write]:
    scored = a_scoring(by="binh")
    late = a_submission(at=DUE + DAY)
    authority: dict[str, Any] = {
        "roles": ["official", "authority"],
        "unit": "tinh",
        "units": ["tinh"],
        "postings": [a_posting(unit="tinh")],
    }
    return [
        put(refs.schemes("decree-335@1"), a_scheme()),
        put(refs.periods(PERIOD), a_period(state="closing")),
        put(refs.units("tinh"), a_unit(name="Tỉnh", parent=None, path=["tinh"], head=None)),
        put(refs.units(UNIT), a_unit()),
        put(refs.officials(OFFICIAL), an_official()),
        put(refs.officials("quyen"), an_official(name="Quyền", **authority)),
        put(refs.officials("pho"), an_official(name="Phó", **authority)),
        put(refs.assignments(NAME), an_assignment()),
        create(refs.entries(NAME)("s1"), late),
        create(refs.entries(NAME)("ok1"), an_acceptance(at=END)),
        put(refs.appraisal(PERIOD, OFFICIAL), an_appraisal(by_head=scored)),
    ]


WAIVE = {"kind": "waive", "assignment": NAME, "lates": 1, "faults": 0}
LOWER = {"kind": "criterion", "criterion": "conduct", "points": 500}


def test_versions_follow_one_another_and_the_first_stays(month: Month) -> None:
    first = month.store.get(refs.official_results(PERIOD)(OFFICIAL))
    totals = []
    for item in (WAIVE, LOWER, {**LOWER, "points": 1000}):
        month.correct(item)
        totals.append(month.total())
        assert month.findings() == []
    assert totals == [10_000, 9500, 10_000]
    assert month.store.get(refs.official_results(PERIOD)(OFFICIAL)) == first


def test_the_live_scorecard_says_what_the_last_version_says(month: Month) -> None:
    month.correct(WAIVE, LOWER)
    card = month.store.get(refs.scorecard(PERIOD, OFFICIAL))
    assert card == month.standing().result.scorecard


def test_a_decision_is_left_behind_by_a_later_version(month: Month) -> None:
    request = DecideRequest(period=PERIOD, unit=UNIT)
    decide(month, month.schemes, month.caller("quyen"), "d1", request)
    assert month.standing().decision is not None
    month.correct(LOWER)
    assert month.store.get(refs.inbox("quyen")(f"behind.{PERIOD}.{OFFICIAL}.2")) is not None
    assert month.standing().decision is None
    month.store.commit([patch(refs.periods(PERIOD), {("state",): "final"})])
    assert decide(month, month.schemes, month.caller("quyen"), "d2", request).decided == 1
    assert month.standing().decision is not None
    left = decide(month, month.schemes, month.caller("quyen"), "d3", request).left
    assert [one.reason for one in left] == [
        "results are final; only a corrected one is decided on again"
    ]


@pytest.mark.parametrize(
    "change",
    [
        {("reason",): "khác hẳn"},
        {("replaces",): "0" * 64},
        {("result", "scorecard", "total"): 9_999},
        {("entries",): {}},
        {("version",): 3},
        {("by",): 7},
    ],
    ids=str,
)
def test_a_version_altered_in_any_field_is_named(month: Month, change: Any) -> None:
    month.correct(WAIVE)
    month.store.commit([patch(REF, change)])
    assert REF.path in month.findings()


def test_whoever_gave_the_work_waives_nothing_of_it_after_the_close_either(month: Month) -> None:
    fields, _ = month.store.documents[refs.assignments(NAME).path]
    fields["assigned_by"] = "quyen"
    with pytest.raises(RefusedError, match="somebody else decides"):
        month.correct(WAIVE)
    assert month.correct(WAIVE, by="pho").version == 2


def test_the_reason_of_a_correction_is_the_reason_for_its_score(month: Month) -> None:
    """From 90 per cent on, scores need a written reason: the correction has one."""
    names = ("conduct", "competence", "initiative")
    made = month.correct(*({**LOWER, "criterion": name, "points": 950} for name in names))
    assert (made.standing, made.version) == ("rated", 2)


def test_a_petition_about_nothing_is_declined_and_holds_no_period(month: Month) -> None:
    petition = Appeal(period=PERIOD, official="moi", at=END, reason="xem lại")
    month.store.commit([create(refs.appeals("don-2"), petition)])
    request = AppealRequest(appeal="don-2", upheld=False, reason="không có kết quả")
    answer_appeal(month, month.schemes, month.caller("quyen"), "a2", request)
    answered = month.store.get(refs.appeals("don-2"))
    assert answered is not None
    assert answered.answer is not None


def test_the_live_scorecard_is_held_to_the_last_version(month: Month) -> None:
    month.correct(WAIVE)
    card = refs.scorecard(PERIOD, OFFICIAL)
    month.store.commit([patch(card, {("total",): 1})])
    assert month.findings() == [card.path]
    del month.store.documents[card.path]
    assert month.findings() == [card.path]


def test_a_version_that_is_gone_is_missed(month: Month) -> None:
    _petition(month)
    request = {"appeal": "don-1", "upheld": True, "reason": "đã xét", "corrects": [LOWER]}
    answer_appeal(
        month, month.schemes, month.caller("quyen"), "a1", AppealRequest.model_validate(request)
    )
    assert month.findings() == []
    del month.store.documents[REF.path]
    # The live scorecard is the version's, which now nothing explains.
    assert month.findings() == [REF.path, refs.scorecard(PERIOD, OFFICIAL).path]


def test_an_entry_behind_the_back_is_no_correction(month: Month) -> None:
    month.correct(WAIVE)
    forged = an_acceptance(at=END + DAY, beyond=True)
    month.store.commit([create(refs.entries(NAME)("forged"), forged)])
    assert month.findings() != []
    with pytest.raises(RefusedError) as refused:
        month.correct(WAIVE)
    assert refused.value.code == "conflict"


def test_a_petition_is_received_once_and_never_without_an_answerer(month: Month) -> None:
    _petition(month)
    received = month.store.get(refs.appeals("don-1"))
    assert received is not None
    assert received.receipt is not None
    assert received.receipt.to == ["pho", "quyen"]
    before = list(month.store.written)
    route_appeal(month, "don-1")
    route_appeal(month, "don-9")
    assert month.store.written == before
    assert month.store.get(refs.inbox("quyen")("appeal.don-1")) is not None


CONDUCT, COMPETENCE, INITIATIVE = (
    {"kind": "criterion", "criterion": name, "points": 900}
    for name in ("conduct", "competence", "initiative")
)


def refusal(month: Month, *items: dict[str, Any]) -> tuple[str, str, str]:
    with pytest.raises(RefusedError) as refused:
        month.correct(*items)
    (fault,) = refused.value.faults
    return refused.value.code, fault.field, fault.reason


def without_scores(by_head: Scoring | None, **official: Any) -> Month:
    """A month that was locked before the head had scored validly."""
    appraisal = put(refs.appraisal(PERIOD, OFFICIAL), an_appraisal(by_head=by_head))
    return closed(appraisal, put(refs.officials(OFFICIAL), an_official(**official)))


@pytest.mark.parametrize(
    "by_head",
    [
        None,
        a_scoring(by="binh", scores={"conduct": 800}),
        a_scoring(by="binh", scores=full_marks(950), note=None),
        a_scoring(by="binh", scores={**full_marks(800), "charm": 800}),
    ],
    ids=["nobody scored", "two criteria are missing", "the reason is", "a criterion is unknown"],
)
def test_whoever_was_not_scored_is_scored_by_a_correction(by_head: Scoring | None) -> None:
    month = without_scores(by_head)
    assert month.standing().result.scorecard.standing == "not_assessed"
    made = month.correct(CONDUCT, COMPETENCE, INITIATIVE)
    assert (made.standing, made.version, made.total) == ("rated", 2, 9117)
    assert month.findings() == []


def test_scores_that_nobody_gave_are_given_whole() -> None:
    month = without_scores(None)
    code, field_, reason = refusal(month, CONDUCT, INITIATIVE)
    assert (code, field_) == ("invalid", "corrects")
    assert "nobody scored competence: give these too" in reason


def test_a_petition_of_somebody_not_scored_is_upheld_by_scores() -> None:
    month = without_scores(None)
    _petition(month)
    given = [CONDUCT, COMPETENCE, INITIATIVE]
    request = {"appeal": "don-1", "upheld": True, "reason": "chưa được chấm", "corrects": given}
    answer_appeal(
        month, month.schemes, month.caller("quyen"), "a1", AppealRequest.model_validate(request)
    )
    assert month.standing().result.scorecard.standing == "rated"
    assert month.findings() == []


def test_a_head_without_statements_is_given_both() -> None:
    head = a_posting(duty="head")
    month = without_scores(None, postings=[head])
    names = {
        one.id: one
        for one in components(a_scheme().root("head"))
        if isinstance(one, Statement) and one.derived is None
    }
    stated = [
        {"kind": "statement", "statement": name, "option": min(one.options)}
        for name, one in names.items()
    ]
    made = month.correct(CONDUCT, COMPETENCE, INITIATIVE, *stated)
    assert made.standing == "rated"
    assert month.findings() == []


@pytest.mark.parametrize(
    ("item", "code", "field_"),
    [
        ({**CONDUCT, "criterion": "charm"}, "missing", "corrects.0.criterion"),
        ({**CONDUCT, "points": 1001}, "invalid", "corrects.0.points"),
        ({**CONDUCT, "unit": "tinh"}, "missing", "corrects.0.unit"),
        (
            {"kind": "statement", "statement": "e", "option": "yes"},
            "missing",
            "corrects.0.statement",
        ),
        (
            {"kind": "indicator", "indicator": "on-time", "value": 90},
            "missing",
            "corrects.0.indicator",
        ),
    ],
    ids=["criterion", "points", "unit", "statement", "indicator"],
)
def test_what_the_scheme_does_not_ask_is_not_given(
    month: Month, item: dict[str, Any], code: str, field_: str
) -> None:
    assert refusal(month, item)[:2] == (code, field_)


def test_the_unit_served_in_last_may_be_named(month: Month) -> None:
    assert month.correct({**LOWER, "unit": UNIT}).version == 2
    assert month.findings() == []


def test_whoever_is_rated_otherwise_is_told_and_may_contest_it_also_after_final(
    month: Month,
) -> None:
    month.store.commit([patch(refs.periods(PERIOD), {("state",): "final"})])
    month.correct(LOWER)
    made = month.store.get(REF)
    told = month.store.get(refs.inbox(OFFICIAL)(f"version.{PERIOD}.2"))
    assert made is not None
    assert told is not None
    assert "Trước: 94.17 điểm" in told.body.vi.replace(",", ".")
    assert "Before: 94.17 points" in told.body.en
    assert "Now: 89.17 points" in told.body.en
    assert "It may be contested before" in told.body.en
    assert made.petition_until is not None
    assert made.answer_until is not None
    assert month.clock.now() < made.petition_until < made.answer_until


def test_whoever_is_decided_otherwise_than_computed_is_told_why(month: Month) -> None:
    notice = None
    for rating, told in (("excellent", False), ("good", True)):
        choice = {"official": OFFICIAL, "rating": rating, "reason": "vượt chỉ tiêu xếp loại"}
        request = DecideRequest.model_validate({"period": PERIOD, "decisions": [choice]})
        decide(month, month.schemes, month.caller("quyen"), rating, request)
        notice = month.store.get(refs.inbox(OFFICIAL)(f"decided.{PERIOD}.1"))
        assert (notice is not None) is told
    assert notice is not None
    assert "vượt chỉ tiêu xếp loại" in notice.body.vi
    assert "Computed: " in notice.body.en


@pytest.mark.parametrize(
    ("about", "item", "field_"),
    [
        ({"assignment": NAME}, LOWER, "corrects.0.criterion"),
        ({"criterion": "conduct"}, WAIVE, "corrects.0.assignment"),
        ({"criterion": "initiative"}, LOWER, "corrects.0.criterion"),
    ],
    ids=["work", "a criterion", "another criterion"],
)
def test_a_petition_reopens_nothing_that_it_does_not_name(
    month: Month, about: dict[str, Any], item: dict[str, Any], field_: str
) -> None:
    _petition(month, **about)
    request = {"appeal": "don-1", "upheld": True, "reason": "đã xét", "corrects": [item]}
    with pytest.raises(RefusedError) as refused:
        answer_appeal(
            month, month.schemes, month.caller("quyen"), "a1", AppealRequest.model_validate(request)
        )
    assert refused.value.code == "conflict"
    assert [one.field for one in refused.value.faults] == [field_]
    assert month.standing().version.number == 1


@pytest.mark.parametrize("about", [{"assignment": NAME}, {}], ids=["named", "at large"])
def test_what_a_petition_names_is_put_right(month: Month, about: dict[str, Any]) -> None:
    _petition(month, **about)
    request = {"appeal": "don-1", "upheld": True, "reason": "đã xét", "corrects": [WAIVE]}
    answer_appeal(
        month, month.schemes, month.caller("quyen"), "a1", AppealRequest.model_validate(request)
    )
    assert month.total() == 10_000


def _petition(month: Month, **about: Any) -> None:
    petition = {"period": PERIOD, "official": OFFICIAL, "at": END + DAY, **about}
    appeal = Appeal.model_validate({**petition, "reason": "đề nghị xem lại"})
    month.store.commit([create(refs.appeals("don-1"), appeal)])
    route_appeal(month, "don-1")

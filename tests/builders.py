"""Test data: each builder makes a valid value and takes what the test cares about."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast

from google.cloud.firestore_v1._helpers import decode_dict, encode_dict

from shared.models.appraisal import Appraisal, Scoring
from shared.models.assignment import Assignment, Folded
from shared.models.catalogue import Product
from shared.models.correction import Correction
from shared.models.decision import Decision
from shared.models.entry import (
    Accepted,
    Assigned,
    Cancelled,
    CarriedOver,
    Corrected,
    DeadlineMoved,
    Entry,
    ExemptionDecided,
    ExemptionRequested,
    Progress,
    Reassigned,
    Retracted,
    Returned,
    Submission,
)
from shared.models.holidays import Holidays, SpecialDay
from shared.models.measurement import Measured, Measurement
from shared.models.official import Official, Posting
from shared.models.period import Period
from shared.models.position import Asked, Position
from shared.models.result import Result
from shared.models.scheme import Criterion, Indicator, Scheme, Source, Title, Words
from shared.models.scorecard import Assessment, Contribution, Override, Scorecard
from shared.models.unit import Unit
from shared.scoring.contribution import contribute
from shared.scoring.correction import Given, correct
from shared.scoring.digest import digest, sealed
from shared.scoring.fold import fold_all
from shared.scoring.result import freeze
from shared.scoring.scorecard import score
from shared.usecases.schemes import shipped

START = datetime(2026, 10, 1, tzinfo=UTC)
DUE = datetime(2026, 10, 20, 10, tzinfo=UTC)
END = datetime(2026, 11, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)

PERIOD = "2026-10"
UNIT = "ubnd-a"
OFFICIAL = "an"
HEAD = "binh"
SCHEME = "decree-335@1"
CRITERIA = ("conduct", "competence", "initiative")

History = Mapping[str, Entry]
"""Entries by their id."""


def assignment_id(suffix: str = "w1") -> str:
    return f"{PERIOD}_{UNIT}_{OFFICIAL}_{suffix}"


def a_scheme(**changes: Any) -> Scheme:
    return Scheme.model_validate({**_decree().fields(), **changes}) if changes else _decree()


@cache
def _decree() -> Scheme:
    return shipped(SCHEME)


def an_assignment(history: History | None = None, **changes: Any) -> Assignment:
    """With the entries of `history` folded in."""
    terms = {
        "period": PERIOD,
        "unit": UNIT,
        "path": ["tinh", UNIT],
        "official": OFFICIAL,
        "approver": HEAD,
        "product": "permit",
        "title": "Cấp giấy phép xây dựng",
        "k": 1000,
        "quantity": 1,
        "due": DUE,
        "period_end": END,
        "scheme": SCHEME,
        "assigned_at": START,
        "assigned_by": HEAD,
        "folded": fold_all((history or {}).items()),
    }
    return Assignment.model_validate(terms | changes)


def assigned(**changes: Any) -> Assigned:
    return Assigned.model_validate({"by": HEAD, "at": START} | changes)


def some_progress(**changes: Any) -> Progress:
    return Progress.model_validate({"by": OFFICIAL, "at": DUE - DAY, "percent": 50} | changes)


def a_submission(**changes: Any) -> Submission:
    return Submission.model_validate({"by": OFFICIAL, "at": DUE - DAY, "quantity": 1} | changes)


def an_acceptance(**changes: Any) -> Accepted:
    return Accepted.model_validate({"by": HEAD, "at": DUE, "submission": "s1"} | changes)


def a_return(**changes: Any) -> Returned:
    fact = {"by": HEAD, "at": DUE - DAY / 2, "faults": 1, "reason": "thiếu chữ ký"}
    return Returned.model_validate(fact | changes)


def a_retraction(**changes: Any) -> Retracted:
    fact = {"by": HEAD, "at": DUE, "submission": "s1", "reason": "hồ sơ được mở lại"}
    return Retracted.model_validate(fact | changes)


def a_corrected_return(**changes: Any) -> Corrected:
    fact = {"by": HEAD, "at": DUE, "returned": "r1", "faults": 0, "reason": "ghi nhầm"}
    return Corrected.model_validate(fact | changes)


def a_moved_deadline(**changes: Any) -> DeadlineMoved:
    fact = {"by": HEAD, "at": DUE - DAY, "due": DUE + DAY, "reason": "chờ ý kiến sở"}
    return DeadlineMoved.model_validate(fact | changes)


def a_reassignment(**changes: Any) -> Reassigned:
    fact = {
        "by": HEAD,
        "at": DUE - DAY,
        "quantity": 1,
        "successor": f"{PERIOD}_{UNIT}_chi_w1",
        "reason": "chuyển việc",
    }
    return Reassigned.model_validate(fact | changes)


def a_cancellation(**changes: Any) -> Cancelled:
    fact = {"by": HEAD, "at": DUE - DAY, "quantity": 1, "reason": "không còn cần"}
    return Cancelled.model_validate(fact | changes)


def a_carry_over(**changes: Any) -> CarriedOver:
    fact = {
        "by": HEAD,
        "at": END - DAY,
        "quantity": 1,
        "successor": f"2026-11_{UNIT}_{OFFICIAL}_w1",
        "reason": "làm tiếp kỳ sau",
    }
    return CarriedOver.model_validate(fact | changes)


def an_exemption_request(**changes: Any) -> ExemptionRequested:
    fact = {"by": OFFICIAL, "at": DUE + DAY, "reason": "mưa lũ", "evidence": ["cv-12"]}
    return ExemptionRequested.model_validate(fact | changes)


def an_exemption(**changes: Any) -> ExemptionDecided:
    fact = {
        "by": "tham-quyen",
        "at": DUE + 2 * DAY,
        "request": "x1",
        "lates_waived": 0,
        "faults_waived": 0,
        "reason": "thiên tai",
    }
    return ExemptionDecided.model_validate(fact | changes)


def delivered(times: int = 1, **submission: Any) -> dict[str, Entry]:
    """So many submissions `s1`, `s2` …, each accepted."""
    history: dict[str, Entry] = {}
    for number in range(1, times + 1):
        history[f"s{number}"] = a_submission(**submission)
        history[f"ok{number}"] = an_acceptance(submission=f"s{number}", at=END)
    return history


def a_contribution(history: History | None = None, **changes: Any) -> Contribution:
    return contribute(an_assignment(history, **changes), a_scheme())


def an_override(**changes: Any) -> Override:
    fact = {"kind": "reprimand", "at": DUE, "reason": "vi phạm công vụ", "by": "tham-quyen"}
    return Override.model_validate(fact | changes)


def full_marks(points: int = 1000) -> dict[str, int]:
    return dict.fromkeys(CRITERIA, points)


def a_scorecard(*contributions: Contribution, **changes: Any) -> Scorecard:
    inputs: dict[str, Any] = {
        "period": PERIOD,
        "official": OFFICIAL,
        "scheme": a_scheme(),
        "path": ["tinh", UNIT],
        "contributions": {assignment_id(f"w{n}"): one for n, one in enumerate(contributions)},
    }
    if "assessments" not in changes:
        inputs["assessments"] = an_assessment(changes.pop("general", full_marks()))
    return score(**(inputs | changes))


def an_assessment(criteria: Mapping[str, int] | None = None, **more: Any) -> dict[str, Assessment]:
    """Of the period; without criteria the head has not scored."""
    fields = {"criteria": dict(sorted((criteria or {}).items())), **more}
    return {PERIOD: Assessment.model_validate(fields)}


def a_result(scorecard: Scorecard | None = None, **changes: Any) -> Result:
    scorecard = scorecard or a_scorecard(a_contribution(delivered()))
    given: dict[str, Any] = {
        "unit": UNIT,
        "name": "Nguyễn Văn An",
        "assignments": len(scorecard.contributions),
        "entries": 3,
        "refused": [],
        "sources": digest("sources"),
    }
    return freeze(scorecard, **(given | changes))


def a_decision(result: Result | None = None, **changes: Any) -> Decision:
    """As computed."""
    result = result or a_result()
    record = {
        "period": result.scorecard.period,
        "official": result.scorecard.official,
        "unit": result.unit,
        "path": ["tinh", result.unit],
        "computed": result.scorecard.rating or "completed",
        "rating": result.scorecard.rating or "completed",
        "result": result.digest,
        "by": "tham-quyen",
        "at": END + DAY,
    }
    return Decision.model_validate(record | changes)


def a_measurement(
    kind: str = "official", subject: str = OFFICIAL, period: str = PERIOD, **values: int
) -> Measurement:
    measured = {
        name: Measured(value=value, source="cổng dịch vụ công", by="to-chuc", at=END)
        for name, value in values.items()
    }
    record = {"period": period, "kind": kind, "subject": subject, "values": measured}
    return Measurement.model_validate(record)


def a_correction(result: Result | None = None, **changes: Any) -> Correction:
    """Of a criterion's score."""
    before = result or a_result()
    scores = {before.scorecard.period: {"conduct": 500}}
    after = correct(before, a_scheme(), contributions={}, given=Given(scores), entries=0)
    record = {
        "version": 2,
        "replaces": before.digest,
        "result": after,
        "path": ["tinh", before.unit],
        "criteria": scores,
        "reason": "chấm nhầm",
        "by": "tham-quyen",
        "at": END + DAY,
        "digest": "0" * 64,
    }
    return sealed(Correction.model_validate(record | changes))


def a_unit(**changes: Any) -> Unit:
    record = {"name": "UBND xã A", "parent": "tinh", "path": ["tinh", UNIT], "head": HEAD}
    return Unit.model_validate(record | changes)


def a_posting(**changes: Any) -> Posting:
    return Posting.model_validate({"unit": UNIT, "start": START - 90 * DAY} | changes)


def an_asked(**changes: Any) -> Asked:
    """One criterion of 10 points, and the rate of dossiers on time from 80 to 100 per cent."""
    title = Title(vi="Phục vụ", en="Service")
    rate = {"kind": "indicator", "id": "on-time", "title": title, "weight": 100, "absent": "zero"}
    record = {
        "since": START,
        "criteria": [Criterion(id="manner", title=title, weight=100, most=1000)],
        "indicators": [Indicator.model_validate({**rate, "start": 80, "target": 100})],
        "source": a_source(),
    }
    return Asked.model_validate(record | changes)


def a_position(**changes: Any) -> Position:
    record = {"title": "Một cửa", "products": [], "asks": [an_asked()]}
    return Position.model_validate(record | changes)


def an_official(**changes: Any) -> Official:
    record = {
        "name": "Nguyễn Văn An",
        "roles": ["official"],
        "unit": UNIT,
        "postings": [a_posting()],
        "units": [UNIT],
    }
    return Official.model_validate(record | changes)


def a_product(**changes: Any) -> Product:
    record = {"title": "Giấy phép", "measure": "bộ", "group": 1, "points": 100, "k": 1000}
    return Product.model_validate(record | changes)


def a_source() -> Source:
    return Source(
        text=Words(vi="Công văn của tỉnh", en="A letter of the province"), confidence="local"
    )


def some_holidays(year: int, off: Sequence[str] = (), worked: Sequence[str] = ()) -> Holidays:
    def special(days: Sequence[str]) -> list[SpecialDay]:
        return [SpecialDay(day=day, title=Title(vi="Nghỉ", en="Off")) for day in days]

    return Holidays(year=year, off=special(off), worked=special(worked), source=a_source())


def a_period(**changes: Any) -> Period:
    record = {
        "id": PERIOD,
        "kind": "month",
        "start": START,
        "end": END,
        "closes_at": END + 5 * DAY,
        "time_zone": "Asia/Ho_Chi_Minh",
        "scheme": SCHEME,
        "state": "open",
    }
    return Period.model_validate(record | changes)


def a_scoring(**changes: Any) -> Scoring:
    record = {"by": HEAD, "at": END, "scores": full_marks(), "note": "làm tốt, đúng hạn"}
    return Scoring.model_validate(record | changes)


def an_appraisal(**changes: Any) -> Appraisal:
    record = {"period": PERIOD, "official": OFFICIAL, "by_head": a_scoring()}
    return Appraisal.model_validate(record | changes)


def every_entry() -> dict[str, Entry]:
    """One entry of each kind, by its kind."""
    entries: list[Entry] = [
        assigned(),
        some_progress(),
        a_submission(),
        an_acceptance(),
        a_return(),
        a_retraction(),
        a_corrected_return(),
        a_moved_deadline(),
        a_reassignment(),
        a_cancellation(),
        a_carry_over(),
        an_exemption_request(),
        an_exemption(),
    ]
    return {entry.kind: entry for entry in entries}


def through_store(fields: Mapping[str, Any]) -> dict[str, Any]:
    """As the store gives fields back: by way of its wire format, without a server."""
    wire = encode_dict({key: fields[key] for key in sorted(fields)})
    return cast(dict[str, Any], decode_dict(wire, None))


def folded_of(history: History) -> Folded:
    return fold_all(history.items())

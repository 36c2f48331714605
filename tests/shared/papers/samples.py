"""A unit with somebody in every state, as its forms would show it."""

from typing import Any

from shared.models.appraisal import Appraisal
from shared.models.result import Result
from shared.models.scorecard import Assessment, Capacity
from shared.papers.person import Dossier
from shared.scoring.contribution import contribute
from shared.scoring.scorecard import score
from tests.builders import (
    DAY,
    DUE,
    PERIOD,
    History,
    a_moved_deadline,
    a_period,
    a_result,
    a_return,
    a_scheme,
    a_scoring,
    a_unit,
    an_assessment,
    an_assignment,
    an_exemption,
    an_exemption_request,
    an_override,
    delivered,
    full_marks,
)

LATE = DUE + DAY
OWN = {"conduct": 1000, "competence": 950, "initiative": 900}
HEADS = {"conduct": 950, "competence": 900, "initiative": 775}
WORK: dict[str, dict[str, Any]] = {
    "w1": {"title": "Thẩm định hồ sơ cấp giấy phép xây dựng nhà ở riêng lẻ", "quantity": 3},
    "w2": {"title": "Báo cáo tình hình quản lý đất đai", "k": 2500},
    "w3": {"title": "Đề án chuyển đổi số giai đoạn 2026-2030", "k": 5000},
    "w4": {"title": "Trả lời kiến nghị của người dân, doanh nghiệp"},
}
HISTORIES: dict[str, History] = {
    "w1": {**delivered(3), "r1": a_return()},
    "w2": {**delivered(at=LATE)},
    "w3": {
        **delivered(at=LATE),
        "x1": an_exemption_request(),
        "d1": an_exemption(lates_waived=1),
        "m1": a_moved_deadline(due=DUE + DAY / 2),
    },
    "w4": {},
}


def a_dossier(**changes: Any) -> Dossier:
    """An official's, with late, returned, exempted and unfinished work."""
    scheme = changes.pop("scheme", a_scheme())
    work = {
        f"{PERIOD}_ubnd-a_an_{name}": an_assignment(HISTORIES[name], **terms)
        for name, terms in WORK.items()
    }
    card = score(
        period=PERIOD,
        official="an",
        scheme=scheme,
        path=["tinh", "ubnd-a"],
        contributions={name: contribute(one, scheme) for name, one in work.items()},
        assessments=changes.pop("assessments", an_assessment(HEADS)),
        capacity=changes.pop("capacity", Capacity()),
    )
    appraisal = Appraisal(
        period=PERIOD,
        official="an",
        by_self=a_scoring(by="an", scores=OWN, note="Hoàn thành tốt phần việc được giao."),
        by_head=a_scoring(scores=HEADS, note="Cần chủ động hơn khi phối hợp."),
    )
    given: dict[str, Any] = {
        "period": a_period(state="review"),
        "scheme": scheme,
        "result": frozen(card, "Nguyễn Thị Phượng"),
        "unit": a_unit(),
        "above": "UBND tỉnh Thái Nguyên",
        "position": "Chuyên viên địa chính - xây dựng",
        "head": "Trần Văn Bình",
        "appraisals": {PERIOD: appraisal},
        "work": work,
    }
    return Dossier(**(given | changes))


def a_heads_dossier() -> Dossier:
    """With statements, a fact against the person and party gates."""
    told = Assessment(
        criteria=full_marks(),
        statements={"d": "yes", "dd": "no", "e": "yes"},
        overrides=[an_override()],
    )
    capacity = Capacity(subject="head", party_member=True)
    return a_dossier(assessments={PERIOD: told}, capacity=capacity)


def frozen(card: Any, name: str) -> Result:
    return a_result(card, unit="ubnd-a", name=name, entries=9)

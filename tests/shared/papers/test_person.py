"""Forms 01 and 02: every number behind a rating, and nothing where there is none."""

from typing import Any

import pytest

from shared.models.scorecard import Assessment, Capacity
from shared.papers.paper import Amount, Facts, Paper, Table, Text
from shared.papers.person import (
    CRITERIA,
    GATES,
    TREE,
    WORK,
    Decided,
    Dossier,
    comma,
    decision_form,
    self_form,
)
from tests.builders import PERIOD, a_scoring, an_appraisal, an_assessment, an_override
from tests.shared.papers.samples import HEADS, OWN, a_dossier, a_heads_dossier


def table(paper: Paper, columns: object) -> list[list[Any]]:
    return [
        list(row)
        for block in paper.blocks
        if isinstance(block, Table) and block.columns is columns
        for row in block.rows
    ]


def facts(paper: Paper) -> dict[str, str]:
    return {
        name: value
        for block in paper.blocks
        if isinstance(block, Facts)
        for name, value in block.pairs
    }


def texts(paper: Paper) -> str:
    return "\n".join(block.text for block in paper.blocks if isinstance(block, Text))


def test_each_piece_of_work_with_its_numbers_and_what_explains_them() -> None:
    rows = table(self_form(a_dossier()), WORK)
    card = a_dossier().card
    assert [row[4:9] for row in rows[:-1]] == [
        [one.quantity, one.done, one.beyond, one.lates, one.fails]
        for one in card.contributions.values()
    ]
    assert rows[2][2] == "21/10/2026"
    assert rows[2][10] == "dời hạn; miễn 1 lần chậm"
    assert rows[-1][1:] == ["Cộng", "", None, 6, 5, 0, 1, 1, Amount(11_500, 3), ""]


def test_each_component_with_its_share_and_points() -> None:
    dossier = a_heads_dossier()
    rows = table(decision_form(dossier), TREE)
    nodes = dossier.card.nodes
    assert [(row[2], row[3]) for row in rows] == [
        (Amount(nodes[one].share), Amount(nodes[one].points))
        for one in ("total", "general", "task", "a", "b", "c", "d", "dd", "e")
    ]
    assert rows[2][1] == "(a + b + c + d + đ + e) / 6"


def test_self_and_head_side_by_side_with_the_difference() -> None:
    rows = table(self_form(a_dossier()), CRITERIA)
    assert [row[3:] for row in rows[:-1]] == [
        [Amount(OWN[one]), Amount(HEADS[one]), Amount(HEADS[one] - OWN[one])] for one in OWN
    ]
    assert rows[-1][2:] == [Amount(3000), Amount(2850), Amount(2625), Amount(-225)]


def test_who_has_not_scored_leaves_an_empty_place() -> None:
    own = an_appraisal(by_self=a_scoring(by="an", scores=OWN), by_head=None)
    dossier = a_dossier(assessments=an_assessment(), appraisals={PERIOD: own})
    rows = table(self_form(dossier), CRITERIA)
    assert [row[4:] for row in rows] == [[None, None]] * 4
    assert facts(self_form(dossier))["Xếp loại"] == "Chưa chấm tiêu chí chung"
    assert "Tổng điểm" in facts(self_form(dossier))


def test_a_score_of_no_criterion_is_named() -> None:
    dossier = a_dossier(assessments=an_assessment({"manners": 500}), appraisals={})
    rows = table(self_form(dossier), CRITERIA)
    assert rows[3][1:] == ["manners (không có trong quy chế)", None, None, Amount(500), None]


def test_every_gate_and_the_one_that_decided() -> None:
    form = decision_form(a_heads_dossier())
    assert [row[3] for row in table(form, GATES)] == [
        "không đạt",
        "đạt",
        "không đạt",
        "không đạt",
        "không đạt",
    ]
    assert facts(form)["Mức theo điểm"] == "Hoàn thành xuất sắc nhiệm vụ"
    assert facts(form)["Xếp loại theo quy chế"] == "Không hoàn thành nhiệm vụ"
    assert facts(form)["Căn cứ quyết định"].startswith("Kết luận suy thoái")
    assert "reprimand, 20/10/2026, tham-quyen ghi: vi phạm công vụ" in texts(form)


def test_what_is_decided_is_said_and_what_is_not_is_left_to_be_written() -> None:
    decided = Decided("good", "thành tích nổi bật", "Lê Quyền", "06/11/2026")
    form = decision_form(a_dossier(decided=decided))
    assert facts(form)["Xếp loại"] == "Hoàn thành tốt nhiệm vụ"
    assert facts(form)["Lý do"] == "thành tích nổi bật"
    assert form.signatures[1].name == "Lê Quyền"
    assert set(facts(decision_form(a_dossier()))["Lý do"]) == {"…"}


def test_each_side_says_its_part() -> None:
    assert "phần việc được giao" in texts(self_form(a_dossier()))
    assert "Cần chủ động" not in texts(self_form(a_dossier()))
    assert "Cần chủ động" in texts(decision_form(a_dossier()))


def test_leave_is_a_state_and_no_zero() -> None:
    away = {PERIOD: Assessment(away=True)}
    form = self_form(a_dossier(assessments=away, appraisals={}))
    assert facts(form)["Nghỉ, không tính"] == "tháng 10 năm 2026"
    assert all(row[2:] == [None, None] for row in table(form, TREE))


def test_months_of_a_quarter_each_with_its_scores() -> None:
    months = {"2026-09": Assessment(criteria=HEADS), "2026-10": Assessment(criteria=OWN)}
    form = self_form(a_dossier(assessments=months))
    assert "Tháng 9 năm 2026:" in texts(form)
    assert len(table(form, CRITERIA)) == 8


def test_terms_that_cannot_be_read_leave_the_product() -> None:
    rows = table(self_form(a_dossier(work={})), WORK)
    assert [row[1] for row in rows[:-1]] == ["permit"] * 4


def test_entries_that_were_refused_are_named() -> None:
    dossier = a_dossier()
    bad = [{"path": "assignments/x/entries/y", "reason": "kind: unknown"}]
    result = dossier.result.model_validate(
        {**dossier.result.fields(), "refused": bad, "refused_count": 1}
    )
    assert "assignments/x/entries/y: kind: unknown" in texts(self_form(a_dossier(result=result)))


@pytest.mark.parametrize("capacity", [Capacity(), Capacity(subject="head", party_member=True)])
def test_facts_that_no_gate_names_are_shown_too(capacity: Capacity) -> None:
    told = {PERIOD: Assessment(criteria=HEADS, overrides=[an_override(kind="praise")])}
    dossier: Dossier = a_dossier(assessments=told, capacity=capacity)
    assert "Sự việc praise" in texts(self_form(dossier))


def test_only_points_between_digits_become_commas() -> None:
    assert comma("(10·9.50/10.00) mục 1. Hết. 3.") == "(10·9,50/10,00) mục 1. Hết. 3."

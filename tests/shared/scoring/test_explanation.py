from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.models.scheme import Scheme
from shared.models.scorecard import Assessment, Capacity, Contribution, Scorecard
from shared.scoring.explanation import added, explain
from shared.scoring.scorecard import read
from tests.builders import (
    DAY,
    DUE,
    TICK,
    a_carry_over,
    a_contribution,
    a_moved_deadline,
    a_return,
    a_scheme,
    a_scorecard,
    an_assessment,
    an_exemption,
    an_override,
    assignment_id,
    delivered,
    full_marks,
)
from tests.strategies import histories
from tests.trees import SOURCE, TITLE, scheme_of

SCHEME = a_scheme()
HEAD = Capacity(subject="head", party_member=True)
rows = st.builds(a_contribution, histories, k=st.integers(1, 5000), quantity=st.integers(1, 9))


def words(card: Scorecard, scheme: Scheme = SCHEME) -> str:
    return "\n".join(f"{line.en}\n{line.vi}" for line in explain(card, scheme))


@given(st.lists(rows, max_size=4))
def test_what_all_assignments_add_makes_up_the_task_points(rows: list[Contribution]) -> None:
    card = a_scorecard(*rows)
    shares = [added(row, read(card, SCHEME)) for row in rows]
    assert all(0 <= one <= 7000 for one in shares)
    assert abs(sum(shares) - (card.points("task") or 0)) <= Fraction(len(shares) + 1, 2)


def test_an_explanation_names_every_number_behind_the_score() -> None:
    late, failed = delivered(at=DUE + DAY), delivered() | {"r1": a_return()}
    rows = [a_contribution(delivered())] * 7 + [a_contribution(late), a_contribution(failed)]
    told = words(a_scorecard(*rows, a_contribution()))
    for text in (
        "decree-335@1",
        "a: quantity = 9/10 = 90.00 % × 23.33 = 21.00",
        "b: quality = (less 25 % per failed check) 8.75/10 = 87.50 %",
        "Task results = (a + b + c) / 3 = 88.33 % × 70.00 = 61.83",
        "General criteria = (10·10.00/10.00 + 10·10.00/10.00 + 10·10.00/10.00) / 30 = 100.00 %",
        "Total = (30·general + 70·task) / 100",
        "Total = 91.83 ≥ 90.00: Excellent (decided by the score)",
        "Tổng = 91.83 ≥ 90.00: Hoàn thành xuất sắc nhiệm vụ (quyết định bởi điểm)",
        "source (law)",
        "nguồn (hướng dẫn)",
    ):
        assert text in told


def test_an_explanation_says_what_is_missing_instead_of_a_zero() -> None:
    nothing = words(a_scorecard())
    assert "no work was assigned: insufficient data, which is no zero" in nothing
    assert "Not rated: insufficient data" in nothing
    assert "the head has not scored all of it" in words(a_scorecard(a_contribution(), general={}))
    above = full_marks() | {"conduct": 1001, "charm": 1}
    told = words(a_scorecard(a_contribution(), general=above))
    assert "do not count (missing, unknown or off the scale): charm, conduct" in told
    away = a_scorecard(assessments=an_assessment(away=True))
    assert "Not rated: on leave throughout" in words(away)


def test_an_explanation_names_what_happened_to_the_work_and_the_rule_behind_it() -> None:
    history = delivered(at=DUE + DAY) | {
        "m1": a_moved_deadline(at=DUE + TICK),
        "o1": a_carry_over(quantity=2),
        "d1": an_exemption(lates_waived=1),
    }
    before = "2026-09_ubnd-a_an_w1"
    told = words(a_scorecard(a_contribution(history, quantity=3, continues=before)))
    for text in (
        f"; continues {before}; 2 carried over to a later period",
        "; deadline moved after it fell due, 1 ×; waived for an objective cause: 1 late, 0 failed",
        f"; tiếp nối {before}; 2 chuyển sang kỳ sau; dời hạn khi đã quá hạn, 1 lần",
        "; được miễn vì nguyên nhân khách quan: 1 lần chậm, 0 lỗi",
        "only the authority may waive it: this project's reading",
        "an objective cause that the competent authority has confirmed",
        "since the denominator is work assigned",
    ):
        assert text in told
    assert "only the authority may waive it" not in words(a_scorecard(a_contribution(delivered())))


def test_work_excused_from_being_delivered_leaves_every_share_and_gate_and_says_so() -> None:
    excused = a_contribution({"d1": an_exemption(lates_waived=1)})
    card = a_scorecard(a_contribution(delivered()), excused, capacity=Capacity(party_member=True))
    assert [card.share(name) for name in "abc"] == [10_000] * 3
    assert card.gate == "beyond"
    told = words(card)
    assert "; 1 not delivered for that cause, left out of what was assigned" in told
    assert "; 1 đơn vị không giao được vì vậy, không tính là việc được giao" in told


def test_a_year_of_a_month_and_a_quarter_says_how_each_weighs() -> None:
    told = {
        "2026-01": an_assessment(full_marks(900))["2026-10"],
        "2026-Q3": an_assessment(full_marks(600))["2026-10"],
    }
    said = words(a_scorecard(a_contribution(delivered()), period="2026", assessments=told))
    terms = [f"(10·{n}/10.00 + 10·{n}/10.00 + 10·{n}/10.00) / 30" for n in ("9.00", "6.00")]
    assert f"mean by months 1 × {terms[0]}; 3 × {terms[1]} = 67.50 %" in said


def test_what_leave_takes_out_of_a_year_adds_nothing_and_says_so() -> None:
    told = {**an_assessment(full_marks()), "2026-09": Assessment(away=True)}
    rows = {"2026-09_p1_an_w1": a_contribution(delivered()), assignment_id(): a_contribution()}
    said = words(a_scorecard(period="2026", contributions=rows, assessments=told))
    assert "w1: assigned 1, done 1, K = 1.000: not counted, on leave throughout its period" in said
    assert "adds 0.00 points" in said


def test_a_head_reads_each_answer_and_what_was_left_out() -> None:
    said = an_assessment(full_marks(), statements={"dd": "yes", "e": "no"})
    told = words(a_scorecard(a_contribution(delivered()), assessments=said, capacity=HEAD))
    assert "Task results = (a + b + c + dd + e) / 5" in told
    assert "not stated: left out, the others share its weight" in told
    assert "e: unites the staff = no = 50.00 % × 14.00 = 7.00" in told


def test_gates_say_what_they_measured_and_which_decided() -> None:
    late = a_contribution(delivered(at=DUE + DAY))
    card = a_scorecard(*[a_contribution(delivered())] * 9, late, capacity=HEAD)
    assert "does not apply (not a party member)" in words(a_scorecard(a_contribution()))
    assert "does not apply (not a head)" in words(a_scorecard(a_contribution()))
    told = words(card.model_copy(update={"total": 9900, "rating": "completed", "gate": "on-time"}))
    assert "90.00 % on time, ≥ 100 % needed: Completed at most" in told
    assert "10.00 % late, ≤ 20 % needed: passed" in told
    assert "Total = 99.00 ≥ 90.00: Excellent" in told
    assert "Rating: Completed (decided by the gate on-time)" in told


def test_facts_are_told_with_who_entered_them_and_idle_ones_too() -> None:
    facts = [an_override().fields(), an_override(kind="medal", reason="khen thưởng").fields()]
    told = words(
        a_scorecard(a_contribution(), assessments=an_assessment(full_marks(), overrides=facts))
    )
    assert "tham-quyen: vi phạm công vụ: Not completed at most" in told
    assert "The scheme does not speak of: medal" in told


def test_indicators_minima_and_caps_are_told_with_their_decimals() -> None:
    node: dict[str, Any] = {"title": TITLE, "absent": "zero", "kind": "indicator"}
    parts = [
        {**node, "id": "x", "start": 10000, "target": 2000, "decimals": 2},
        {**node, "id": "y", "start": -5, "target": 5, "cap": 90},
        {**node, "id": "z", "start": 0, "target": 1},
    ]
    root = {
        "id": "total",
        "kind": "minimum",
        "title": TITLE,
        "absent": "not_assessed",
        "source": SOURCE,
        "parts": parts,
    }
    scheme = scheme_of(root)
    known = an_assessment(indicators={"x": 8000, "y": 4})
    told = words(a_scorecard(scheme=scheme, assessments=known), scheme)
    assert "(80.00 - 100.00) / (20.00 - 100.00) = 25.00 % × 0.00 = 0.00" in told
    assert "(4 - -5) / (5 - -5), ≤ 90 % = 90.00 %" in told
    assert "not measured: counts as zero" in told
    assert "min(x, y, z) = 0.00 %" in told

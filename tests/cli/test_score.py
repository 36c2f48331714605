"""`roviec score` on facts of every kind, and on facts that cannot be scored."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "facts"
SCHEME = ROOT / "shared/schemes/decree-335.json"
Json = dict[str, Any]


@pytest.mark.parametrize(
    ("facts", "standing", "total", "rating", "gate"),
    [
        ("official", "rated", 8733, "good", "score"),
        ("head", "rated", 8558, "good", "score"),
        ("on-leave", "on_leave", None, None, None),
        ("part-of-the-month-on-leave", "rated", 9700, "excellent", "score"),
        ("transfer", "rated", 7654, "good", "score"),
        ("nothing-assigned", "insufficient_data", None, None, None),
        ("exemption", "rated", 9408, "excellent", "score"),
        ("gate-score", "rated", 8800, "good", "score"),
        ("gate-on-time", "rated", 9942, "completed", "on-time"),
        ("reprimand", "rated", 10_000, "not_completed", "discipline"),
        ("year", "rated", 7850, "good", "score"),
        ("position", "rated", 9129, "good", "beyond"),
        ("indicators", "rated", 2500, "not_completed", "score"),
        ("five-point-scale", "rated", 8600, "good", "score"),
    ],
)
def test_each_example_scores_as_computed_by_hand(
    facts: str, standing: str, total: int | None, rating: str | None, gate: str | None
) -> None:
    card = scored(EXAMPLES / f"{facts}.json")
    assert [card.get(name) for name in ("standing", "total", "rating", "gate")] == [
        standing,
        total,
        rating,
        gate,
    ]
    assert all(line["vi"] and line["en"] for line in card["explanation"])


def test_no_example_is_left_out_of_these_tests() -> None:
    [cases] = test_each_example_scores_as_computed_by_hand.pytestmark  # type: ignore[attr-defined]
    assert {path.stem for path in EXAMPLES.iterdir()} == {row[0] for row in cases.args[1]}


@pytest.mark.parametrize(
    ("facts", "english", "vietnamese"),
    [
        ("official", "(a + b + c) / 3 = 88.33 % × 70.00 = 61.83", "Kết quả nhiệm vụ ="),
        ("head", "(a + b + c + d + dd + e) / 6 = 85.83 %", "đ: đơn vị đúng kế hoạch"),
        ("on-leave", "Not rated: on leave throughout", "nghỉ suốt kỳ"),
        ("transfer", "= 68.75 %", "bình quân"),
        ("nothing-assigned", "which is no zero", "không phải 0"),
        ("exemption", "flooded: assigned 1, done 1, failed checks 0, late 0", "refused: giao 1"),
        ("gate-score", "(decided by the score)", "(quyết định bởi điểm)"),
        ("gate-on-time", "(decided by the gate on-time)", "điều kiện on-time"),
        ("reprimand", "(decided by the gate discipline)", "vi phạm quy định công vụ"),
        ("indicators", "(40 - 20) / (100 - 20) = 25.00 %", "chưa đo: bỏ qua"),
        ("indicators", "(80 - 100) / (20 - 100) = 25.00 %", "Ngày xử lý trung bình"),
        ("position", "(50·on-time-rate + 30·satisfied) / 80 = 76.88 %", "Vị trí mot-cua"),
        ("five-point-scale", "50·5.00/5.00 + 30·4.00/5.00 + 20·3.00/5.00", "Tổng điểm ="),
    ],
)
def test_each_example_explains_itself_in_both_languages(
    facts: str, english: str, vietnamese: str
) -> None:
    lines = scored(EXAMPLES / f"{facts}.json")["explanation"]
    assert any(english in line["en"] for line in lines)
    assert any(vietnamese in line["vi"] for line in lines)


def test_the_example_of_the_documentation_scores(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "facts.md").read_text("utf-8")
    [example] = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    nodes = json.loads(run(tmp_path, json.loads(example)).stdout)["nodes"]
    assert (nodes["a"]["share"], nodes["general"]["points"]) == (1667, 2450)


def test_a_scheme_may_be_given_as_data(tmp_path: Path) -> None:
    scheme = json.loads(SCHEME.read_text("utf-8"))
    scheme["penalties"]["per_late"] = 50
    late = json.loads((EXAMPLES / "exemption.json").read_text("utf-8"))["assignments"]["refused"]
    facts = {"scheme": scheme, "period": "2026-10", "assignments": {"late": late}}
    assert json.loads(run(tmp_path, facts).stdout)["nodes"]["c"]["share"] == 5000


def test_what_a_position_asks_unsoundly_is_named(tmp_path: Path) -> None:
    facts = json.loads((EXAMPLES / "position.json").read_text("utf-8"))
    facts["positions"]["mot-cua"]["criteria"][0]["weight"] = 10
    result = run(tmp_path, facts)
    assert (result.exit_code, "positions.mot-cua.criteria" in result.output) == (2, True)
    other = {**facts, "scheme": "decree-335@1"}
    assert "positions.mot-cua: the scheme does not ask for this" in run(tmp_path, other).output


def test_the_local_variant_scores_the_same_work_by_its_own_split(tmp_path: Path) -> None:
    facts = json.loads((EXAMPLES / "official.json").read_text("utf-8"))
    facts["scheme"] = "decree-335-local@1"
    card = json.loads(run(tmp_path, facts).stdout)
    assert card["standing"] == "not_assessed"
    facts["appraisal"] = {"by_head": {"conduct": 1300, "competence": 1200, "initiative": 0}}
    card = json.loads(run(tmp_path, facts).stdout)
    assert (card["nodes"]["general"]["points"], card["gate"]) == (2500, "on-time")


def test_one_quarter_not_completed_bars_excellent_for_the_year(tmp_path: Path) -> None:
    """Of a quarter whose one small product failed four checks: 92.5 for the year all the same."""

    def quarter(number: int, k: int, faults: int, marks: dict[str, int]) -> Json:
        at = f"2026-{3 * number:02}-10T09:00:00+07:00"
        entries: Json = {
            "s1": {"kind": "submission", "by": "an", "at": at, "quantity": 1},
            "a1": {"kind": "accepted", "by": "b", "at": at, "submission": "s1", "beyond": True},
        }
        if faults:
            fault = {"kind": "returned", "by": "b", "at": at, "reason": "sai số liệu"}
            entries["r1"] = {**fault, "faults": faults}
        work = {"w": {"due": f"2026-{3 * number:02}-20T09:00:00+07:00", "k": k, "entries": entries}}
        return {"assignments": work, "appraisal": {"by_head": marks}}

    none = {"conduct": 0, "competence": 0, "initiative": 0}
    full = {"conduct": 1300, "competence": 1200, "initiative": 500}
    pool = {f"2026-Q{number}": quarter(number, 100_000, 0, full) for number in (2, 3, 4)}
    pool["2026-Q1"] = quarter(1, 1, 4, none)
    facts = {"period": "2026", "scheme": "decree-335-local@1", "pool": pool}
    card = json.loads(run(tmp_path, facts).stdout)
    assert (card["total"], card["rating"], card["gate"]) == (9250, "good", "quarter")
    assert card["assessments"]["2026-Q1"]["rating"] == "not_completed"


def unsound() -> Json:
    scheme: Json = json.loads(SCHEME.read_text("utf-8"))
    scheme["subjects"]["head"]["parts"][0]["weight"] = 40
    return scheme


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"period": "2026-13"}, "period"),
        ({"period": "2026-10", "scheme": "none@1"}, "scheme"),
        ({"period": "2026-10", "scheme": unsound()}, "subjects.head.total: the weights add up to"),
        ({"period": "2026-10", "assignments": {"w": {}}}, "assignments.w.due"),
        ({"period": "2026-10", "assignments": {"w": {"due": "tomorrow"}}}, "assignments.w.due"),
        ({"period": "2026-10", "time_zone": "Mars/X"}, "time_zone"),
        ({"period": "2026-10", "time_zone": "Asia"}, "time_zone"),
        ({"period": "9999-12"}, "period"),
        ({"period": "2026-10", "points": 100}, "points"),
        ({"period": "2026-10", "capacity": {"subject": "king"}}, "capacity.subject"),
        ({"period": "2026-10", "statements": {"e": "yes"}}, "statements.e"),
        (
            {"period": "2026-10", "capacity": {"subject": "head"}, "statements": {"e": "maybe"}},
            "statements.e",
        ),
        ({"period": "2026-10", "indicators": {"a": 1}}, "indicators.a"),
        ({"period": "2026", "pool": {"2026-10": {"indicators": {"x": 1}}}}, "pool.2026-10.indic"),
        ({"period": "2026-10", "pool": {"2026-10": {}}}, "pool.2026-10: stands beside the pool"),
        ({"period": "2026-10", "pool": {"october": {}}}, "pool.october"),
        ({"period": "2026-10", "overrides": [{"kind": "reprimand"}]}, "overrides.0.at"),
    ],
)
def test_bad_facts_are_refused_by_their_field(tmp_path: Path, facts: Json, field: str) -> None:
    result = run(tmp_path, facts)
    assert result.exit_code == 2
    assert field in result.output


def scored(path: Path) -> Json:
    result = CliRunner().invoke(app, ["score", str(path)])
    assert result.exit_code == 0, result.output
    card: Json = json.loads(result.stdout)
    return card


def run(tmp_path: Path, facts: Json) -> Result:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts), "utf-8")
    return CliRunner().invoke(app, ["score", str(path)])

"""`roviec score` on the check cases of the domain, and on facts that cannot be scored."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app

ROOT = Path(__file__).parents[2]
Json = dict[str, Any]


def test_five_assigned_one_done_clean(tmp_path: Path) -> None:
    card = scored(tmp_path, {"w0": done(), **{f"w{n}": work() for n in range(1, 5)}})
    assert card["task"]["points"] == 1400


def test_ten_assigned_nine_done_one_late_once_one_failed_once(tmp_path: Path) -> None:
    clean = {f"w{n}": done() for n in range(7)}
    card = scored(tmp_path, {**clean, "late": done(day=21), "failed": failed(), "open": work()})
    assert [card["task"][name] for name in ("a", "b", "c", "points")] == [9000, 8750, 8750, 6183]


def test_nothing_assigned_is_insufficient_data_and_no_zero(tmp_path: Path) -> None:
    card = scored(tmp_path, {}, general=[1000, 1000, 1000])
    assert card["standing"] == "insufficient_data"
    assert card["general_points"] == 3000
    assert "total" not in card
    assert "rating" not in card


def test_a_card_explains_itself_in_both_languages(tmp_path: Path) -> None:
    card = scored(tmp_path, {"w": done()}, general=[900, 900, 700])
    english = "\n".join(line["en"] for line in card["explanation"])
    vietnamese = "\n".join(line["vi"] for line in card["explanation"])
    assert "Task points = (a + b + c) / 3 × 70 = 70.00" in english
    assert "Total = 95.00 ≥ 90.00: Excellent" in english
    assert "Tổng = 95.00 ≥ 90.00: Hoàn thành xuất sắc nhiệm vụ" in vietnamese


def test_the_example_of_the_documentation_scores(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "facts.md").read_text("utf-8")
    [example] = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    card = json.loads(run(tmp_path, json.loads(example)).stdout)
    assert (card["task"]["a"], card["general_points"]) == (1667, 2450)


def test_a_scheme_may_be_given_as_data(tmp_path: Path) -> None:
    scheme = json.loads((ROOT / "shared/schemes/decree-335.json").read_text("utf-8"))
    scheme["task"]["per_late"] = 50
    facts = {"scheme": scheme, "period": "2026-10", "assignments": {"late": done(day=21)}}
    card = json.loads(run(tmp_path, facts).stdout)
    assert card["task"]["c"] == 5000


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"period": "2026-13"}, "period"),
        ({"period": "2026-10", "scheme": "none@1"}, "scheme"),
        ({"period": "2026-10", "assignments": {"w": {}}}, "assignments.w.due"),
        ({"period": "2026-10", "assignments": {"w": {"due": "tomorrow"}}}, "assignments.w.due"),
        ({"period": "2026-10", "time_zone": "Mars/X"}, "time_zone"),
        ({"period": "2026-10", "time_zone": "Asia"}, "time_zone"),
        ({"period": "9999-12"}, "period"),
        ({"period": "2026-10", "points": 100}, "points"),
    ],
)
def test_bad_facts_are_refused_by_their_field(tmp_path: Path, facts: Json, field: str) -> None:
    result = run(tmp_path, facts)
    assert result.exit_code == 2
    assert field in result.output


def scored(tmp_path: Path, assignments: Json, general: list[int] | None = None) -> Json:
    facts: Json = {"period": "2026-10", "assignments": assignments}
    if general is not None:
        names = ("conduct", "competence", "initiative")
        facts["appraisal"] = {"by_head": dict(zip(names, general, strict=True))}
    result = run(tmp_path, facts)
    assert result.exit_code == 0, result.output
    card: Json = json.loads(result.stdout)
    return card


def run(tmp_path: Path, facts: Json) -> Result:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts), "utf-8")
    return CliRunner().invoke(app, ["score", str(path)])


def work(**entries: Json) -> Json:
    return {"due": "2026-10-20T17:00:00+07:00", "entries": entries}


def done(day: int = 19) -> Json:
    at = f"2026-10-{day}T09:00:00+07:00"
    return work(
        s={"kind": "submission", "by": "an", "at": at, "quantity": 1},
        ok={"kind": "accepted", "by": "binh", "at": at, "submission": "s"},
    )


def failed() -> Json:
    at = "2026-10-05T09:00:00+07:00"
    fault = {"kind": "returned", "by": "binh", "at": at, "faults": 1, "reason": "thiếu căn cứ"}
    entries: Json = {**done()["entries"], "r": fault}
    return work(**entries)

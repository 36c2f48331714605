"""`roviec simulate`: on a log, without a store; what is asked wrongly is said in a sentence."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from cli.what_if import altered
from shared.usecases.schemes import shipped
from tests.shared.usecases.test_simulate_cases import LOG, PROFILE

SET = ["--set", "penalties.per_late=100"]


@pytest.fixture
def log(tmp_path: Path) -> list[str]:
    (tmp_path / "log.csv").write_bytes(LOG)
    (tmp_path / "log.toml").write_text(PROFILE, "utf-8")
    return ["--cases", str(tmp_path / "log.csv"), "--profile", str(tmp_path / "log.toml")]


def test_a_log_is_replayed_and_told_in_both_languages(log: list[str]) -> None:
    told = run("2026-10", "decree-335@1", *SET, *log, "--suppose", "100")
    assert told.exit_code == 0, told.output
    assert "decree-335@1 → decree-335-what-if@1; 1 cán bộ, 3 việc" in told.output
    assert "Hoàn thành tốt nhiệm vụ 74,72 → Hoàn thành nhiệm vụ 68,89" in told.output
    assert "vì c: tiến độ: 58.33 % → 33.33 %" in told.output
    assert "because c: progress: 58.33 % → 33.33 %" in told.output


def test_nobody_appraised_so_only_tasks_are_compared(log: list[str]) -> None:
    told = run("2026-10", "decree-335@1", *SET, *log)
    assert "Nobody's rating changes" in told.output
    assert "58,33" in told.output


def test_every_month_as_one_line_of_json(log: list[str]) -> None:
    told = run("all", "decree-335-local@1", *log, "--json")
    assert [json.loads(line)["period"] for line in told.output.splitlines()] == [
        "2026-10",
        "2026-11",
    ]


def test_a_scheme_from_a_file(log: list[str], tmp_path: Path) -> None:
    scheme = altered(shipped("decree-335@1"), ["penalties.per_late=50"])
    (tmp_path / "variant.json").write_text(scheme.model_dump_json(exclude_none=True), "utf-8")
    assert run("2026-10", str(tmp_path / "variant.json"), *log).exit_code == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["2026-10", "none@1"], "none@1 is no file and not shipped: decree-335-local@1"),
        (["2026-12", "decree-335@1"], "no case is due in 2026-12"),
        (["december", "decree-335@1"], "is no month"),
        (["2026-10", "decree-335@1", "--set", "penalties.late=1"], "has no penalties.late"),
        (["2026-10", "decree-335@1", "--set", "penalties.per_late=x"], "no JSON"),
        (["2026-10", "decree-335@1", "--set", "penalties.per_late=101"], "less than or equal"),
        (["2026-10", "decree-335@1", "--set", "ratings.bands=[]"], "ratings.bands"),
        (["2026-10", "missing.json"], "missing.json"),
    ],
)
def test_what_is_asked_wrongly_is_answered_with_a_sentence(
    log: list[str], given: list[str], said: str
) -> None:
    told = run(*given, *log)
    assert told.exit_code == 2
    assert said in " ".join(told.output.split())


def test_setting_nothing_changes_nothing() -> None:
    assert altered(shipped("decree-335@1"), []) == shipped("decree-335@1")


def run(*options: str) -> Result:
    return CliRunner().invoke(app, ["simulate", *options])

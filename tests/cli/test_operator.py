"""What an operator types wrongly is answered with a sentence, before anything is started."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import remote, say
from cli.main import app
from infra.local.emulator import HOST_VARIABLE
from infra.local.people import id_token
from infra.local.process import free_port
from shared import refs
from shared.models.result import UnitResult
from shared.scoring.result import total_unit
from tests.builders import a_result, a_scheme
from tests.functions.test_import_cases import HEADER, PROFILE, ROWS
from tests.world import MONTH, World

ROOT = Path(__file__).parents[2]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "a log [x].csv"
    path.write_text(HEADER + ROWS[0] + "\n", "utf-8")
    return path


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "its profile.toml"
    path.write_text(PROFILE, "utf-8")
    return path


@pytest.mark.parametrize("month", ["foo", "2026-13", "2026", "2026-Q4", "9999-12"])
def test_a_month_that_is_none(month: str) -> None:
    result = run("demo", "--month", month)
    assert result.exit_code == 2
    assert "month" in result.output or "period" in result.output
    assert "starting" not in result.output


def test_a_profile_without_a_log(profile: Path) -> None:
    stopped(run("demo", "--profile", str(profile)), "CASES=file.csv PROFILE=file.toml")


def test_a_log_whose_profile_is_not_there(log: Path) -> None:
    stopped(run("demo", "--cases", str(log)), "profiles/a log [x].toml")


def test_a_profile_in_another_encoding(log: Path, profile: Path) -> None:
    profile.write_bytes(PROFILE.encode("utf-16"))
    stopped(run("demo", "--cases", str(log), "--profile", str(profile)), "is not UTF-8")


def test_a_month_in_which_nothing_is_due(log: Path, profile: Path) -> None:
    options = ["--cases", str(log), "--profile", str(profile), "--month", "2020-01"]
    stopped(run("demo", *options), "the log has 2026-10")


def test_a_profile_that_is_wrong(log: Path, profile: Path) -> None:
    profile.write_text(PROFILE.replace('due = "due"', ""), "utf-8")
    stopped(run("demo", "--cases", str(log), "--profile", str(profile)), "profile.columns.due")


def test_make_quotes_what_it_is_given(log: Path, profile: Path) -> None:
    make = shutil.which("make")
    assert make is not None
    given = [f"CASES={log}", f"PROFILE={profile}", "MONTH=2020-01"]
    run = subprocess.run(
        [make, "--silent", "demo", *given], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "the log has 2026-10" in run.stderr


def test_a_store_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOST_VARIABLE, f"127.0.0.1:{free_port()}")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "demo-none")
    monkeypatch.setattr(remote, "PATIENCE", 1)
    stopped(run("verify", "2026-10"), "FIRESTORE_EMULATOR_HOST")


def test_facts_with_brackets_come_out_as_they_went_in(tmp_path: Path) -> None:
    """With a byte order mark, too, as some editors write it."""
    path = tmp_path / "facts.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"period": "2026-10"}).encode())
    result = run("score", str(path))
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["standing"] == "insufficient_data"


def test_the_fault_in_a_scheme_is_named_by_its_field(tmp_path: Path) -> None:
    scheme = a_scheme().model_dump(mode="json", exclude_none=True) | {"ref": "New"}
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({"period": "2026-10", "scheme": scheme}), "utf-8")
    result = run("score", str(path))
    assert result.exit_code == 2
    assert "ref" in result.output
    assert "function-" not in result.output


@pytest.mark.parametrize("name", ["Phòng [/x]", "[bold]An", "[red", ":smile:"])
def test_names_are_data_and_no_markup(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for console in (say.out, say.err):
        monkeypatch.setattr(console, "width", 200)
    unit = UnitResult.model_validate(a_total() | {"name": name})
    say.unit_table(unit, [a_result(name=name)])
    say.err.print(f"row 1 ({name}): why")
    shown = capsys.readouterr()
    assert shown.out.count(name) == 2
    assert name in shown.err


def test_an_import_of_which_nothing_was_taken_fails(world: World, log: Path, profile: Path) -> None:
    told = run("import", str(log), "--profile", str(profile), *reach(world))
    assert told.exit_code == 0, told.output
    rows = ROWS[0].replace("2026-10-10 17:00", "soon")
    log.write_text(HEADER + rows + "\n", "utf-8")
    told = run("import", str(log), "--profile", str(profile), *reach(world))
    assert told.exit_code == 1
    assert json.loads(told.stdout)["refused"][0]["case"] == "c1"


def test_a_log_that_is_too_large_is_to_be_split(world: World, log: Path, profile: Path) -> None:
    settings = world.stack.wiring.settings.model_copy(update={"max_request_bytes": 100})
    world.stack.wiring.settings = settings
    stopped(run("import", str(log), "--profile", str(profile), *reach(world)), "split it by cases")


def test_a_scheme_is_checked_and_published(world: World, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    scheme = a_scheme(ref="decree-335-thu@1")
    path.write_text(scheme.model_dump_json(exclude_none=True), "utf-8")
    assert "valid" in run("scheme", "check", str(path)).stdout
    for _ in range(2):
        told = run("scheme", "publish", str(path), *reach(world))
        assert (told.exit_code, told.stdout) == (0, "published decree-335-thu@1\n")
    assert world.stack.wiring.store.get(refs.schemes("decree-335-thu@1")) == scheme
    path.write_text(scheme.model_dump_json().replace("thu@1", "THU"), "utf-8")
    stopped(run("scheme", "check", str(path)), "ref")


def reach(world: World) -> list[str]:
    return ["--url", world.stack.url, "--token", id_token(world.stack, "tu")]


def stopped(result: Result, reason: str) -> None:
    assert result.exit_code == 2, result.output
    assert reason in result.output
    assert "starting" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def a_total() -> dict[str, Any]:
    return total_unit("p1", "x", [a_result()], 0).fields()


def test_forms_of_everybody_go_to_a_folder(world: World, tmp_path: Path) -> None:
    world.close()
    given = ["--url", world.stack.url, "--token", id_token(world.stack, "tu")]
    result = run("forms", MONTH, *given, "--out", str(tmp_path / "forms"))
    assert result.exit_code == 0, result.output
    names = {path.name for path in (tmp_path / "forms").iterdir()}
    kinds = [
        f"{form}-{unit}" for form in ("unit", "self", "decision") for unit in ("so", "p1", "p2")
    ]
    assert names == {
        f"{MONTH}-{one}.{end}" for one in [*kinds, "province", "minutes"] for end in ("pdf", "xlsx")
    }
    stopped(run("forms", "2026-09", *given), "has no compiled results yet")


def test_a_score_is_explained_in_either_language(world: World) -> None:
    world.deliver("an", world.assigned("an"))
    world.stack.drain(30)
    given = ["--url", world.stack.url, "--token", id_token(world.stack, "binh")]
    told = run("explain", MONTH, "an", *given)
    assert told.exit_code == 0, told.output
    assert told.output.startswith(f"Kỳ {MONTH} đang diễn ra")
    assert run("explain", MONTH, "an", *given, "--language", "en").output.startswith(MONTH)
    stopped(run("explain", MONTH, "em", *given), "heads of the unit and above")

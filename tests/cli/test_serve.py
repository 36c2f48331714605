"""`roviec serve` as a process: the page and what it does over HTTP, and its end."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from cli.serve import choose_port, month_before
from infra.local.emulator import HOST_VARIABLE
from infra.local.process import free_port
from tests.functions.test_import_cases import HEADER, PROFILE, ROWS

PATIENCE = 40
FROM_A_TERMINAL = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from cli.main import app
app()
"""
"""The command as a person starts it, also when these tests run where signals are ignored."""
QUICK = 10


@dataclass
class Browser:
    """What the page does, in Python: signed in as somebody, straight to the store."""

    url: str
    uid: str = ""
    token: str = ""

    def get(self, path: str) -> requests.Response:
        return requests.get(urljoin(f"{self.url}/web/", path), timeout=QUICK)

    def sign_in(self, uid: str) -> "Browser":
        return Browser(self.url, uid, self.get(f"token?uid={uid}").json()["token"])

    @property
    def where(self) -> dict[str, str]:
        where: dict[str, str] = self.get("stack").json()
        return where

    def store(self, action: str, body: dict[str, Any]) -> requests.Response:
        return requests.post(
            f"{self.where['store']}{self.where['documents']}:{action}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}", "Origin": self.url},
            timeout=QUICK,
        )

    def mine(self, collection: str) -> list[dict[str, Any]]:
        field = {"fieldPath": "official"}
        same = {"field": field, "op": "EQUAL", "value": {"stringValue": self.uid}}
        query = {"from": [{"collectionId": collection}], "where": {"fieldFilter": same}}
        rows = self.store("runQuery", {"structuredQuery": query}).json()
        return [row["document"] for row in rows if "document" in row]

    def done(self) -> int:
        """How many units the live scorecard counts as done."""
        (card,) = self.mine("scorecards")
        work = card["fields"]["work"]["mapValue"]["fields"]
        return int(work["done"]["integerValue"])

    def append(self, work: str, entry_id: str, **fields: dict[str, str]) -> requests.Response:
        by = {"stringValue": self.uid}
        write = {
            "update": {"name": f"{work}/entries/{entry_id}", "fields": {**fields, "by": by}},
            "updateTransforms": [{"fieldPath": "at", "setToServerValue": "REQUEST_TIME"}],
            "currentDocument": {"exists": False},
        }
        return self.store("commit", {"writes": [write]})


@dataclass
class Served:
    process: subprocess.Popen[str]
    url: str
    said: list[str]

    @property
    def browser(self) -> Browser:
        return Browser(self.url)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    port = free_port()
    process = _start(port, tmp_path_factory.mktemp("logs"))
    try:
        said = _read_until(process, "Ctrl-C stops it")
        yield Served(process, f"http://127.0.0.1:{port}", said)
    finally:
        process.kill()
        process.communicate()


def _start(port: int, logs: Path) -> subprocess.Popen[str]:
    return _run(logs, "serve", "--no-history", "--port", str(port))


def _run(logs: Path, *arguments: str) -> subprocess.Popen[str]:
    # An emulator of its own: another one posts its events to somebody else.
    inherited = {name: value for name, value in os.environ.items() if name != HOST_VARIABLE}
    return subprocess.Popen(
        [sys.executable, "-c", FROM_A_TERMINAL, *arguments, "--logs", str(logs)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={**inherited, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"},
    )


def _read_until(process: subprocess.Popen[str], wanted: str) -> list[str]:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if wanted in line:
            return said
    raise AssertionError("".join(said))


def eventually(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + QUICK
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_page_and_all_its_files_are_served(served: Served) -> None:
    answer = served.browser.get("")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for name in re.findall(r'(?:src|href)="([^"#/]+)"', answer.text):
        assert served.browser.get(name).status_code == 200
    assert served.browser.get("../cli/main.py").status_code == 404
    assert served.browser.get("people/..%2fapp.py").status_code == 404


def test_people_and_tokens_of_known_people_only(served: Served) -> None:
    listed = served.browser.get("people").json()
    units = {unit["id"] for unit in listed["units"]}
    assert len(listed["people"]) == 42
    assert {one["unit"] for one in listed["people"]} == units
    assert served.browser.get("token?uid=nobody").status_code == 404
    assert requests.post(f"{served.url}/web/people", timeout=QUICK).status_code == 405


def test_entries_under_the_rules_change_the_scorecard(served: Served) -> None:
    people = served.browser.get("people").json()["people"]
    doer = _with_work_due(served, [one for one in people if not one["is_head"]])
    before = doer.done()
    work = next(one for one in doer.mine("assignments") if not _submitted(one))
    name, fields = work["name"], work["fields"]
    quantity = fields["quantity"]
    judge = served.browser.sign_in(fields["approver"]["stringValue"])
    submission = {"kind": {"stringValue": "submission"}, "quantity": quantity}
    verdict = {"kind": {"stringValue": "accepted"}, "submission": {"stringValue": "given"}}

    assert doer.append(name, "given", **submission).status_code == 200
    assert doer.append(name, "own", **verdict).status_code == 403
    assert judge.append(name, "theirs", **submission).status_code == 403
    # An offline queue that sends it again is told that it is there.
    assert doer.append(name, "given", **submission).status_code == 409
    assert judge.append(name, "checked", **verdict).status_code == 200

    eventually(lambda: doer.done() == before + int(quantity["integerValue"]))


def _with_work_due(served: Served, people: list[dict[str, Any]]) -> Browser:
    signed_in = (served.browser.sign_in(one["uid"]) for one in people if not one["away"])
    return next(one for one in signed_in if any(not _submitted(w) for w in one.mine("assignments")))


def _submitted(work: dict[str, Any]) -> bool:
    folded = work["fields"]["folded"]["mapValue"]["fields"]
    return bool(folded["submissions"]["mapValue"].get("fields"))


def test_store_answers_the_page_from_another_port(served: Served) -> None:
    people = served.browser.get("people").json()["people"]
    answer = served.browser.sign_in(people[0]["uid"]).store("runQuery", {"structuredQuery": {}})
    assert answer.headers["Access-Control-Allow-Origin"] == served.url


def test_the_lines_it_prints_let_the_command_reach_it(served: Served, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(HEADER + ROWS[0] + "\n", "utf-8")
    profile = tmp_path / "its.toml"
    profile.write_text(PROFILE, "utf-8")
    roviec = f"{sys.executable} -c 'from cli.main import app; app()'"
    exports = "\n".join(line for line in served.said if line.strip().startswith("export "))
    imported = shell(f"{exports}\n{roviec} import {log} --profile {profile}")
    assert json.loads(imported.stdout)["rows"] == 1
    exported = shell(f"{exports}\n{roviec} export 2020-01 --out {tmp_path}/x.csv")
    assert "2020-01 has no compiled results" in exported.stderr
    assert "is not compiled" in shell(f"{exports}\n{roviec} verify 2020-01").stderr


def shell(script: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if name != HOST_VARIABLE}
    return subprocess.run(
        ["bash", "-c", script], env=bare, capture_output=True, text=True, check=False
    )


def test_sigterm_ends_it_cleanly(served: Served) -> None:
    """The last to use it: afterwards nothing listens."""
    store = served.browser.where["store"]
    served.process.send_signal(signal.SIGTERM)
    output, _ = served.process.communicate(timeout=PATIENCE)
    assert served.process.returncode == 0
    assert "Traceback" not in output
    for address in (served.url, store):
        with pytest.raises(requests.ConnectionError):
            requests.get(address, timeout=QUICK)


def test_sigterm_while_it_starts_ends_it_cleanly(tmp_path: Path) -> None:
    process = _start(free_port(), tmp_path)
    _read_until(process, "starting the emulators")
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "Traceback" not in output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_during_the_demo_leaves_nothing_running(
    number: signal.Signals, tmp_path: Path
) -> None:
    process = _run(tmp_path, "demo", "--out", str(tmp_path))
    store = _store(_read_until(process, "functions: "))
    process.send_signal(number)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Traceback" not in output
    with pytest.raises(requests.ConnectionError):
        requests.get(store, timeout=QUICK)


def test_the_emulators_end_with_a_command_that_is_killed(tmp_path: Path) -> None:
    process = _run(tmp_path, "demo", "--out", str(tmp_path))
    store = _store(_read_until(process, "functions: "))
    process.kill()
    process.communicate(timeout=PATIENCE)
    eventually(lambda: not _answers(store))


def _store(said: list[str]) -> str:
    found = re.search(r"store: (\S+)", said[-1])
    assert found is not None
    return f"http://{found[1]}"


def _answers(url: str) -> bool:
    try:
        requests.get(url, timeout=QUICK)
    except requests.ConnectionError:
        return False
    return True


def test_sighup_ends_the_served_stack_too(tmp_path: Path) -> None:
    process = _start(free_port(), tmp_path)
    _read_until(process, "starting the emulators")
    process.send_signal(signal.SIGHUP)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "Traceback" not in output


def test_port_that_is_taken_is_replaced(capfd: pytest.CaptureFixture[str]) -> None:
    free = free_port()
    assert choose_port(free) == free
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1]
        assert choose_port(wanted) != wanted


def test_month_before_crosses_the_year() -> None:
    assert month_before("2026-11") == "2026-10"
    assert month_before("2026-01") == "2025-12"

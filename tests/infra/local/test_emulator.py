"""The emulator itself is started once for this module; the rest runs on made-up files."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from infra.local.emulator import (
    HOST_VARIABLE,
    FirestoreEmulator,
    find_jar,
    find_java,
    java_version,
)
from infra.local.process import EmulatorError, free_port
from infra.local.relay import EventRelay

CLOSED = """rules_version = '2';
service cloud.firestore {
  match /databases/{database}/documents {
    match /notes/{note} { allow read, write: if request.auth != null; }
  }
}
"""
JAR = Path("platform/cloud-firestore-emulator/cloud-firestore-emulator.jar")


class Inbox:
    """Takes events as they come from the emulator."""

    def __init__(self) -> None:
        self.documents: list[str] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.documents.append(environ["HTTP_CE_DOCUMENT"])
        start_response("204 No Content", [])
        return []

    def wait_for(self, *documents: str) -> None:
        deadline = time.monotonic() + 10
        while sorted(self.documents) != sorted(documents) and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.1)  # long enough for one too many
        assert sorted(self.documents) == sorted(documents)


@pytest.fixture(scope="module")
def relay() -> Iterator[EventRelay]:
    with EventRelay() as relay:
        yield relay


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("emulator") / "firestore.log"


@pytest.fixture(scope="module")
def emulator(relay: EventRelay, log: Path) -> Iterator[FirestoreEmulator]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(HOST_VARIABLE, raising=False)
        with FirestoreEmulator(log=log, events=relay.address) as emulator:
            yield emulator


def send(
    emulator: FirestoreEmulator, project: str, document: str, method: str, token: str = "owner"
) -> int:
    connection = HTTPConnection(emulator.host, timeout=10)
    path = f"/v1/projects/{project}/databases/(default)/documents/{document}"
    body = json.dumps({"fields": {"at": {"integerValue": str(time.time_ns())}}})
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection.request(method, path, body if method == "PATCH" else None, headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status


def write(emulator: FirestoreEmulator, project: str, document: str, token: str = "owner") -> int:
    return send(emulator, project, document, "PATCH", token)


def test_projects_are_isolated(emulator: FirestoreEmulator, relay: EventRelay) -> None:
    one, two = Inbox(), Inbox()
    relay.attach("demo-one", one)
    relay.attach("demo-two", two)
    for project in ("demo-one", "demo-two"):
        emulator.register_trigger(project, "noted", "notes/{note}")
    write(emulator, "demo-one", "notes/a")
    write(emulator, "demo-two", "notes/b")
    write(emulator, "demo-two", "others/c")
    one.wait_for("notes/a")
    two.wait_for("notes/b")
    assert send(emulator, "demo-two", "notes/a", "GET") == 404


def test_an_event_without_a_listener_is_lost_but_harms_nothing(
    emulator: FirestoreEmulator, relay: EventRelay
) -> None:
    emulator.register_trigger("demo-late", "noted", "notes/{note}")
    write(emulator, "demo-late", "notes/lost")
    time.sleep(0.2)
    inbox = Inbox()
    relay.attach("demo-late", inbox)
    write(emulator, "demo-late", "notes/heard")
    inbox.wait_for("notes/heard")
    relay.detach("demo-late")


def test_clearing_is_seen_by_triggers_and_keeps_them(
    emulator: FirestoreEmulator, relay: EventRelay
) -> None:
    inbox = Inbox()
    relay.attach("demo-clear", inbox)
    emulator.register_trigger("demo-clear", "noted", "notes/{note}")
    write(emulator, "demo-clear", "notes/a")
    emulator.clear("demo-clear")
    assert send(emulator, "demo-clear", "notes/a", "GET") == 404
    write(emulator, "demo-clear", "notes/b")
    inbox.wait_for("notes/a", "notes/a", "notes/b")


def test_registering_a_trigger_again_replaces_it(
    emulator: FirestoreEmulator, relay: EventRelay
) -> None:
    inbox = Inbox()
    relay.attach("demo-again", inbox)
    emulator.register_trigger("demo-again", "noted", "notes/{note}")
    emulator.register_trigger("demo-again", "noted", "others/{other}")
    write(emulator, "demo-again", "notes/a")
    write(emulator, "demo-again", "others/b")
    inbox.wait_for("others/b")


def test_rules_are_set_for_one_project(emulator: FirestoreEmulator) -> None:
    assert emulator.set_rules("demo-rules", CLOSED) == []
    assert write(emulator, "demo-rules", "notes/a", token="") == 403
    assert write(emulator, "demo-rules", "notes/a") == 200
    assert write(emulator, "demo-open", "notes/a", token="") == 200


def test_bad_syntax_is_refused_with_the_engines_words(emulator: FirestoreEmulator) -> None:
    emulator.set_rules("demo-syntax", CLOSED)
    with pytest.raises(EmulatorError, match=r"L1:\d+ Unexpected '<EOF>'"):
        emulator.set_rules("demo-syntax", "service cloud.firestore { match /x {")
    assert write(emulator, "demo-syntax", "notes/a", token="") == 403


def test_an_unknown_function_is_only_a_warning(emulator: FirestoreEmulator) -> None:
    [warning] = emulator.set_rules("demo-warn", CLOSED.replace("request.auth", "nothing()"))
    assert warning == "L4:49 Invalid function name: nothing."
    assert write(emulator, "demo-warn", "notes/a", token="") == 403


def test_rule_coverage_counts_what_was_asked(emulator: FirestoreEmulator) -> None:
    emulator.set_rules("demo-cover", CLOSED)
    write(emulator, "demo-cover", "notes/a", token="")
    report = emulator.rule_coverage("demo-cover")
    assert report["rules"]["files"][0]["content"] == CLOSED
    [condition] = report["report"]
    assert condition["sourcePosition"]["line"] == 4
    assert condition["values"][0]["value"] == {"boolValue": False}
    assert "Rule Coverage" in emulator.rule_coverage_html("demo-cover")


def test_the_output_is_logged(emulator: FirestoreEmulator, log: Path) -> None:
    assert f"FIRESTORE_EMULATOR_HOST={emulator.host}" in log.read_text()


def test_one_that_runs_is_used_and_left_running(
    emulator: FirestoreEmulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(HOST_VARIABLE, emulator.host)
    with FirestoreEmulator(log=tmp_path / "unused.log") as other:
        assert other.attached
        assert other.host == emulator.host
    assert not emulator.attached
    assert not (tmp_path / "unused.log").exists()
    assert write(emulator, "demo-attached", "notes/a") == 200


def test_one_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(HOST_VARIABLE, f"127.0.0.1:{free_port()}")
    with pytest.raises(EmulatorError, match=HOST_VARIABLE):
        FirestoreEmulator(log=tmp_path / "log", start_seconds=0.1).start()


def test_it_stops_at_once_and_its_port_is_free(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(HOST_VARIABLE, raising=False)
    emulator = FirestoreEmulator(log=tmp_path / "log")
    emulator.start()
    host = emulator.host
    emulator.stop()
    emulator.stop()
    with pytest.raises(ConnectionRefusedError):
        HTTPConnection(host, timeout=1).connect()
    with pytest.raises(EmulatorError, match="has not been started"):
        _ = emulator.host


LEAVE_RUNNING = """
import sys
from pathlib import Path
from infra.local.emulator import FirestoreEmulator
emulator = FirestoreEmulator(log=Path(sys.argv[1]))
emulator.start()
print(emulator.host)
"""


def test_it_ends_with_the_interpreter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(HOST_VARIABLE, raising=False)
    command = [sys.executable, "-c", LEAVE_RUNNING, str(tmp_path / "log")]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    with pytest.raises(ConnectionRefusedError):
        HTTPConnection(ended.stdout.strip(), timeout=1).connect()


def test_if_it_dies_its_last_words_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(HOST_VARIABLE, raising=False)
    emulator = FirestoreEmulator(log=tmp_path / "log", java_options=["-XX:NoSuchOption"])
    with pytest.raises(EmulatorError, match="NoSuchOption"):
        emulator.start()


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def jar_in(root: Path) -> Path:
    (root / JAR).parent.mkdir(parents=True)
    (root / JAR).touch()
    return root / JAR


def test_the_jar_is_found_beside_gcloud_through_links(tmp_path: Path) -> None:
    jar = jar_in(tmp_path / "sdk")
    gcloud = script(tmp_path / "sdk/bin/gcloud", "exit 1")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/gcloud").symlink_to(gcloud)
    assert find_jar({"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}) == jar


def test_the_root_named_in_the_environment_comes_first(tmp_path: Path) -> None:
    jar = jar_in(tmp_path / "sdk")
    assert find_jar({"CLOUDSDK_ROOT_DIR": str(tmp_path / "sdk"), "PATH": ""}) == jar


@pytest.fixture
def no_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the SDKs of this computer."""
    monkeypatch.setattr("infra.local.emulator._SDK_ROOTS", ("~/google-cloud-sdk",))


@pytest.mark.usefixtures("no_sdk")
def test_gcloud_is_asked_if_the_jar_is_nowhere_near(tmp_path: Path) -> None:
    jar = jar_in(tmp_path / "far")
    script(tmp_path / "bin/gcloud", f"echo a warning >&2; echo {tmp_path / 'far'}")
    assert find_jar({"PATH": f"{tmp_path / 'bin'}:/bin", "HOME": str(tmp_path)}) == jar


@pytest.mark.usefixtures("no_sdk")
def test_the_newest_jar_of_firebase_tools_is_the_last_choice(tmp_path: Path) -> None:
    cache = tmp_path / ".cache/firebase/emulators"
    cache.mkdir(parents=True)
    for version in ("1.9.2", "1.19.8", "1.2.0"):
        (cache / f"cloud-firestore-emulator-v{version}.jar").touch()
    environ = {"PATH": "", "HOME": str(tmp_path)}
    assert find_jar(environ).name == "cloud-firestore-emulator-v1.19.8.jar"
    jar = jar_in(tmp_path / "google-cloud-sdk")
    assert find_jar(environ) == jar


@pytest.mark.usefixtures("no_sdk")
def test_without_a_jar_one_line_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(EmulatorError, match="gcloud components install") as caught:
        find_jar({"PATH": "", "HOME": str(tmp_path)})
    assert "\n" not in str(caught.value)


def test_java_must_be_there_and_new_enough(tmp_path: Path) -> None:
    with pytest.raises(EmulatorError, match="install a Java runtime"):
        find_java({"PATH": ""})
    old = script(tmp_path / "old/bin/java", "echo 'java version \"1.8.0_292\"' >&2")
    with pytest.raises(EmulatorError, match="is version 8"):
        find_java({"JAVA_HOME": str(tmp_path / "old"), "PATH": "/bin"})
    new = script(tmp_path / "new/bin/java", "echo 'openjdk version \"17.0.15\"' >&2")
    assert find_java({"PATH": f"{new.parent}:{old.parent}"}) == str(new)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_292"', 8),
        ('openjdk version "21" 2023-09-19', 21),
        ("not found", 0),
    ],
)
def test_java_versions_are_read(text: str, version: int) -> None:
    assert java_version(text) == version

"""Most tests post events themselves; those at the end have them come from the emulator."""

import base64
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import functions_framework
import jwt
import pytest
from google.cloud import firestore
from google.events.cloud.firestore_v1 import DocumentEventData

from infra.local.delivery import Backoff, Failure
from infra.local.emulator import HOST_VARIABLE, FirestoreEmulator
from infra.local.event import Trigger
from infra.local.faults import Faults
from infra.local.gateway import INVOKER, Gateway
from infra.local.oidc import LocalIssuer
from infra.local.relay import EventRelay
from infra.local.server import Server

TRIGGERS = {"noted": Trigger("notes/{note}", "note")}
QUICK = Backoff(first=0.01, longest=0.02, attempts=4)
HEADERS = {
    "ce-specversion": "1.0",
    "ce-type": "google.cloud.firestore.document.v1.written",
    "ce-source": "//firestore.googleapis.com/projects/projects/demo-x/databases/(default)",
    "ce-id": "event-1",
    "ce-time": "2026-01-02T03:04:05Z",
    "ce-datacontenttype": "application/protobuf",
    "ce-project": "demo-x",
    "ce-database": "(default)",
    "Content-Type": "application/protobuf",
}


class Function:
    """A function that remembers its calls and answers with these statuses, the last for ever."""

    def __init__(self, *statuses: int) -> None:
        self.calls: list[dict[str, Any]] = []
        self._statuses = list(statuses or (200,))
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        with self._lock:
            self.calls.append({**environ, "body": body})
            status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
        start_response(f"{status} Status", [("Content-Type", "text/plain")])
        return [f"answer {len(self.calls)}".encode()]

    @property
    def documents(self) -> list[str]:
        return [call["HTTP_CE_DOCUMENT"] for call in self.calls]


def event_data(before: int | None = None, after: int | None = 1) -> bytes:
    documents = {
        part: {"name": "notes/a", "fields": {"n": {"integer_value": number}}}
        for part, number in (("old_value", before), ("value", after))
        if number is not None
    }
    return bytes(DocumentEventData.serialize(DocumentEventData(documents)))


def ask(
    url: str,
    path: str,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, bytes]:
    connection = HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.request(method, path, body, dict(headers or {}))
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    return response.status, answer


def post(
    gateway: Gateway, document: str = "notes/a", body: bytes | None = None, trigger: str = "noted"
) -> int:
    """Post an event as the emulator does."""
    headers = {**HEADERS, "ce-document": document, "ce-subject": f"documents/{document}"}
    path = f"/functions/projects/demo-x/triggers/{trigger}"
    data = base64.b64encode(event_data() if body is None else body)
    return ask(gateway.url, path, "POST", data, headers)[0]


@pytest.fixture(scope="module")
def issuer() -> LocalIssuer:
    return LocalIssuer()


Start = Callable[..., Gateway]


@pytest.fixture
def start(issuer: LocalIssuer) -> Iterator[Start]:
    """Start gateways with one function, `note`; they stop with the test."""
    started: list[Gateway] = []

    def begin(note: WSGIApplication, **settings: Any) -> Gateway:
        options: dict[str, Any] = {"issuer": issuer, "backoff": QUICK} | settings
        gateway = Gateway({"note": note}, TRIGGERS, **options)
        gateway.start()
        started.append(gateway)
        return gateway

    yield begin
    for gateway in started:
        gateway.stop()


def test_functions_answer_at_their_names(start: Start) -> None:
    function = Function(201)
    gateway = start(function)
    assert ask(gateway.url, "/note/a/b?c=1", "PUT", b"text") == (201, b"answer 1")
    [call] = function.calls
    assert call["SCRIPT_NAME"] == "/note"
    assert call["PATH_INFO"] == "/a/b"
    assert call["QUERY_STRING"] == "c=1"
    assert call["body"] == b"text"


def test_the_root_lists_what_is_there(start: Start) -> None:
    gateway = start(Function())
    status, body = ask(gateway.url, "/")
    assert status == 200
    assert json.loads(body) == {
        "functions": {"note": f"{gateway.url}/note"},
        "triggers": {"noted": {"document": "notes/{note}", "app": "note", "on": "written"}},
    }


def test_the_keys_are_served(start: Start, issuer: LocalIssuer) -> None:
    gateway = start(Function())
    status, body = ask(gateway.url, "/.well-known/jwks.json")
    assert (status, json.loads(body)) == (200, issuer.jwks())


def test_other_applications_can_be_mounted(start: Start) -> None:
    gateway = start(Function())
    gateway.mount("web", Function(202))
    assert ask(gateway.url, "/web/index.html") == (202, b"answer 1")
    assert ask(gateway.url, "/else")[0] == 404


@pytest.mark.parametrize("name", ["", "functions", ".well-known", "a/b"])
def test_names_that_the_gateway_needs_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="nothing can be mounted"):
        Gateway({name: Function()}, {})
    with pytest.raises(ValueError, match="nothing can be mounted"):
        Gateway({}, {}).mount(name, Function())


def test_streamed_answers_arrive_chunk_by_chunk(start: Start) -> None:
    read = threading.Event()

    def stream(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        yield b"first"
        yield b"second" if read.wait(5) else b"the first was not read in time"

    connection = HTTPConnection(start(stream).url.removeprefix("http://"), timeout=10)
    connection.request("GET", "/note")
    response: HTTPResponse = connection.getresponse()
    assert response.read1(100) == b"first"
    read.set()
    assert response.read() == b"second"
    connection.close()


def test_a_server_stops_and_its_port_can_be_taken_again() -> None:
    first = Server(Function())
    with pytest.raises(RuntimeError, match="no port yet"):
        _ = first.address
    first.start()
    first.stop()
    first.stop()
    again = Server(Function(), port=int(first.address.rpartition(":")[2]))
    again.start()
    assert ask(again.address, "/")[0] == 200
    again.stop()


def test_an_event_arrives_as_production_sends_it(start: Start) -> None:
    function = Function()
    gateway = start(function)
    assert post(gateway) == 204
    gateway.drain(5)
    [call] = function.calls
    sent = {name: value for name, value in call.items() if name.startswith("HTTP_CE_")}
    assert sent == {
        "HTTP_CE_SPECVERSION": "1.0",
        "HTTP_CE_TYPE": "google.cloud.firestore.document.v1.written",
        "HTTP_CE_SOURCE": "//firestore.googleapis.com/projects/demo-x/databases/(default)",
        "HTTP_CE_ID": "event-1",
        "HTTP_CE_TIME": "2026-01-02T03:04:05Z",
        "HTTP_CE_SUBJECT": "documents/notes/a",
        "HTTP_CE_DOCUMENT": "notes/a",
        "HTTP_CE_PROJECT": "demo-x",
        "HTTP_CE_DATABASE": "(default)",
    }
    assert call["CONTENT_TYPE"] == "application/protobuf"
    assert call["body"] == event_data()
    assert (call["REQUEST_METHOD"], call["SCRIPT_NAME"], call["PATH_INFO"]) == (
        "POST",
        "/note",
        "/",
    )


def test_bodies_that_are_bytes_already_stay(start: Start) -> None:
    function = Function()
    gateway = start(function)
    headers = {**HEADERS, "ce-document": "notes/a"}
    ask(gateway.url, "/functions/projects/p/triggers/noted", "POST", event_data(), headers)
    gateway.drain(5)
    assert function.calls[0]["body"] == event_data()


def test_names_in_headers_are_percent_encoded(start: Start) -> None:
    function = Function()
    gateway = start(function)
    post(gateway, "notes/việc 1".encode().decode("latin-1"))
    gateway.drain(5)
    assert function.documents == ["notes/vi%E1%BB%87c%201"]


def test_events_carry_a_token_for_their_function(start: Start, issuer: LocalIssuer) -> None:
    function = Function()
    gateway = start(function)
    post(gateway)
    gateway.drain(5)
    scheme, token = function.calls[0]["HTTP_AUTHORIZATION"].split()
    key = jwt.PyJWKSet.from_dict(issuer.jwks())[issuer.key_id]
    claims = jwt.decode(token, key, algorithms=["RS256"], audience=f"{gateway.url}/note")
    assert (scheme, claims["email"]) == ("Bearer", INVOKER)


@pytest.mark.parametrize(("before", "after"), [(None, None), (1, 1)])
def test_writes_that_change_nothing_are_not_delivered(
    start: Start, before: int | None, after: int | None
) -> None:
    function = Function()
    gateway = start(function)
    post(gateway, body=event_data(before, after))
    post(gateway, "notes/b", body=event_data(1, None))
    gateway.drain(5)
    assert function.documents == ["notes/b"]
    assert (gateway.stats.received, gateway.stats.ignored, gateway.stats.delivered) == (2, 1, 1)


def test_failed_deliveries_are_repeated_with_the_same_event(start: Start) -> None:
    failures: list[Failure] = []
    function = Function(500, 404, 200)
    gateway = start(function, on_unhandled=failures.append)
    post(gateway)
    gateway.drain(5)
    assert [call["HTTP_CE_ID"] for call in function.calls] == ["event-1"] * 3
    assert [(f.attempt, f.status, f.body, f.final) for f in failures] == [
        (1, 500, "answer 1", False),
        (2, 404, "answer 2", False),
    ]
    assert (gateway.stats.delivered, gateway.stats.retried, gateway.stats.given_up) == (1, 2, 0)


def test_what_fails_for_ever_is_given_up_and_logged(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        raise LookupError("nothing works")

    gateway = start(broken)
    post(gateway)
    gateway.drain(5)
    assert (gateway.stats.delivered, gateway.stats.retried, gateway.stats.given_up) == (0, 3, 1)
    levels = [record.levelno for record in caplog.records]
    assert levels == [logging.WARNING] * 3 + [logging.ERROR]
    assert "LookupError: nothing works" in caplog.text
    assert "note answered 500 to the event of notes/a (attempt 4, given up)" in caplog.text


def test_a_listener_that_breaks_loses_no_event(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(failure: Failure) -> None:
        raise LookupError("cannot listen")

    gateway = start(Function(500, 200), on_unhandled=break_down)
    post(gateway)
    gateway.drain(5)
    assert gateway.stats.delivered == 1
    assert "cannot listen" in caplog.text


@pytest.mark.parametrize(
    ("failures", "delay"), [(1, 0.05), (2, 0.1), (3, 0.2), (6, 1.6), (7, 2.0), (99, 2.0)]
)
def test_the_backoff_doubles_up_to_its_longest(failures: int, delay: float) -> None:
    assert Backoff().delay(failures) == pytest.approx(delay)


def test_a_function_that_is_missing_is_named(start: Start) -> None:
    failures: list[Failure] = []
    gateway = Gateway({}, TRIGGERS, backoff=QUICK, on_unhandled=failures.append)
    with gateway:
        post(gateway)
        gateway.drain(5)
    assert failures[-1].body == "no function is named note"
    assert failures[-1].final


def test_unknown_triggers_and_foreign_bodies_are_refused(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = start(Function())
    assert post(gateway, trigger="unknown") == 404
    assert post(gateway, body=b"\x0a\xff") == 400
    path = "/functions/projects/demo-x/triggers/noted"
    assert ask(gateway.url, path, "POST", b"{}", {"ce-id": "1"})[0] == 400
    assert ask(gateway.url, path)[0] == 404
    assert "no ce-source, ce-type" in caplog.text
    assert gateway.stats.received == 0


def test_drain_says_what_is_left(start: Start) -> None:
    done = threading.Event()

    def slow(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        done.wait(5)
        start_response("200 OK", [])
        return []

    gateway = start(slow)
    post(gateway)
    with pytest.raises(TimeoutError, match=r"1 deliveries left: notes/a to note \(attempt 1\)"):
        gateway.drain(0.1)
    done.set()
    gateway.drain(5)
    assert gateway.stats.delivered == 1


class Slow:
    """An emulator that posts what it was told to some time later."""

    def __init__(self, gateway: Gateway, *, posts: bool) -> None:
        self._gateway, self._posts = gateway, posts

    def register_trigger(self, project: str, trigger: str, document: str, on: str) -> None:
        assert (project, document) in [
            ("demo-x", "notes/{note}"),
            ("demo-x", f"{trigger}/{{mark}}"),
        ]

    def mark(self, project: str, document: str) -> None:
        later = {"notes/a": "noted", document: "marks"} if self._posts else {}
        threading.Timer(0.1, self._post, [later]).start()

    def _post(self, events: dict[str, str]) -> None:
        for document, trigger in events.items():
            post(self._gateway, document, trigger=trigger)


def test_catching_up_waits_for_the_events_of_all_writes(start: Start) -> None:
    function = Function()
    gateway = start(function)
    gateway.register(Slow(gateway, posts=True), "demo-x")
    gateway.catch_up(5)
    assert gateway.stats.received == 1
    gateway.drain(5)
    assert function.documents == ["notes/a"]


def test_catching_up_needs_an_emulator_and_gives_up_on_one_that_is_behind(start: Start) -> None:
    gateway = start(Function())
    with pytest.raises(RuntimeError, match="register a project first"):
        gateway.catch_up(1)
    gateway.register(Slow(gateway, posts=False), "demo-x")
    with pytest.raises(TimeoutError, match=r"no event of marks/0 after 0\.2 s"):
        gateway.catch_up(0.2)


def test_a_later_event_is_not_held_up_by_one_that_waits(start: Start) -> None:
    function = Function(500, 200)
    gateway = start(function, workers=1, backoff=Backoff(first=0.2))
    post(gateway, "notes/a")
    while not function.calls:
        time.sleep(0.001)
    post(gateway, "notes/b")
    gateway.drain(5)
    assert function.documents == ["notes/a", "notes/b", "notes/a"]


def test_one_worker_keeps_the_order(start: Start) -> None:
    function = Function()
    gateway = start(function, workers=1)
    documents = [f"notes/{number}" for number in range(20)]
    for document in documents:
        post(gateway, document)
    gateway.drain(5)
    assert function.documents == documents


def run_with(start: Start, faults: Faults, documents: Sequence[str]) -> tuple[Function, Gateway]:
    function = Function()
    gateway = start(function, workers=1, faults=faults)
    for document in documents:
        post(gateway, document)
    gateway.drain(10)
    return function, gateway


def test_faults_repeat_shuffle_and_fail_as_planned(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    documents = [f"notes/{number}" for number in range(20)]
    faults = Faults(seed=7, copies=3, max_delay=0.3, fail_first=0.25)
    function, gateway = run_with(start, faults, documents)
    planned = [d for document in documents for d in faults.plan(f"noted:{document}#1")]
    assert sorted(function.documents) == sorted(documents * 3)
    assert function.documents != sorted(function.documents, key=documents.index)
    assert gateway.stats.retried == sum(delivery.fails_first for delivery in planned) > 0
    assert (gateway.stats.received, gateway.stats.delivered) == (20, 60)
    assert caplog.records == []


def test_dropped_events_are_counted(start: Start) -> None:
    function, gateway = run_with(start, Faults(copies=1, drop=1.0), ["notes/a", "notes/b"])
    assert function.calls == []
    assert (gateway.stats.received, gateway.stats.dropped) == (2, 2)


def test_the_second_event_of_a_document_has_a_plan_of_its_own(start: Start) -> None:
    faults = Faults(seed=3, copies=1, max_delay=0, fail_first=0.5)
    _, gateway = run_with(start, faults, ["notes/a"] * 10)
    plans = [faults.plan(f"noted:notes/a#{number}")[0] for number in range(1, 11)]
    assert 0 < sum(plan.fails_first for plan in plans) < 10
    assert gateway.stats.retried == sum(plan.fails_first for plan in plans)


def test_the_relay_passes_events_on_by_project(start: Start) -> None:
    one, two = Function(), Function()
    with EventRelay() as relay:
        relay.attach("demo-one", start(one))
        relay.attach("demo-two", start(two))
        headers = {**HEADERS, "ce-document": "notes/a"}
        for project, status in (("demo-one", 204), ("demo-three", 404)):
            path = f"/functions/projects/{project}/triggers/noted"
            assert ask(relay.address, path, "POST", event_data(), headers)[0] == status
        assert ask(relay.address, "/else")[0] == 404
    assert (len(one.calls), len(two.calls)) == (1, 0)


# From here on, events come from the emulator.


@pytest.fixture(scope="module")
def relay() -> Iterator[EventRelay]:
    with EventRelay() as relay:
        yield relay


@pytest.fixture(scope="module")
def emulator(
    relay: EventRelay, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FirestoreEmulator]:
    log = tmp_path_factory.mktemp("emulator") / "firestore.log"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(HOST_VARIABLE, raising=False)
        with FirestoreEmulator(log=log, events=relay.address) as emulator:
            yield emulator


Connect = Callable[[str, Gateway], firestore.Client]


@pytest.fixture
def connect(
    emulator: FirestoreEmulator, relay: EventRelay, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connect]:
    """Give a gateway the events of a project, and return the project's client."""
    clients: dict[str, firestore.Client] = {}
    monkeypatch.setenv(HOST_VARIABLE, emulator.host)

    def link(project: str, gateway: Gateway) -> firestore.Client:
        relay.attach(project, gateway)
        gateway.register(emulator, project)
        clients[project] = firestore.Client(project)
        return clients[project]

    yield link
    for project, client in clients.items():
        client.close()  # type: ignore[no-untyped-call]  # google-cloud-firestore leaves it so
        relay.detach(project)


def test_creation_update_and_deletion_arrive(start: Start, connect: Connect) -> None:
    function = Function()
    gateway = start(function, workers=1)
    note = connect("demo-writes", gateway).document("notes/a")
    for change in (lambda: note.set({"n": 1}), lambda: note.update({"n": 2}), note.delete):
        change()
    gateway.catch_up(10)
    gateway.drain(10)
    events = [DocumentEventData.deserialize(call["body"]) for call in function.calls]
    numbers = [
        tuple(doc.fields["n"].integer_value if doc else None for doc in (e.old_value, e.value))
        for e in events
    ]
    assert numbers == [(None, 1), (1, 2), (2, None)]
    [source] = {call["HTTP_CE_SOURCE"] for call in function.calls}
    assert source == "//firestore.googleapis.com/projects/demo-writes/databases/(default)"
    assert function.calls[0]["HTTP_CE_SUBJECT"] == "documents/notes/a"


def test_no_op_writes_of_the_emulator_are_ignored(start: Start, connect: Connect) -> None:
    gateway = start(Function())
    note = connect("demo-no-op", gateway).document("notes/a")
    note.set({"n": [{"m": 1}]})
    note.set({"n": [{"m": 1}]})
    note.delete()
    note.delete()
    gateway.catch_up(10)
    gateway.drain(10)
    assert (gateway.stats.received, gateway.stats.ignored, gateway.stats.delivered) == (4, 2, 2)


def test_projects_do_not_meet(start: Start, connect: Connect) -> None:
    one, two = Function(), Function()
    gateways = start(one), start(two)
    clients = [connect(f"demo-{n}", gateway) for n, gateway in enumerate(gateways)]
    for number, client in enumerate(clients):
        client.document(f"notes/{number}").set({"n": number})
    for gateway in gateways:
        gateway.catch_up(10)
        gateway.drain(10)
    assert (one.documents, two.documents) == (["notes/0"], ["notes/1"])


def test_every_write_of_a_burst_arrives_in_every_copy(start: Start, connect: Connect) -> None:
    function = Function()
    faults = Faults(seed=1, copies=2, max_delay=0.1, fail_first=0.2)
    gateway = start(function, faults=faults)
    client = connect("demo-burst", gateway)
    batch = client.batch()
    for number in range(200):
        batch.set(client.document(f"notes/{number}"), {"n": number})
    batch.commit()
    gateway.catch_up(20)
    gateway.drain(20)
    assert sorted(function.documents) == sorted([f"notes/{n}" for n in range(200)] * 2)
    assert gateway.stats.delivered == 400
    assert gateway.stats.retried > 0
    assert gateway.stats.given_up == 0


SOURCE = """
import functions_framework
from google.events.cloud.firestore_v1 import DocumentEventData

seen = []

@functions_framework.cloud_event
def note(event):
    data = DocumentEventData.deserialize(event.data)
    seen.append((event["document"], data.value.fields["n"].integer_value))
    if len(seen) == 1:
        raise ValueError("not the first time")
"""


def test_functions_of_the_framework_run_unchanged(
    start: Start, connect: Connect, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = tmp_path / "functions.py"
    source.write_text(SOURCE)
    create: Callable[[str, str], WSGIApplication] = functions_framework.create_app
    app = create("note", str(source))
    gateway = start(app)
    connect("demo-framework", gateway).document("notes/a").set({"n": 5})
    gateway.catch_up(10)
    gateway.drain(10)
    assert (gateway.stats.delivered, gateway.stats.retried) == (1, 1)
    assert "not the first time" in caplog.text

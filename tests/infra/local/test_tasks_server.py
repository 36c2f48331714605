"""The local Cloud Tasks, through Google's own client and a real HTTP target."""

import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
import pytest
from google.api_core import exceptions
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport
from google.protobuf.field_mask_pb2 import FieldMask
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from infra.local.clock import AdvancedClock
from infra.local.tasks.answer import TIMED_OUT, UNREACHED, Answer
from infra.local.tasks.bucket import TokenBucket
from infra.local.tasks.delivery import deliver
from infra.local.tasks.dispatcher import POOL
from infra.local.tasks.retry import RETENTION, RetryPolicy, Trials, interval, spent
from infra.local.tasks.server import TasksServer
from infra.local.tasks.store import Store

START = datetime(2031, 3, 1, 8, 0, tzinfo=UTC)
LOCATION = "projects/demo/locations/asia-southeast1"
QUEUE = f"{LOCATION}/queues/q"
HOUR = timedelta(hours=1)
IDLE = 5.0


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass
class Target:
    """An HTTP server: it answers the statuses in turn, then 200, once its gate is open."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: deque[int] = field(default_factory=deque)
    gate: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    inside: int = 0
    most_inside: int = 0

    def answer(self, request: Received) -> int:
        with self.lock:
            self.received.append(request)
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
            status = self.answers.popleft() if self.answers else 200
        self.gate.wait(10)
        with self.lock:
            self.inside -= 1
        return status

    def reached(self, count: int) -> None:
        """Wait until this many requests have come."""
        end = time.monotonic() + IDLE
        while len(self.received) < count:
            assert time.monotonic() < end, f"{len(self.received)} of {count} came"
            time.sleep(0.01)

    def header(self, name: str) -> list[str | None]:
        return [request.headers.get(name) for request in self.received]


@pytest.fixture
def target() -> Iterator[Target]:
    found = Target()
    found.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            request = Received(
                self.command,
                self.path,
                dict(self.headers),
                self.rfile.read(length),
                time.monotonic(),
            )
            self.send_response(found.answer(request))
            if self.path == "/redirect":
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        do_POST = do_PUT = do_GET = do_DELETE = handle_any  # noqa: N815 - http.server's names

        @override
        def log_message(self, format: str, *args: object) -> None: ...

    class Server(ThreadingHTTPServer):
        request_queue_size = 64

    with Server(("127.0.0.1", 0), Handler) as http:
        found.url = f"http://127.0.0.1:{http.server_address[1]}/run"
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        yield found
        found.gate.set()
        http.shutdown()
        thread.join()


def sign(email: str, audience: str) -> str:
    if email.startswith("nobody"):
        raise PermissionError(email)
    return f"signed.{email}.{audience}"


@pytest.fixture
def clock() -> AdvancedClock:
    return AdvancedClock(START)


@pytest.fixture
def server(clock: AdvancedClock, target: Target) -> Iterator[TasksServer]:
    with TasksServer(clock, sign) as running:
        yield running
        target.gate.set()


def connected(address: str) -> Iterator[tasks_v2.CloudTasksClient]:
    with grpc.insecure_channel(address) as channel:
        yield tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))


@pytest.fixture
def client(server: TasksServer) -> Iterator[tasks_v2.CloudTasksClient]:
    yield from connected(server.address)


def make_queue(
    client: tasks_v2.CloudTasksClient, name: str = QUEUE, **fields: object
) -> tasks_v2.Queue:
    return client.create_queue(parent=LOCATION, queue=tasks_v2.Queue(name=name, **fields))


@pytest.fixture
def queue(client: tasks_v2.CloudTasksClient) -> tasks_v2.Queue:
    return make_queue(client)


Create = Callable[..., tasks_v2.Task]


@pytest.fixture
def create(client: tasks_v2.CloudTasksClient, target: Target) -> Create:
    """Create a task: `request` fields of the HttpRequest, the rest the task's own."""

    def make(
        task_id: str = "", request: dict[str, object] | None = None, **fields: Any
    ) -> tasks_v2.Task:
        if task_id:
            fields["name"] = f"{QUEUE}/tasks/{task_id}"
        http = tasks_v2.HttpRequest({"url": target.url, **(request or {})})
        return client.create_task(parent=QUEUE, task=tasks_v2.Task(http_request=http, **fields))

    return make


def task_name(task_id: str) -> str:
    return f"{QUEUE}/tasks/{task_id}"


def stamp(task: tasks_v2.Task) -> datetime:
    at: datetime = tasks_v2.Task.pb(task).schedule_time.ToDatetime(tzinfo=UTC)
    return at


# Queues


def test_a_queue_has_googles_defaults(client: tasks_v2.CloudTasksClient) -> None:
    made = tasks_v2.Queue.pb(make_queue(client))
    assert made.name == QUEUE
    assert made.state == tasks_v2.Queue.State.RUNNING
    assert made.rate_limits.max_dispatches_per_second == 500
    assert made.rate_limits.max_burst_size == 100
    assert made.rate_limits.max_concurrent_dispatches == 1000
    assert made.retry_config.max_attempts == 100
    assert made.retry_config.min_backoff.ToTimedelta() == timedelta(milliseconds=100)
    assert made.retry_config.max_backoff.ToTimedelta() == HOUR
    assert made.retry_config.max_doublings == 16
    assert not made.HasField("purge_time")
    assert client.get_queue(name=QUEUE) == tasks_v2.Queue.wrap(made)


def test_a_queues_settings_are_read_back(client: tasks_v2.CloudTasksClient) -> None:
    made = make_queue(
        client,
        rate_limits={"max_dispatches_per_second": 5, "max_concurrent_dispatches": 2},
        retry_config={"max_attempts": -1, "max_retry_duration": HOUR, "max_doublings": 3},
        stackdriver_logging_config={"sampling_ratio": 0.5},
    )
    assert made.rate_limits.max_burst_size == 10
    assert made.rate_limits.max_concurrent_dispatches == 2
    assert made.retry_config.max_attempts == -1
    assert tasks_v2.Queue.pb(made).retry_config.max_retry_duration.ToTimedelta() == HOUR
    assert made.stackdriver_logging_config.sampling_ratio == 0.5


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rate_limits": {"max_dispatches_per_second": 501}}, "less than or equal to 500"),
        ({"rate_limits": {"max_dispatches_per_second": -1}}, "cannot be negative"),
        ({"rate_limits": {"max_concurrent_dispatches": 5001}}, "less than or equal to 5000"),
        ({"rate_limits": {"max_concurrent_dispatches": -1}}, "cannot be negative"),
        ({"retry_config": {"max_attempts": -2}}, "greater or equal to -1"),
        ({"retry_config": {"max_doublings": -1}}, "maxDoublings cannot be negative"),
        ({"retry_config": {"min_backoff": -HOUR}}, "minBackoff cannot be negative"),
        ({"retry_config": {"max_backoff": -HOUR}}, "maxBackoff cannot be negative"),
        ({"retry_config": {"max_retry_duration": -HOUR}}, "maxRetryDuration cannot be negative"),
        ({"retry_config": {"min_backoff": 2 * HOUR}}, "minBackoff must be less than"),
        ({"name": "q"}, "Queue name must be formatted"),
        ({"name": f"{LOCATION}/queues/under_score"}, "Queue name must be formatted"),
        ({"name": f"{LOCATION}/queues/{'q' * 101}"}, "Queue name must be formatted"),
        ({"name": "projects/other/locations/here/queues/q"}, "must begin with"),
    ],
)
def test_a_wrong_queue_is_refused(
    client: tasks_v2.CloudTasksClient, fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(exceptions.InvalidArgument, match=said):
        make_queue(client, **fields)


def test_a_wrong_location_is_refused(client: tasks_v2.CloudTasksClient) -> None:
    with pytest.raises(exceptions.InvalidArgument):
        client.create_queue(parent="projects/demo", queue=tasks_v2.Queue(name=QUEUE))


def test_queue_level_routing_is_not_served(client: tasks_v2.CloudTasksClient) -> None:
    with pytest.raises(exceptions.MethodNotImplemented):
        make_queue(client, http_target={"http_method": "POST"})


def test_a_queue_name_is_used_once(client: tasks_v2.CloudTasksClient, clock: AdvancedClock) -> None:
    make_queue(client)
    with pytest.raises(exceptions.AlreadyExists):
        make_queue(client)
    client.delete_queue(name=QUEUE)
    with pytest.raises(exceptions.FailedPrecondition, match="too recently"):
        make_queue(client)
    clock.advance(START + timedelta(days=3, minutes=1))
    assert make_queue(client).name == QUEUE


def test_a_missing_queue_is_not_found(client: tasks_v2.CloudTasksClient, create: Create) -> None:
    calls: list[Callable[[], object]] = [
        lambda: client.get_queue(name=QUEUE),
        lambda: client.delete_queue(name=QUEUE),
        lambda: client.pause_queue(name=QUEUE),
        lambda: client.resume_queue(name=QUEUE),
        lambda: client.purge_queue(name=QUEUE),
        lambda: client.list_tasks(parent=QUEUE),
        lambda: client.get_task(name=task_name("t")),
        lambda: client.delete_task(name=task_name("t")),
        lambda: client.run_task(name=task_name("t")),
        create,
    ]
    for call in calls:
        with pytest.raises(exceptions.NotFound):
            call()


def test_a_malformed_queue_name_is_refused(client: tasks_v2.CloudTasksClient) -> None:
    for call in (client.get_queue, client.delete_queue, client.pause_queue, client.purge_queue):
        with pytest.raises(exceptions.InvalidArgument, match="Queue name"):
            call(name=f"{LOCATION}/queue/q")
    with pytest.raises(exceptions.InvalidArgument):
        client.list_tasks(parent="q")
    with pytest.raises(exceptions.InvalidArgument):
        client.list_queues(parent="demo")


def test_queues_are_listed_by_location_a_page_at_a_time(
    client: tasks_v2.CloudTasksClient,
) -> None:
    made = [f"{LOCATION}/queues/q{n}" for n in range(5)]
    for name in reversed(made):
        make_queue(client, name)
    elsewhere = "projects/demo/locations/asia-southeast1-b"
    client.create_queue(parent=elsewhere, queue=tasks_v2.Queue(name=f"{elsewhere}/queues/other"))
    request = tasks_v2.ListQueuesRequest(parent=LOCATION, page_size=2)
    pages = list(client.list_queues(request=request).pages)
    assert [[queue.name for queue in page.queues] for page in pages] == [
        made[:2],
        made[2:4],
        made[4:],
    ]
    assert [queue.name for queue in client.list_queues(parent=LOCATION)] == made


@pytest.mark.parametrize("wrong", [{"page_size": -1}, {"page_token": "?"}, {"page_token": "é"}])
def test_a_wrong_page_is_refused(
    client: tasks_v2.CloudTasksClient, wrong: dict[str, object]
) -> None:
    with pytest.raises(exceptions.InvalidArgument):
        client.list_queues(request=tasks_v2.ListQueuesRequest(parent=LOCATION, **wrong))


def test_a_filter_is_not_served(client: tasks_v2.CloudTasksClient) -> None:
    with pytest.raises(exceptions.MethodNotImplemented):
        client.list_queues(request={"parent": LOCATION, "filter": "state: PAUSED"})


def test_update_changes_only_what_the_mask_names(client: tasks_v2.CloudTasksClient) -> None:
    make_queue(client, retry_config={"max_attempts": 7, "max_doublings": 2})
    changed = client.update_queue(
        queue=tasks_v2.Queue(
            name=QUEUE, retry_config={"max_attempts": 9}, rate_limits={"max_burst_size": 1}
        ),
        update_mask=FieldMask(paths=["retry_config.max_attempts", "state"]),
    )
    assert (changed.retry_config.max_attempts, changed.retry_config.max_doublings) == (9, 2)
    whole = client.update_queue(queue=tasks_v2.Queue(name=QUEUE, rate_limits={}))
    assert (whole.retry_config.max_attempts, whole.retry_config.max_doublings) == (100, 16)
    with pytest.raises(exceptions.InvalidArgument, match="updateMask"):
        client.update_queue(
            queue=tasks_v2.Queue(name=QUEUE), update_mask=FieldMask(paths=["colour"])
        )


def test_update_makes_a_missing_queue(client: tasks_v2.CloudTasksClient) -> None:
    client.update_queue(queue=tasks_v2.Queue(name=QUEUE, retry_config={"max_attempts": 3}))
    assert client.get_queue(name=QUEUE).retry_config.max_attempts == 3
    with pytest.raises(exceptions.InvalidArgument):
        client.update_queue(queue=tasks_v2.Queue(name="q"))


def test_a_paused_queue_keeps_its_tasks_until_resumed(
    client: tasks_v2.CloudTasksClient,
    server: TasksServer,
    queue: tasks_v2.Queue,
    target: Target,
    create: Create,
) -> None:
    assert client.pause_queue(name=QUEUE).state == tasks_v2.Queue.State.PAUSED
    create("t")
    server.wait_idle(IDLE)
    assert not target.received
    assert client.get_task(name=task_name("t")).dispatch_count == 0
    assert client.resume_queue(name=QUEUE).state == tasks_v2.Queue.State.RUNNING
    server.wait_idle(IDLE)
    assert len(target.received) == 1


def test_a_purge_deletes_the_tasks(
    client: tasks_v2.CloudTasksClient,
    clock: AdvancedClock,
    queue: tasks_v2.Queue,
    create: Create,
) -> None:
    for _ in range(3):
        create(schedule_time=START + HOUR)
    create("named", schedule_time=START + HOUR)
    purged = client.purge_queue(name=QUEUE)
    assert tasks_v2.Queue.pb(purged).purge_time.ToDatetime(tzinfo=UTC) <= clock.now()
    assert list(client.list_tasks(parent=QUEUE)) == []
    with pytest.raises(exceptions.AlreadyExists):
        create("named")


def test_a_queue_deleted_during_an_attempt(
    client: tasks_v2.CloudTasksClient,
    server: TasksServer,
    queue: tasks_v2.Queue,
    target: Target,
    create: Create,
) -> None:
    target.gate.clear()
    target.answers.append(500)
    create("t")
    target.reached(1)
    client.delete_queue(name=QUEUE)
    with pytest.raises(TimeoutError, match="1 attempts in flight; not settled: none"):
        server.wait_idle(0.1)
    target.gate.set()
    server.wait_idle(IDLE)
    assert len(target.received) == 1


# Creating tasks


def test_a_task_gets_a_name_times_and_a_view(
    client: tasks_v2.CloudTasksClient, queue: tasks_v2.Queue, clock: AdvancedClock, create: Create
) -> None:
    client.pause_queue(name=QUEUE)
    made = create(request={"body": b"secret"})
    assert made.name.startswith(f"{QUEUE}/tasks/")
    assert made.name != create().name
    assert made.view == tasks_v2.Task.View.BASIC
    assert made.http_request.body == b""
    assert made.http_request.http_method == tasks_v2.HttpMethod.POST
    assert START <= stamp(made) <= clock.now()
    assert tasks_v2.Task.pb(made).create_time.nanos == 0
    assert tasks_v2.Task.pb(made).dispatch_deadline.ToTimedelta() == timedelta(minutes=10)
    full = tasks_v2.Task.View.FULL
    found = client.get_task(request={"name": made.name, "response_view": full})
    assert (found.view, found.http_request.body) == (full, b"secret")
    listed = client.list_tasks(request={"parent": QUEUE, "response_view": full})
    assert b"secret" in [task.http_request.body for task in listed]


def test_tasks_are_listed_a_page_at_a_time(
    client: tasks_v2.CloudTasksClient, queue: tasks_v2.Queue, create: Create
) -> None:
    made = [create(f"t{n}", schedule_time=START + HOUR).name for n in range(5)]
    pages = list(client.list_tasks(request={"parent": QUEUE, "page_size": 2}).pages)
    assert [len(page.tasks) for page in pages] == [2, 2, 1]
    assert [task.name for task in client.list_tasks(parent=QUEUE)] == made


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ({"http_request": {"url": ""}}, "url is required"),
        ({}, "url is required"),
        ({"http_request": {"url": "ftp://h/"}}, "must start with"),
        ({"http_request": {"url": "http://h/" + "x" * 2083}}, "at most 2083"),
        ({"http_request": {"url": "http://h", "http_method": 2, "body": b"x"}}, "body is allowed"),
        ({"http_request": {"url": "http://h", "body": b"x" * (1 << 20)}}, "size too large"),
        (
            {"http_request": {"url": "http://h", "oidc_token": {"audience": "a"}}},
            "serviceAccountEmail",
        ),
        ({"schedule_time": START + timedelta(days=30, minutes=5)}, "too far in the future"),
        ({"dispatch_deadline": timedelta(seconds=14)}, r"between \[15s, 30m\]"),
        ({"dispatch_deadline": timedelta(minutes=30, seconds=1)}, r"between \[15s, 30m\]"),
        ({"retry_config": {"max_attempts": -2}}, "maxAttempts"),
        ({"name": "t"}, "Task name must be formatted"),
        ({"name": f"{QUEUE}/tasks/"}, "Task ID"),
        ({"name": f"{QUEUE}/tasks/not an id"}, "Task ID"),
        ({"name": f"{QUEUE}/tasks/{'t' * 501}"}, "Task ID"),
        ({"name": f"{QUEUE}-other/tasks/t"}, "must be the same as the queue name"),
    ],
)
def test_a_wrong_task_is_refused(
    client: tasks_v2.CloudTasksClient, queue: tasks_v2.Queue, task: dict[str, Any], said: str
) -> None:
    if task and "http_request" not in task:
        task = {**task, "http_request": {"url": "http://127.0.0.1/"}}
    with pytest.raises(exceptions.InvalidArgument, match=said):
        client.create_task(parent=QUEUE, task=tasks_v2.Task(task))


@pytest.mark.parametrize(
    "task",
    [
        {"app_engine_http_request": {"relative_uri": "/"}},
        {
            "http_request": {
                "url": "http://h",
                "oauth_token": {"service_account_email": "a@b"},
            }
        },
    ],
)
def test_what_is_not_served_is_said(
    client: tasks_v2.CloudTasksClient, queue: tasks_v2.Queue, task: dict[str, Any]
) -> None:
    with pytest.raises(exceptions.MethodNotImplemented):
        client.create_task(parent=QUEUE, task=tasks_v2.Task(task))
    with pytest.raises(exceptions.MethodNotImplemented):
        client.get_cmek_config(name=f"{LOCATION}/cmekConfig")


def test_the_limits_themselves_are_allowed(queue: tasks_v2.Queue, create: Create) -> None:
    farthest = START + timedelta(days=30)
    made = create(schedule_time=farthest, dispatch_deadline=timedelta(seconds=15))
    assert stamp(made) == farthest
    create(schedule_time=farthest, dispatch_deadline=timedelta(minutes=30))


def test_a_malformed_task_name_is_refused(
    client: tasks_v2.CloudTasksClient, queue: tasks_v2.Queue
) -> None:
    for call in (client.get_task, client.delete_task, client.run_task):
        with pytest.raises(exceptions.InvalidArgument, match="Task name"):
            call(name=f"{QUEUE}/task/t")


def test_a_missing_task_is_not_found(
    client: tasks_v2.CloudTasksClient, queue: tasks_v2.Queue
) -> None:
    for call in (client.get_task, client.delete_task, client.run_task):
        with pytest.raises(exceptions.NotFound, match="Requested entity was not found"):
            call(name=task_name("t"))


def test_a_name_is_released_an_hour_after_its_task_is_done(
    client: tasks_v2.CloudTasksClient,
    server: TasksServer,
    queue: tasks_v2.Queue,
    clock: AdvancedClock,
    create: Create,
) -> None:
    create("t", schedule_time=START + HOUR)
    with pytest.raises(exceptions.AlreadyExists, match="already exists"):
        create("t")
    clock.advance(START + HOUR)
    server.wait_idle(IDLE)
    with pytest.raises(exceptions.NotFound, match="existed recently"):
        client.get_task(name=task_name("t"))
    clock.advance(START + timedelta(minutes=119))
    with pytest.raises(exceptions.AlreadyExists, match="too recently"):
        create("t")
    clock.advance(START + timedelta(minutes=121))
    assert create("t").name == task_name("t")


def test_a_deleted_task_is_not_run_and_keeps_its_name(
    client: tasks_v2.CloudTasksClient,
    server: TasksServer,
    queue: tasks_v2.Queue,
    clock: AdvancedClock,
    target: Target,
    create: Create,
) -> None:
    create("t", schedule_time=START + HOUR)
    client.delete_task(name=task_name("t"))
    with pytest.raises(exceptions.AlreadyExists):
        create("t")
    with pytest.raises(exceptions.NotFound):
        client.delete_task(name=task_name("t"))
    clock.advance(START + 2 * HOUR)
    server.wait_idle(IDLE)
    assert not target.received


# Dispatch


def test_the_request_is_the_tasks_with_the_services_headers(
    server: TasksServer, queue: tasks_v2.Queue, target: Target, create: Create
) -> None:
    headers = {
        "Content-Type": "application/json",
        "X-Own": "ố".encode().decode("latin-1"),
        "user-agent": "mine",
        "Host": "elsewhere",
        "x-cloudtasks-queuename": "forged",
        "X-AppEngine-Cron": "true",
    }
    create("t", {"body": b"\x00{}", "headers": headers})
    server.wait_idle(IDLE)
    (got,) = target.received
    assert (got.method, got.path, got.body) == ("POST", "/run", b"\x00{}")
    assert got.headers["Content-Type"] == "application/json"
    assert got.headers["X-Own"] == headers["X-Own"]
    assert got.headers["User-Agent"] == "Google-Cloud-Tasks"
    assert got.headers["X-CloudTasks-QueueName"] == "q"
    assert got.headers["X-CloudTasks-TaskName"] == "t"
    assert got.headers["X-CloudTasks-TaskRetryCount"] == "0"
    assert got.headers["X-CloudTasks-TaskExecutionCount"] == "0"
    assert abs(float(got.headers["X-CloudTasks-TaskETA"]) - START.timestamp()) < 5
    assert got.headers["Host"] != "elsewhere"
    absent = {"Authorization", "X-AppEngine-Cron", "x-cloudtasks-queuename", "Accept"}
    absent |= {"X-CloudTasks-TaskPreviousResponse", "X-CloudTasks-TaskRetryReason"}
    assert not absent & got.headers.keys()


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_the_method_is_the_tasks(
    server: TasksServer, queue: tasks_v2.Queue, target: Target, create: Create, method: str
) -> None:
    create(request={"http_method": method})
    server.wait_idle(IDLE)
    assert [got.method for got in target.received] == [method]
    assert "Content-Type" not in target.received[0].headers


def test_an_oidc_token_is_signed_for_the_audience_or_the_url(
    server: TasksServer, queue: tasks_v2.Queue, target: Target, create: Create
) -> None:
    own = {"headers": {"authorization": "Basic x"}}
    create("a", {"oidc_token": {"service_account_email": "a@b"}, **own})
    server.wait_idle(IDLE)
    create("b", {"oidc_token": {"service_account_email": "a@b", "audience": "aud"}})
    server.wait_idle(IDLE)
    assert target.header("Authorization") == [
        f"Bearer signed.a@b.{target.url}",
        "Bearer signed.a@b.aud",
    ]
    assert "authorization" not in target.received[0].headers


def test_a_signer_that_fails_is_a_failed_attempt(
    client: tasks_v2.CloudTasksClient,
    server: TasksServer,
    target: Target,
    create: Create,
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_queue(client, retry_config={"max_attempts": 1})
    create("t", {"oidc_token": {"service_account_email": "nobody@b"}})
    server.wait_idle(IDLE)
    assert not target.received
    assert "PermissionError" in caplog.text
    assert f"dropped {task_name('t')}" in caplog.text


def test_without_a_signer_a_token_is_refused(clock: AdvancedClock) -> None:
    with TasksServer(clock) as server:
        for client in connected(server.address):
            make_queue(client)
            http = {"url": "http://h", "oidc_token": {"service_account_email": "a@b"}}
            with pytest.raises(exceptions.FailedPrecondition):
                client.create_task(parent=QUEUE, task=tasks_v2.Task(http_request=http))


def test_a_task_waits_for_its_time_on_the_clock(
    client: tasks_v2.CloudTasksClient,
    server: TasksServer,
    queue: tasks_v2.Queue,
    clock: AdvancedClock,
    target: Target,
    create: Create,
) -> None:
    create("far", schedule_time=START + timedelta(days=20))
    create("near", schedule_time=START + HOUR)
    server.wait_idle(IDLE)
    assert not target.received
    clock.advance(START + HOUR)
    server.wait_idle(IDLE)
    assert target.header("X-CloudTasks-TaskName") == ["near"]
    assert target.header("X-CloudTasks-TaskETA") == [f"{(START + HOUR).timestamp():.6f}"]
    clock.advance(START + timedelta(days=60))
    server.wait_idle(IDLE)
    assert target.header("X-CloudTasks-TaskName") == ["near", "far"]


def test_time_that_flows_by_itself_also_makes_tasks_due(
    queue: tasks_v2.Queue, clock: AdvancedClock, target: Target, create: Create
) -> None:
    create(schedule_time=clock.now() + timedelta(milliseconds=300))
    assert not target.received
    target.reached(1)


def test_failures_are_retried_and_told_of(
    client: tasks_v2.CloudTasksClient,
    server: TasksServer,
    clock: AdvancedClock,
    target: Target,
    create: Create,
) -> None:
    make_queue(client, retry_config={"min_backoff": HOUR, "max_backoff": 3 * HOUR})
    target.answers.extend([503, 404, 302])
    create("t")
    server.wait_idle(IDLE)
    for hours, failures in ((1, 1), (2, 2), (3, 3)):
        task = client.get_task(name=task_name("t"))
        assert (task.dispatch_count, task.response_count) == (failures, failures)
        last = tasks_v2.Task.pb(task).last_attempt
        wait = stamp(task) - last.response_time.ToDatetime(tzinfo=UTC)
        assert wait == timedelta(hours=hours)
        clock.advance(stamp(task))
        server.wait_idle(IDLE)
    assert target.header("X-CloudTasks-TaskRetryCount") == ["0", "1", "2", "3"]
    assert target.header("X-CloudTasks-TaskExecutionCount") == ["0", "0", "1", "2"]
    assert target.header("X-CloudTasks-TaskPreviousResponse") == [None, "503", "404", "302"]
    assert target.header("X-CloudTasks-TaskRetryReason") == [None, "", "", ""]
    with pytest.raises(exceptions.NotFound):
        client.get_task(name=task_name("t"))


def test_attempts_are_shown(
    client: tasks_v2.CloudTasksClient, server: TasksServer, target: Target, create: Create
) -> None:
    make_queue(client, retry_config={"min_backoff": HOUR})
    target.answers.append(503)
    create("t")
    server.wait_idle(IDLE)
    task = tasks_v2.Task.pb(client.get_task(name=task_name("t")))
    assert task.first_attempt.HasField("dispatch_time")
    assert not task.first_attempt.HasField("response_time")
    assert task.last_attempt.dispatch_time == task.first_attempt.dispatch_time
    assert task.last_attempt.HasField("schedule_time")
    assert task.last_attempt.response_status.code == grpc.StatusCode.UNAVAILABLE.value[0]
    assert task.last_attempt.response_status.message == "UNAVAILABLE(14): HTTP status code 503"


def test_a_short_back_off_is_waited_for(
    client: tasks_v2.CloudTasksClient, server: TasksServer, target: Target, create: Create
) -> None:
    make_queue(client)
    target.answers.extend([500, 500])
    create("t")
    server.wait_idle(IDLE)
    first, second, third = [got.at for got in target.received]
    assert second - first >= 0.1
    assert third - second >= 0.2


def test_a_task_out_of_attempts_is_dropped_and_logged(
    client: tasks_v2.CloudTasksClient,
    server: TasksServer,
    target: Target,
    create: Create,
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_queue(client, retry_config={"max_attempts": 2})
    target.answers.extend([500, 418])
    create("t")
    server.wait_idle(IDLE)
    assert len(target.received) == 2
    (dropped,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert dropped.name == "infra.local.tasks.dispatcher"
    assert dropped.getMessage() == (
        f"dropped {task_name('t')} after 2 attempts: UNKNOWN(2): HTTP status code 418"
    )
    with pytest.raises(exceptions.AlreadyExists):
        create("t")


def test_the_tasks_own_retry_settings_override_its_queues(
    client: tasks_v2.CloudTasksClient,
    server: TasksServer,
    queue: tasks_v2.Queue,
    target: Target,
    create: Create,
) -> None:
    target.answers.extend([500, 500])
    made = create("t", retry_config={"max_attempts": 1})
    assert made.retry_config.max_attempts == 1
    server.wait_idle(IDLE)
    assert len(target.received) == 1


def test_a_retry_duration_holds_the_task_past_its_attempts(
    client: tasks_v2.CloudTasksClient,
    server: TasksServer,
    clock: AdvancedClock,
    target: Target,
    create: Create,
) -> None:
    make_queue(
        client,
        retry_config={"max_attempts": 1, "max_retry_duration": 2 * HOUR, "min_backoff": HOUR},
    )
    target.answers.extend([500] * 9)
    create("t")
    server.wait_idle(IDLE)
    for hours in (1.1, 2.2):
        client.get_task(name=task_name("t"))
        clock.advance(START + timedelta(hours=hours))
        server.wait_idle(IDLE)
    assert len(target.received) == 3
    with pytest.raises(exceptions.NotFound):
        client.get_task(name=task_name("t"))


def test_a_redirect_is_a_failure(
    client: tasks_v2.CloudTasksClient, server: TasksServer, target: Target, create: Create
) -> None:
    make_queue(client, retry_config={"min_backoff": HOUR})
    target.answers.append(302)
    create(request={"url": target.url.replace("/run", "/redirect")})
    server.wait_idle(IDLE)
    assert [got.path for got in target.received] == ["/redirect"]


def test_an_unreachable_target_is_retried(
    client: tasks_v2.CloudTasksClient, server: TasksServer, create: Create
) -> None:
    make_queue(client, retry_config={"min_backoff": HOUR})
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        create("t", {"url": f"http://127.0.0.1:{closed.getsockname()[1]}/"})
        server.wait_idle(IDLE)
    task = client.get_task(name=task_name("t"))
    assert (task.dispatch_count, task.response_count) == (1, 0)
    last = tasks_v2.Task.pb(task).last_attempt
    assert last.response_status.message == "UNAVAILABLE(14): HTTP status code 0"


def test_an_attempt_ends_at_its_deadline(target: Target) -> None:
    # Not through the server: the least deadline it grants is 15 s.
    target.gate.clear()
    request = tasks_v2.HttpRequest(url=target.url, http_method="POST")
    answer = deliver(request, {}, timedelta(milliseconds=100), None)
    assert answer == TIMED_OUT
    assert answer.message == "DEADLINE_EXCEEDED(4): HTTP status code 504"


def test_concurrent_dispatches_are_limited(
    client: tasks_v2.CloudTasksClient, server: TasksServer, target: Target, create: Create
) -> None:
    make_queue(client, rate_limits={"max_concurrent_dispatches": 2})
    target.gate.clear()
    for _ in range(5):
        create()
    target.reached(2)
    time.sleep(0.1)
    assert len(target.received) == 2
    target.gate.set()
    server.wait_idle(IDLE)
    assert len(target.received) == 5
    assert target.most_inside <= 2


def test_the_attempts_of_all_queues_are_bounded(
    client: tasks_v2.CloudTasksClient,
    server: TasksServer,
    queue: tasks_v2.Queue,
    target: Target,
    create: Create,
) -> None:
    target.gate.clear()
    for _ in range(POOL + 5):
        create()
    target.reached(POOL)
    target.gate.set()
    server.wait_idle(IDLE)
    assert len(target.received) == POOL + 5
    assert target.most_inside == POOL


def test_the_dispatch_rate_is_limited(
    client: tasks_v2.CloudTasksClient, server: TasksServer, target: Target, create: Create
) -> None:
    make_queue(client, rate_limits={"max_dispatches_per_second": 10})
    client.pause_queue(name=QUEUE)
    for _ in range(15):
        create()
    began = time.monotonic()
    client.resume_queue(name=QUEUE)
    server.wait_idle(IDLE)
    # Ten at once, as the bucket is full, then one each tenth of a second.
    assert target.received[14].at - began > 0.49
    assert len(target.received) == 15


def test_run_task_ignores_time_pause_and_running(
    client: tasks_v2.CloudTasksClient,
    server: TasksServer,
    clock: AdvancedClock,
    target: Target,
    create: Create,
) -> None:
    make_queue(client, retry_config={"min_backoff": HOUR, "max_backoff": 9 * HOUR})
    client.pause_queue(name=QUEUE)
    target.answers.extend([500, 500])
    create("t", schedule_time=START + 9 * HOUR)
    target.gate.clear()
    assert client.run_task(name=task_name("t")).dispatch_count == 1
    target.reached(1)
    again = client.run_task(name=task_name("t"))
    assert (again.dispatch_count, again.response_count) == (2, 0)
    target.gate.set()
    server.wait_idle(IDLE)
    task = client.get_task(name=task_name("t"))
    assert (task.dispatch_count, task.response_count) == (2, 2)
    assert abs(stamp(task) - (START + 2 * HOUR)) < timedelta(minutes=1)
    client.run_task(name=task_name("t"))
    server.wait_idle(IDLE)
    with pytest.raises(exceptions.NotFound):
        client.run_task(name=task_name("t"))


def test_deleting_a_task_during_its_attempt_ends_it(
    client: tasks_v2.CloudTasksClient,
    server: TasksServer,
    queue: tasks_v2.Queue,
    target: Target,
    create: Create,
) -> None:
    target.gate.clear()
    target.answers.append(500)
    create("t")
    target.reached(1)
    client.delete_task(name=task_name("t"))
    target.gate.set()
    server.wait_idle(IDLE)
    assert len(target.received) == 1


# The server


def test_wait_idle_names_what_is_left(
    server: TasksServer, queue: tasks_v2.Queue, target: Target, create: Create
) -> None:
    target.gate.clear()
    create("slow")
    with pytest.raises(TimeoutError, match=r"1 attempts in flight.*tasks/slow \(running\)"):
        server.wait_idle(0.1)


def test_a_far_retry_does_not_keep_it_busy(
    client: tasks_v2.CloudTasksClient, server: TasksServer, target: Target, create: Create
) -> None:
    make_queue(client, retry_config={"min_backoff": timedelta(minutes=1)})
    target.answers.append(500)
    create()
    server.wait_idle(1)
    assert len(target.received) == 1


def test_stop_joins_every_thread(clock: AdvancedClock, target: Target) -> None:
    before = set(threading.enumerate())
    server = TasksServer(clock, sign)
    server.start()
    for client in connected(server.address):
        make_queue(client)
        for _ in range(5):
            client.create_task(parent=QUEUE, task=tasks_v2.Task(http_request={"url": target.url}))
        server.wait_idle(IDLE)
    server.stop()
    server.stop()
    left = {thread.name for thread in set(threading.enumerate()) - before}
    assert not {name for name in left if name.startswith("tasks-")}


def test_a_server_never_started_can_be_stopped(clock: AdvancedClock) -> None:
    TasksServer(clock).stop()


def test_a_port_is_served_by_one(clock: AdvancedClock, server: TasksServer) -> None:
    second = TasksServer(clock, port=int(server.address.rpartition(":")[2]))
    with pytest.raises(RuntimeError):
        second.start()
    second.stop()


# The pure parts


def test_the_documented_interval_sequence() -> None:
    policy = RetryPolicy(
        min_backoff=timedelta(seconds=10), max_backoff=timedelta(seconds=300), max_doublings=3
    )
    waits = [interval(policy, failures).total_seconds() for failures in range(1, 9)]
    assert waits == [10, 20, 40, 80, 160, 240, 300, 300]


POLICIES = st.builds(
    lambda low, more, doublings: RetryPolicy(
        min_backoff=low, max_backoff=low + more, max_doublings=doublings
    ),
    st.timedeltas(timedelta(milliseconds=1), timedelta(minutes=5)),
    st.timedeltas(timedelta(0), timedelta(days=1)),
    st.integers(0, 40),
)


@given(policy=POLICIES, failures=st.integers(1, 5000))
@settings(max_examples=100)
def test_intervals_stay_within_bounds_and_never_shrink(policy: RetryPolicy, failures: int) -> None:
    wait, following = interval(policy, failures), interval(policy, failures + 1)
    assert policy.min_backoff <= wait <= following <= policy.max_backoff
    if failures <= policy.max_doublings:
        assert following == min(wait * 2, policy.max_backoff)


@given(
    attempts=st.integers(1, 9),
    limit=st.integers(-1, 9).filter(bool),
    hours=st.integers(0, 9),
    limit_hours=st.integers(0, 9),
)
@settings(max_examples=100)
def test_a_task_is_spent_when_every_limit_set_is_reached(
    attempts: int, limit: int, hours: int, limit_hours: int
) -> None:
    policy = RetryPolicy(max_attempts=limit, max_retry_duration=limit_hours * HOUR)
    held_by_attempts = limit != -1 and attempts < limit
    held_by_time = limit_hours > 0 and hours < limit_hours
    unlimited = limit == -1 and limit_hours == 0
    expected = not (held_by_attempts or held_by_time or unlimited)
    assert spent(policy, Trials(attempts, hours * HOUR, hours * HOUR)) is expected
    assert spent(policy, Trials(attempts, hours * HOUR, RETENTION))


@given(
    rate=st.floats(0.01, 500),
    burst=st.integers(1, 100),
    gaps=st.lists(st.timedeltas(timedelta(0), timedelta(minutes=2)), max_size=60),
)
@settings(max_examples=100)
def test_a_bucket_never_gives_more_than_its_rate_and_burst(
    rate: float, burst: int, gaps: list[timedelta]
) -> None:
    bucket = TokenBucket(rate, burst, START)
    now, given_out = START, 0
    for gap in gaps:
        now += gap
        given_out += bucket.take(now)
    assert given_out <= burst + rate * (now - START).total_seconds() + 1e-6


@given(rate=st.floats(0.01, 500), burst=st.integers(1, 20), taken=st.integers(0, 30))
@settings(max_examples=100)
def test_a_bucket_is_ready_when_it_says_and_not_before(rate: float, burst: int, taken: int) -> None:
    bucket = TokenBucket(rate, burst, START)
    got = sum(bucket.take(START) for _ in range(taken))
    assert got == min(burst, taken)
    ready = bucket.ready_at(START)
    assert (ready == START) == (taken < burst)
    if taken >= burst:
        assert not bucket.take(START + (ready - START) / 2)
    assert bucket.take(ready)


def test_a_smaller_bucket_loses_what_it_cannot_hold() -> None:
    bucket = TokenBucket(1, 10, START)
    bucket.resize(1, 2, START)
    assert [bucket.take(START) for _ in range(3)] == [True, True, False]


def test_queues_take_turns() -> None:
    store = Store()
    for queue_id in ("a", "b"):
        name = f"{LOCATION}/queues/{queue_id}"
        queue = store.create(LOCATION, tasks_v2.Queue(name=name), START)
        for _ in range(2):
            queue.add(tasks_v2.Task(http_request={"url": "http://h"}), START)
    flights = [store.take(START) for _ in range(5)]
    taken = [flight.queue.name[-1] for flight in flights if flight is not None]
    assert taken == ["a", "b", "a", "b"]


def test_answers_are_told_apart() -> None:
    assert Answer(204).success
    assert not Answer(304).success
    assert not UNREACHED.success
    assert Answer(429).executed
    assert not Answer(500).executed
    assert not TIMED_OUT.executed
    assert Answer(200).code == 0

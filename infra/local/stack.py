"""The whole system on this machine, on real parts: see docs/decisions and the README.

Firestore emulator (rules, triggers), Auth emulator, gateway (all functions in one process, OIDC,
faults), Cloud Tasks server over gRPC; ports chosen free, everything stopped at exit.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

# The clients' channels outlive the emulator by a moment, which gRPC would tell the console.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")

import functions_framework
from google.cloud import tasks_v2
from google.protobuf.duration_pb2 import Duration

from infra.local.auth import HOST_VARIABLE as AUTH_HOST_VARIABLE
from infra.local.auth import AuthEmulator
from infra.local.clock import AdvancedClock
from infra.local.emulator import HOST_VARIABLE, FirestoreEmulator
from infra.local.event import Trigger
from infra.local.faults import Faults
from infra.local.gateway import Gateway
from infra.local.oidc import LocalIssuer
from infra.local.process import EmulatorError, free_port
from infra.local.tasks.server import TasksServer
from infra.local.triggers import CALLED, ON_CREATION, TASKS, TRIGGERS
from shared import wiring
from shared.adapters.tasks import connect
from shared.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules" / "firestore.rules"
SERVICE_ACCOUNT = "platform@roviec.iam.gserviceaccount.com"
TRUSTED_SYSTEM = "import@roviec.iam.gserviceaccount.com"
LOCATION = "asia-southeast1"
QUEUE = "periods"
AHEAD = "clock/ahead"
"""The document that tells the rules how far our clock is ahead of the emulator's."""
FIRST_EVENT_SECONDS = 10.0
JAVA_OPTIONS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""The emulator shares two cores with everything else; this halves its time."""


@dataclass(frozen=True)
class Emulators:
    """Google's own emulators, which many systems may share, each in a project of its own."""

    store: FirestoreEmulator
    auth: AuthEmulator


@dataclass
class Stack:
    """A running system: where to call it, its clock, and what a test may turn."""

    project: str
    url: str
    clock: AdvancedClock
    google: Emulators
    gateway: Gateway
    tasks: TasksServer
    issuer: LocalIssuer
    wiring: wiring.Wiring

    def drain(self, timeout: float = 120) -> None:
        """Wait until every event has been delivered and every due task is done."""
        before = -1
        while before != (arrived := self._arrived(timeout)):
            before = arrived
            self.gateway.drain(timeout)
            self.tasks.wait_idle(timeout)

    def _arrived(self, timeout: float) -> int:
        """How many events there have been, to that of the last write."""
        self.gateway.catch_up(timeout)
        return self.gateway.stats.received


@contextmanager
def running(
    *,
    logs: Path,
    clock: AdvancedClock | None = None,
    faults: Faults | None = None,
    project: str = "demo-roviec",
    port: int = 0,
) -> Iterator[Stack]:
    """Start everything, yield it, stop everything."""
    with ExitStack() as exits:
        port = port or free_port()
        logs.mkdir(parents=True, exist_ok=True)
        google = exits.enter_context(emulators(logs, f"127.0.0.1:{port}"))
        yield exits.enter_context(
            attached(google, clock=clock, faults=faults, project=project, port=port)
        )


@contextmanager
def emulators(logs: Path, events: str) -> Iterator[Emulators]:
    """Google's emulators, started side by side; `events` is told of every write."""
    store = FirestoreEmulator(log=logs / "firestore.log", events=events, java_options=JAVA_OPTIONS)
    auth = AuthEmulator(log=logs / "auth.log")
    with ExitStack() as exits:
        for server in (store, auth):
            exits.callback(server.stop)
            server.launch()
        for server in (store, auth):
            server.wait_until_ready()
        yield Emulators(store, auth)


@contextmanager
def attached(
    google: Emulators,
    *,
    clock: AdvancedClock | None = None,
    faults: Faults | None = None,
    project: str,
    port: int = 0,
) -> Iterator[Stack]:
    """A system of its own in a project of a running emulator."""
    clock = clock or AdvancedClock()
    issuer = LocalIssuer()
    with ExitStack() as exits:
        exits.enter_context(_environment(google))
        tasks = exits.enter_context(TasksServer(clock, issuer.token))
        gateway = exits.enter_context(
            Gateway(
                functions(),
                {
                    name: Trigger(pattern, name, "created" if name in ON_CREATION else "written")
                    for name, pattern in TRIGGERS.items()
                },
                issuer=issuer,
                invoker=SERVICE_ACCOUNT,
                faults=faults,
                port=port,
            )
        )
        settings = _settings(project, gateway.url, tasks.address)
        current = wiring.Wiring(settings, clock)
        exits.enter_context(_wired(current))
        _create_queue(tasks.address, project)
        google.store.set_rules(project, _on_our_clock(RULES.read_text("utf-8")))
        exits.enter_context(clock.followed_by(lambda ahead: _tell(google.store, project, ahead)))
        gateway.register(google.store, project)
        if google.store.attached:
            _require_its_events(gateway, google.store.host)
        yield Stack(project, gateway.url, clock, google, gateway, tasks, issuer, current)


def _require_its_events(gateway: Gateway, host: str) -> None:
    """An emulator of somebody else's may post its events to nobody who is here."""
    try:
        gateway.catch_up(FIRST_EVENT_SECONDS)
    except TimeoutError:
        raise EmulatorError(
            f"the emulator at {host} posts its events elsewhere: unset {HOST_VARIABLE}, "
            f"or start it with --functions_emulator {gateway.address}"
        ) from None


def _on_our_clock(rules: str) -> str:
    """The emulator's clock cannot be moved: a document tells its rules how far ours is ahead."""
    ahead = f"get(/databases/$(database)/documents/{AHEAD}).data.seconds"
    theirs, ours = "return request.time;", f"return request.time + duration.value({ahead}, 's');"
    assert rules.count(theirs) == 1, "the rules have one now()"
    return rules.replace(theirs, ours)


def _tell(store: FirestoreEmulator, project: str, ahead: timedelta) -> None:
    seconds = str(int(ahead.total_seconds()))
    store.write(project, AHEAD, {"seconds": {"integerValue": seconds}})


@cache
def functions() -> "Mapping[str, WSGIApplication]":
    """Every entry point as the platform would run it, by its name."""
    create: Callable[[str, str], WSGIApplication] = functions_framework.create_app
    return {name: create(name, str(ROOT / "main.py")) for name in [*CALLED, *TASKS, *TRIGGERS]}


def _settings(project: str, url: str, tasks: str) -> Settings:
    values: dict[str, Any] = {
        "GOOGLE_CLOUD_PROJECT": project,
        "LOCATION": LOCATION,
        "TASKS_QUEUE": QUEUE,
        "FUNCTIONS_URL": url,
        "SERVICE_ACCOUNT": SERVICE_ACCOUNT,
        "TRUSTED_SYSTEMS": TRUSTED_SYSTEM,
        "OIDC_KEYS_URL": f"{url}/.well-known/jwks.json",
        "CLOUD_TASKS_EMULATOR_HOST": tasks,
        # A department's whole month is played within a minute, from one person's token too.
        "RATE_PER_MINUTE": 10**6,
        "RATE_BURST": 10**6,
    }
    return Settings.from_environment(values)


@contextmanager
def _environment(google: Emulators) -> Iterator[None]:
    """What the Google libraries look for in the environment, for as long as it is true."""
    values = {HOST_VARIABLE: google.store.host, AUTH_HOST_VARIABLE: google.auth.host}
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _wired(current: wiring.Wiring) -> Iterator[None]:
    before = wiring.use(current)
    try:
        yield
    finally:
        wiring.use(before)


def _create_queue(tasks: str, project: str) -> None:
    client = connect(tasks)
    parent = client.common_location_path(project, LOCATION)
    client.create_queue(
        parent=parent,
        queue=tasks_v2.Queue(
            name=f"{parent}/queues/{QUEUE}",
            retry_config=tasks_v2.RetryConfig(
                min_backoff=Duration(nanos=200_000_000), max_backoff=Duration(seconds=10)
            ),
        ),
    )

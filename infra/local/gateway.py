"""The local stand-in for Cloud Run and Eventarc: functions over HTTP, and their events.

The Firestore emulator posts its trigger events here (see `event`). It never repeats
an event, whatever the answer, and posts the next one only when it has an answer:
events are taken over at once, delivered and retried here.
"""

import itertools
import json
import logging
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from wsgiref.util import shift_path_info

from google.protobuf.message import DecodeError
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from functions.problem import problem
from infra.local.delivery import Backoff, Failure, Job, Pool, log_failure
from infra.local.event import EVENT_PATH, Event, Trigger
from infra.local.faults import Faults
from infra.local.oidc import LocalIssuer
from infra.local.running import Running
from infra.local.server import Server
from shared.errors import refuse

INVOKER = "eventarc@demo-roviec.iam.gserviceaccount.com"
"""The service account in the tokens of events, unless told otherwise."""

_LOG = logging.getLogger(__name__)
_MARK = "marks"
_RESERVED = frozenset({"", "functions", ".well-known"})
_TOKEN_SECONDS = 3000
_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class Stats:
    """What has happened to the events so far.

    Once drained, `delivered + given_up` is the number of planned deliveries:
    with no faults, `received - ignored`.
    """

    received: int = 0
    """Events the emulator has posted."""
    ignored: int = 0
    """Of these, those that changed nothing, which production does not send."""
    dropped: int = 0
    """Of these, those that the faults made vanish."""
    delivered: int = 0
    """Deliveries answered with 2xx."""
    retried: int = 0
    """Attempts that failed and were followed by another."""
    given_up: int = 0
    """Deliveries whose last attempt failed."""


class _Emulator(Protocol):
    """What of the emulator the gateway needs."""

    def register_trigger(
        self, project: str, trigger: str, document: str, on: Literal["written", "created"]
    ) -> None: ...

    def mark(self, project: str, document: str) -> None: ...


class _Marks:
    """Documents that are written to learn that the events of all earlier writes have arrived.

    The emulator posts events one at a time in the order of the commits, over all triggers.
    """

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._seen: set[str] = set()
        self._where: tuple[_Emulator, str] | None = None

    def register(self, emulator: _Emulator, project: str) -> None:
        emulator.register_trigger(project, _MARK, f"{_MARK}/{{mark}}", "written")
        self._where = emulator, project

    def note(self, document: str) -> None:
        with self._changed:
            self._seen.add(document)
            self._changed.notify_all()

    def pass_(self, timeout: float) -> None:
        """Write one and wait for its event."""
        if self._where is None:
            raise RuntimeError("register a project first: its events are waited for")
        emulator, project = self._where
        mark = f"{_MARK}/{next(self._numbers)}"
        emulator.mark(project, mark)
        with self._changed:
            if not self._changed.wait_for(lambda: mark in self._seen, timeout):
                raise TimeoutError(f"no event of {mark} after {timeout:g} s")
            self._seen.remove(mark)


class Gateway(Running):
    """All functions in one process, each at `/NAME`, and the events that call them.

    `GET /` lists the functions, `GET /.well-known/jwks.json` serves the keys of
    the tokens that events carry. It is a WSGI application itself, so an
    `EventRelay` can pass events on to it; or its own address is the emulator's.

    Deliveries of one event to different functions, and of different events,
    run side by side on `workers` threads: the order is not kept, as in production.
    """

    def __init__(  # noqa: PLR0913 - a test sets one or two, and each has its default
        self,
        apps: Mapping[str, WSGIApplication],
        triggers: Mapping[str, Trigger],
        *,
        issuer: LocalIssuer | None = None,
        invoker: str = INVOKER,
        faults: Faults | None = None,
        backoff: Backoff | None = None,
        on_unhandled: Callable[[Failure], None] = log_failure,
        port: int = 0,
        workers: int = 8,
        threads: int = 16,
    ) -> None:
        """Prepare a gateway; `start` or `with` starts it.

        Args:
            apps: The functions by name; read at each call, so it may be filled later.
            triggers: The triggers by their id.
            issuer: Signs the tokens; by default one with a key of its own.
            invoker: The service account named in the tokens of events.
            faults: What deliveries must suffer; by default nothing.
            backoff: When and how often a failed delivery is repeated.
            on_unhandled: Told of every delivery that a function did not answer with
                2xx, from a thread of the gateway; not of those that `faults` made fail.
            port: Where to listen; 0 takes a free port.
            workers: Deliveries at the same time.
            threads: HTTP requests at the same time. Functions that call each
                other through the gateway wait for threads of the same pool.

        Raises:
            ValueError: A function has a name that the gateway needs.
        """
        for name in apps:
            _check_name(name)
        self._apps = apps
        self._mounts: dict[str, WSGIApplication] = {}
        self._triggers = dict(triggers)
        self._issuer = issuer or LocalIssuer()
        self._invoker = invoker
        self._faults = faults or Faults.none()
        self._backoff = backoff or Backoff()
        self._on_unhandled = on_unhandled
        self._server = Server(self, port=port, threads=threads)
        self._pool = Pool(self._deliver, workers)
        self._marks = _Marks()
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._seen: Counter[tuple[str, str]] = Counter()
        self._tokens: dict[str, tuple[float, str]] = {}

    @property
    def address(self) -> str:
        """`HOST:PORT`, for the emulator's `events` if no relay stands between."""
        return self._server.address

    @property
    def url(self) -> str:
        """`http://HOST:PORT`; a function is at `URL/NAME`."""
        return f"http://{self.address}"

    @property
    def stats(self) -> Stats:
        """A snapshot of the counters."""
        with self._lock:
            return Stats(**self._counts)

    def start(self) -> None:
        """Listen and deliver; a gateway starts once."""
        self._server.start()
        self._pool.start()

    def stop(self) -> None:
        """Stop listening; what is still to be delivered is forgotten."""
        self._server.stop()
        self._pool.stop()

    def mount(self, name: str, app: WSGIApplication) -> None:
        """Serve another application at `/NAME`, such as the web page; functions come first.

        Raises:
            ValueError: The gateway needs the name itself.
        """
        _check_name(name)
        self._mounts[name] = app

    def register(self, emulator: _Emulator, project: str) -> None:
        """Make the emulator post events for all triggers on this project's documents."""
        for trigger_id, trigger in self._triggers.items():
            emulator.register_trigger(project, trigger_id, trigger.document, trigger.on)
        self._marks.register(emulator, project)

    def catch_up(self, timeout: float) -> None:
        """Wait until the event of every write so far has arrived; `drain` then delivers them.

        Raises:
            TimeoutError: The emulator was that far behind.
            RuntimeError: No project has been registered.
        """
        self._marks.pass_(timeout)

    def drain(self, timeout: float) -> None:
        """Wait until every delivery of an event that has arrived has succeeded or been given up.

        Raises:
            TimeoutError: Something is left; the message says what.
        """
        self._pool.drain(timeout)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name = environ.get("PATH_INFO", "").lstrip("/").partition("/")[0]
        app = self._apps.get(name) or self._mounts.get(name)
        if app is None:
            return self._answer(Request(environ))(environ, start_response)
        shift_path_info(environ)
        # As on the platform, where a function is the root of its own address.
        environ["PATH_INFO"] = environ["PATH_INFO"] or "/"
        return app(environ, start_response)

    def _answer(self, request: Request) -> Response:
        """Answer for the gateway itself."""
        event = EVENT_PATH.fullmatch(request.path)
        if event and request.method == "POST":
            return self._receive(request, event["trigger"])
        if request.path == "/.well-known/jwks.json":
            return _json(self._issuer.jwks())
        if request.path == "/":
            return redirect("/web/") if "web" in self._mounts else _json(self._directory())
        return _missing("No function has this name", "không có chức năng này")

    def _directory(self) -> dict[str, Any]:
        triggers = {name: asdict(trigger) for name, trigger in self._triggers.items()}
        functions = {name: f"{self.url}/{name}" for name in sorted(self._apps)}
        return {"functions": functions, "triggers": triggers}

    def _receive(self, request: Request, trigger_id: str) -> Response:
        """Take an event over: answer at once, deliver later."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None and trigger_id != _MARK:
            return _missing("No trigger has this id", "không có sự kiện này")
        try:
            event = Event.decode(request)
            ignored = event.changes_nothing()
        except (ValueError, DecodeError) as error:
            _LOG.error("an event of trigger %s cannot be read: %s", trigger_id, error)
            return problem(refuse("invalid", "body", str(error), "sự kiện không hợp lệ"))
        if trigger is None:
            self._marks.note(event.document)
        else:
            self._plan(event, trigger_id, trigger.app, ignored=ignored)
        return Response(status=204)

    def _plan(self, event: Event, trigger_id: str, app: str, *, ignored: bool) -> None:
        self._count("received")
        if ignored:
            self._count("ignored")
            return
        plan = self._faults.plan(self._key(event, trigger_id))
        if not plan:
            self._count("dropped")
        for delivery in plan:
            self._pool.submit(Job(event, app, fail=delivery.fails_first), delivery.delay)

    def _key(self, event: Event, trigger_id: str) -> str:
        """Name an event the same in every run: its own id is random, its place is not."""
        with self._lock:
            self._seen[trigger_id, event.document] += 1
            return f"{trigger_id}:{event.document}#{self._seen[trigger_id, event.document]}"

    def _deliver(self, job: Job) -> None:
        """Make one attempt, and plan the next if it fails."""
        status, body = (500, "") if job.fail else self._call(job.event, job.app)
        final = job.attempt >= self._backoff.attempts
        if status in _OK:
            self._count("delivered")
            return
        self._count("given_up" if final else "retried")
        if not final:
            again = replace(job, fail=False, attempt=job.attempt + 1)
            self._pool.submit(again, self._backoff.delay(job.attempt))
        if not job.fail:
            self._on_unhandled(Failure(job.event, job.app, job.attempt, status, body, final))

    def _call(self, event: Event, name: str) -> tuple[int, str]:
        """Post the event to the function, in this process: no socket, all else the same."""
        app = self._apps.get(name)
        if app is None:
            return 404, f"no function is named {name}"
        try:
            chunks, status, _ = run_wsgi_app(app, self._request(event, name), buffered=True)
            return int(status.split()[0]), b"".join(chunks).decode(errors="replace")
        except Exception:  # noqa: BLE001 - whatever the function raises is a failed delivery
            return 500, traceback.format_exc()

    def _request(self, event: Event, name: str) -> WSGIEnvironment:
        url = f"{self.url}/{name}"
        headers = Headers({**event.headers, "Authorization": f"Bearer {self._token(url)}"})
        builder = EnvironBuilder("/", url, method="POST", headers=headers, data=event.body)
        try:
            return builder.get_environ()
        finally:
            builder.close()

    def _token(self, audience: str) -> str:
        """Sign a token once in a while: a signature costs more than a delivery."""
        until, token = self._tokens.get(audience, (0.0, ""))
        if time.time() >= until:
            token = self._issuer.token(self._invoker, audience)
            self._tokens[audience] = (time.time() + _TOKEN_SECONDS, token)
        return token

    def _count(self, what: str) -> None:
        with self._lock:
            self._counts[what] += 1


def _check_name(name: str) -> None:
    if name in _RESERVED or "/" in name:
        raise ValueError(f"nothing can be mounted at /{name}")


def _json(data: object) -> Response:
    return Response(json.dumps(data, ensure_ascii=False, indent=2), mimetype="application/json")


def _missing(reason: str, reason_vi: str) -> Response:
    return problem(refuse("missing", "path", reason, reason_vi))

"""What the platform calls: triggers by Eventarc, tasks by Cloud Tasks.

Retry contract: a permanent error is logged and acknowledged, a transient one is
answered 503 or raised, so that Eventarc or Cloud Tasks comes again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

import functions_framework
from flask import Request, Response
from pydantic import TypeAdapter, ValidationError

from functions.problem import problem
from functions.request import MAX_JSON_BYTES, Entry, bearer, body, bound
from shared.errors import ConflictError, NotYetError, RefusedError, refuse
from shared.wiring import Wiring, wiring

T = TypeVar("T")
Handler = Callable[[Wiring, T], None]
PERMANENT = (RefusedError, ValidationError)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Change:
    """A document that changed, by the ids along its path; no fields when it was deleted.

    `before` is what it held until then, absent when it is new.
    """

    ids: list[str]
    fields: dict[str, Any] | None
    before: dict[str, Any] | None = None


def task(adapter: TypeAdapter[T]) -> Callable[[Handler[T]], Entry]:
    """Make a Cloud Tasks target: it gets the JSON body that `adapter` reads."""

    def decode(request: Request) -> T:
        bound(request, MAX_JSON_BYTES)
        return body(request, adapter)

    return lambda handler: _called_by_platform(_patient(handler), decode)


def _patient(handler: Handler[T]) -> Handler[T]:
    """Come again after a record that cannot be read: a close waits until it is put right."""

    @wraps(handler)
    def handle(current: Wiring, wanted: T) -> None:
        try:
            handler(current, wanted)
        except ValidationError as error:
            log.exception("a record cannot be read, until it is put right this waits")
            raise NotYetError(f"a record cannot be read: {error}") from error

    return handle


def trigger(handler: Handler[Change]) -> Entry:
    """Make a function that Eventarc calls when a document has changed."""
    return _called_by_platform(handler, change_of)


def change_of(request: Request) -> Change:
    """Read Eventarc's Firestore event: protobuf in, ids and fields out.

    The request is the event in binary mode. The names in its headers are
    percent-encoded; those in the body are as they are.
    """
    # Not at the top: the functions of Cloud Tasks read no events.
    from google.cloud.firestore_v1._helpers import decode_dict  # noqa: PLC0415  # as above
    from google.events.cloud.firestore_v1 import DocumentEventData  # noqa: PLC0415  # as above
    from google.protobuf.message import DecodeError  # noqa: PLC0415  # as above

    try:
        data = DocumentEventData.deserialize(request.get_data())
    except DecodeError as error:
        raise refuse("invalid", "body", "not a Firestore event", "không phải sự kiện") from error
    document = data.value if "value" in data else data.old_value
    ids = document.name.partition("/documents/")[2].split("/")[1::2]
    if "value" not in data:
        return Change(ids, None)
    # The client library's own decoder: events and reads must give the same values.
    before = decode_dict(data.old_value.fields, None) if "old_value" in data else None
    fields = decode_dict(data.value.fields, None)
    return Change(ids, cast(dict[str, Any], fields), cast(dict[str, Any] | None, before))


def _called_by_platform(handler: Handler[T], decode: Callable[[Request], T]) -> Entry:
    """Authenticate, decode, handle, and acknowledge or ask to come again.

    An ordinary HTTP function also for events: the framework would read an event
    before anybody has asked who sends it.
    """

    @functions_framework.http
    @wraps(handler)
    def entry(request: Request) -> Response:
        current = wiring()
        try:
            _require_platform(current, request)
        except RefusedError as error:
            # Never acknowledged: an event that comes with a wrong token because of
            # a wrong setting must come again.
            return problem(error)
        try:
            handler(current, decode(request))
        except (NotYetError, ConflictError) as error:
            log.info("not yet: %s", error)
            return Response(str(error), 503, mimetype="text/plain")
        except PERMANENT as error:
            return _refused(request, error)
        return Response("done", mimetype="text/plain")

    return entry


def _require_platform(current: Wiring, request: Request) -> None:
    """Let in only the platform's service account, by its OIDC token."""
    email = current.identity.service(bearer(request))
    if email != current.settings.service_account:
        raise refuse(
            "forbidden", "Authorization", f"{email} may not call this", "không được phép gọi"
        )


def _refused(request: Request, error: Exception) -> Response:
    """The answer says what was wrong, the status that it need not come again."""
    log.error("refused for good: %s %s", request.headers.get("ce-document", ""), error)
    answer = problem(error)
    answer.status_code = 200
    return answer

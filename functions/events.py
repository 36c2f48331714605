"""What the trigger and task entry points share.

Retry contract: a permanent error is logged and acknowledged, a transient one is
answered 503 or raised, so that Eventarc or Cloud Tasks comes again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from cloudevents.http import CloudEvent
from flask import Request, Response, abort
from pydantic import BaseModel, ValidationError

from functions.http import bearer, problem
from shared.errors import ConflictError, NotYetError, RefusedError, refuse
from shared.wiring import Wiring, wiring

M = TypeVar("M", bound=BaseModel)
PERMANENT = (RefusedError, ValidationError)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Change:
    """A document that changed, by the ids along its path; no fields when it was deleted."""

    ids: list[str]
    fields: dict[str, Any] | None


def change_of(event: CloudEvent) -> Change:
    """Read Eventarc's Firestore event: protobuf in, ids and fields out."""
    # Not at the top: the functions of Cloud Tasks read no events.
    from google.cloud.firestore_v1._helpers import decode_dict  # noqa: PLC0415  # as above
    from google.events.cloud.firestore_v1 import DocumentEventData  # noqa: PLC0415  # as above

    data = DocumentEventData.deserialize(event.data)
    # The names in the headers are percent-encoded; those in the body are as they are.
    document = data.value if "value" in data else data.old_value
    ids = document.name.partition("/documents/")[2].split("/")[1::2]
    if "value" not in data:
        return Change(ids, None)
    # The client library's own decoder: events and reads must give the same values.
    return Change(ids, cast(dict[str, Any], decode_dict(data.value.fields, None)))


def authenticate(request: Request) -> Wiring:
    """Let in only the platform's service account, by its OIDC token.

    Anybody else is answered 401 or 403 at once. That is never acknowledged: an
    event that comes with a wrong token because of a wrong setting must come again.
    """
    current = wiring()
    try:
        email = current.identity.service(bearer(request))
        if email != current.settings.service_account:
            raise refuse(
                "forbidden", "Authorization", f"{email} may not call this", "không được phép gọi"
            )
    except RefusedError as error:
        abort(problem(error))
    return current


def acknowledging(handler: Callable[[CloudEvent], None]) -> Callable[[CloudEvent], None]:
    """Acknowledge permanent errors of a trigger, having logged them; let others be retried."""

    @wraps(handler)
    def acknowledged(event: CloudEvent) -> None:
        try:
            handler(event)
        except PERMANENT:
            log.exception("refused for good: %s", event["subject"])
        except ConflictError as error:
            log.info("contended, to come again: %s", event["subject"])
            abort(Response(str(error), 503))

    return acknowledged


def task(handler: Callable[[Request], None]) -> Callable[[Request], Response]:
    """Answer a Cloud Tasks call: 200 also for what is refused for good, 503 to come again."""

    @wraps(handler)
    def answered(request: Request) -> Response:
        try:
            handler(request)
        except (NotYetError, ConflictError) as error:
            log.info("not yet: %s", error)
            return Response(str(error), 503)
        except PERMANENT as error:
            return _refused(error)
        return Response("done")

    return answered


def _refused(error: Exception) -> Response:
    """The answer says what was wrong, the status that it need not come again."""
    answer = problem(error)
    log.error("refused for good: %s", error)
    answer.status_code = 200
    return answer

"""What the HTTP entry points share: who calls, what they say, how they are answered.

Errors are problem+json (RFC 9457) with `errors: [{field, reason, reason_vi}]`.
Retry contract: 4xx is final, 5xx may be repeated.
"""

import json
import logging
from collections.abc import Callable, Iterator
from functools import wraps
from typing import TypeVar

from flask import Request, Response
from pydantic import TypeAdapter, ValidationError
from werkzeug.exceptions import HTTPException

from shared.errors import Code, ConflictError, Fault, RefusedError, refuse
from shared.models.base import Part
from shared.usecases.caller import Caller, identify
from shared.wiring import Wiring

M = TypeVar("M")

STATUS: dict[Code, int] = {
    "invalid": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "missing": 404,
    "method": 405,
    "conflict": 409,
    "closed": 409,
    "too-large": 413,
    "key-reused": 422,
}
MAX_JSON_BYTES = 2**20
LONGEST_KEY = 200

log = logging.getLogger(__name__)


def answering(handler: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Turn whatever the handler raises into a problem+json answer."""

    @wraps(handler)
    def answered(request: Request) -> Response:
        try:
            return handler(request)
        except Exception as error:  # noqa: BLE001  # the boundary: every error gets an answer
            return problem(error)

    return answered


def caller_of(request: Request, wiring: Wiring, *, systems: bool = False) -> Caller:
    """The person of the ID token; with `systems`, a trusted service account as well."""
    token = bearer(request)
    if systems and request.headers.get("X-Caller") == "system":
        email = wiring.identity.service(token)
        if email in wiring.settings.trusted_systems:
            return Caller(email, wiring.clock.now())
        raise refuse(
            "forbidden",
            "Authorization",
            f"{email} is not a trusted system",
            "hệ thống chưa đăng ký",
        )
    return identify(wiring.store, wiring.identity.person(token), wiring.clock.now())


def bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise refuse(
            "unauthenticated", "Authorization", "a bearer token is needed", "cần đăng nhập"
        )
    return token


def body(request: Request, adapter: TypeAdapter[M]) -> M:
    """The JSON body as a model; raises RefusedError or pydantic.ValidationError."""
    require_method(request, "POST")
    _limit(request, MAX_JSON_BYTES)
    return adapter.validate_json(request.get_data())


def _limit(request: Request, most: int) -> None:
    """Refuse what says that it is larger; what does not say, the platform caps at 32 MiB."""
    if (request.content_length or 0) > most:
        raise refuse("too-large", "body", f"at most {most} bytes", "yêu cầu quá lớn")


def require_method(request: Request, *methods: str) -> None:
    if request.method not in methods:
        raise refuse(
            "method", "method", f"use {' or '.join(methods)}", f"hãy dùng {', '.join(methods)}"
        )


def uploaded(request: Request, wiring: Wiring, name: str) -> bytes:
    """One file of a multipart body."""
    _limit(request, wiring.settings.max_request_bytes)
    file = request.files.get(name)
    if file is None:
        raise refuse("invalid", name, "this file is missing from the form", "thiếu tệp này")
    content: bytes = file.read()
    return content


def idempotency_key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not 1 <= len(key) <= LONGEST_KEY:
        raise refuse(
            "invalid",
            "Idempotency-Key",
            f"this header is needed, 1 to {LONGEST_KEY} characters: a retry must not act twice",
            "thiếu khóa chống gửi lặp",
        )
    return key


def reply(answer: Part) -> Response:
    return Response(answer.model_dump_json(exclude_none=True), mimetype="application/json")


def problem(error: Exception) -> Response:
    """The answer to a refused or failed request."""
    match error:
        case RefusedError():
            return _problem(STATUS[error.code], error.code, list(error.faults))
        case ValidationError():
            return _problem(400, "invalid", list(faults(error)))
        case ConflictError():
            return _problem(503, "contention", [])
        case HTTPException():
            fault = Fault("body", error.description or error.name, "yêu cầu không hợp lệ")
            return _problem(error.code or 400, "invalid", [fault])
    log.error("unexpected error", exc_info=error)
    return _problem(500, "internal", [])


def faults(error: ValidationError) -> Iterator[Fault]:
    """Each fault pydantic found, by the path of its field."""
    for one in error.errors(include_url=False, include_input=False):
        field = ".".join(str(part) for part in one["loc"]) or "body"
        yield Fault(field, one["msg"], "giá trị không hợp lệ hoặc còn thiếu")


def _problem(status: int, code: str, found: list[Fault]) -> Response:
    document = {
        "type": f"https://roviec.vn/problems/{code}",
        "title": code,
        "status": status,
        "errors": [fault.__dict__ for fault in found],
    }
    return Response(
        json.dumps(document, ensure_ascii=False), status, mimetype="application/problem+json"
    )

"""How a refused or failed request is answered: problem+json (RFC 9457), see docs/problems.md."""

import logging
from collections.abc import Iterator, Mapping
from typing import Literal

from flask import Response
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from shared.errors import Code, ConflictError, Fault, RefusedError
from shared.models.base import Part

ProblemCode = Code | Literal["contention", "internal"]
MEDIA_TYPE = "application/problem+json"

STATUS: dict[ProblemCode, int] = {
    "invalid": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "missing": 404,
    "method": 405,
    "conflict": 409,
    "closed": 409,
    "too-large": 413,
    "key-reused": 422,
    "too-many": 429,
    "internal": 500,
    "contention": 503,
}
HEADERS: dict[ProblemCode, dict[str, str]] = {
    "unauthenticated": {"WWW-Authenticate": "Bearer"},
    "contention": {"Retry-After": "1"},
}
OF_FRAMEWORK: dict[int, ProblemCode] = {404: "missing", 405: "method", 413: "too-large"}
FIRST_SERVER_ERROR = 500
UNREADABLE_VI = "giá trị không hợp lệ hoặc còn thiếu"
"""Of every fault that a model finds."""

log = logging.getLogger(__name__)


class Problem(Part):
    """What was wrong: `title` is the code, `errors` names each field and the reason."""

    type: str
    title: ProblemCode
    status: int
    errors: list[Fault]


def problem(error: Exception) -> Response:
    """The answer to a request that raised this."""
    match error:
        case RefusedError():
            return _answer(error.code, list(error.faults))
        case ValidationError():
            return _answer("invalid", list(faults(error)))
        case ConflictError():
            return _answer("contention", [])
        case HTTPException():
            return _of_framework(error)
    log.error("unexpected error", exc_info=error)
    return _answer("internal", [])


def with_headers(answer: Response, headers: Mapping[str, str]) -> Response:
    answer.headers.update(headers)
    return answer


def faults(error: ValidationError) -> Iterator[Fault]:
    """Each fault pydantic found, by the path of its field."""
    for one in error.errors(include_url=False, include_input=False):
        field = ".".join(str(part) for part in one["loc"]) or "body"
        yield Fault(field, one["msg"], UNREADABLE_VI)


def _of_framework(error: HTTPException) -> Response:
    """What the framework refuses before or instead of a function, such as a broken form."""
    if (error.code or 0) >= FIRST_SERVER_ERROR:
        return _answer("internal", [])
    fault = Fault("request", error.description or error.name, "yêu cầu không hợp lệ")
    return _answer(OF_FRAMEWORK.get(error.code or 0, "invalid"), [fault])


def _answer(code: ProblemCode, found: list[Fault]) -> Response:
    document = Problem(
        type=f"https://roviec.vn/problems/{code}", title=code, status=STATUS[code], errors=found
    )
    return Response(
        document.model_dump_json(), STATUS[code], HEADERS.get(code), mimetype=MEDIA_TYPE
    )

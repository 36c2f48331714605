"""What people and other systems call: each entry point is a contract, carried out here.

A contract says what goes in, what comes out and which problems there may be;
docs/openapi.json is made from it. `endpoint` carries it out in one order: CORS
preflight → method → size → token → rate → App Check → official → decode → use
case. So no entry point can be written without authentication.
Errors are problem+json with `errors: [{field, reason, reason_vi}]`.
Retry contract: 4xx is final but for 429, 5xx may be repeated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from math import ceil
from typing import Annotated, Any, Generic, Literal, TypeVar

import functions_framework
from flask import Request, Response
from pydantic import Field, TypeAdapter, ValidationError
from werkzeug.datastructures import MultiDict

from functions.problem import problem, with_headers
from functions.request import MAX_JSON_BYTES, Entry, bearer, body, bound
from shared.errors import Code, refuse
from shared.models.base import DEFERRED, Part
from shared.settings import Settings
from shared.usecases.caller import Caller, identify
from shared.wiring import Wiring, wiring

R = TypeVar("R")

JSON = "application/json"
KEY: TypeAdapter[str] = TypeAdapter(
    Annotated[str, Field(pattern=r"^[!-~]{1,200}$")], config=DEFERRED
)
"""An idempotency key: visible ASCII, as a header carries it unchanged."""
APP_CHECK_HEADER = "X-Firebase-AppCheck"
PREFLIGHT_SECONDS = "3600"


@dataclass(frozen=True)
class Contract(Generic[R]):
    """What an entry point takes and gives.

    Attributes:
        source: Where the request stands; `query` makes it a GET, the others a POST.
        request: Reads it. A form's files are fields of type bytes.
        answers: The types of what is answered with 200, by media type.
        refuses: The problems beside those that every entry point may answer.
        keyed: Whether an Idempotency-Key must come with it.
        systems: Whether a trusted system may call it, saying `X-Caller: system`.
        lists: The parameters of a query that may come several times.
    """

    source: Literal["json", "query", "form"]
    request: TypeAdapter[R]
    answers: Mapping[str, Any]
    refuses: tuple[Code, ...] = ()
    keyed: bool = False
    systems: bool = False
    lists: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        return "GET" if self.source == "query" else "POST"

    @property
    def headers(self) -> list[str]:
        """The request headers that a browser must be allowed to send."""
        return [
            "Authorization",
            "Content-Type",
            APP_CHECK_HEADER,
            *(["Idempotency-Key"] if self.keyed else []),
        ]

    def most_bytes(self, settings: Settings) -> int:
        return settings.max_request_bytes if self.source == "form" else MAX_JSON_BYTES


@dataclass(frozen=True)
class Call(Generic[R]):
    """An authenticated, valid request; `key` is empty unless the contract asks for one."""

    wiring: Wiring
    caller: Caller
    request: R
    key: str


def endpoint(contract: Contract[R]) -> Callable[[Callable[[Call[R]], Part | Response]], Entry]:
    """Make an entry point of a function that answers a call."""

    def decorate(act: Callable[[Call[R]], Part | Response]) -> Entry:
        @functions_framework.http
        @wraps(act)
        def entry(request: Request) -> Response:
            try:
                current = wiring()
            except Exception as error:  # noqa: BLE001  # as below; no setting can be trusted
                return problem(_unwired(error))
            if request.method == "OPTIONS":
                answer = _preflight(contract)
            else:
                answer = _answered(contract, act, current, request)
            return _shared(answer, request, contract, current.settings)

        return entry

    return decorate


def _unwired(error: Exception) -> RuntimeError:
    """The server's fault, also where a setting and not a request was found invalid."""
    broken = RuntimeError("the settings of this function do not hold")
    broken.__cause__ = error
    return broken


def _answered(
    contract: Contract[R],
    act: Callable[[Call[R]], Part | Response],
    current: Wiring,
    request: Request,
) -> Response:
    """The reply, or whatever was raised as a problem."""
    try:
        if request.method != contract.method:
            return _other_method(contract)
        bound(request, contract.most_bytes(current.settings))
        system, name = _authenticated(contract, current, request)
        now = current.clock.now()
        if wait := current.rate.wait(name, now):
            return _too_many(wait)
        caller = Caller(name, now) if system else _official(current, request, name)
        key = _idempotency_key(request) if contract.keyed else ""
        answer = act(Call(current, caller, _decoded(contract, request), key))
    except Exception as error:  # noqa: BLE001  # the boundary: every error gets an answer
        return problem(error)
    return answer if isinstance(answer, Response) else reply(answer)


def _authenticated(contract: Contract[Any], current: Wiring, request: Request) -> tuple[bool, str]:
    """Whether a trusted system calls, and its e-mail or the person's uid."""
    token = bearer(request)
    if not (contract.systems and request.headers.get("X-Caller") == "system"):
        return False, current.identity.person(token)
    email = current.identity.service(token)
    if email not in current.settings.trusted_systems:
        raise refuse(
            "forbidden",
            "Authorization",
            f"{email} is not a trusted system",
            "hệ thống chưa đăng ký",
        )
    return True, email


def _official(current: Wiring, request: Request, uid: str) -> Caller:
    if current.settings.app_check == "enforced":
        current.identity.app(request.headers.get(APP_CHECK_HEADER, ""))
    return identify(current.store, uid, current.clock.now())


def _idempotency_key(request: Request) -> str:
    try:
        return KEY.validate_python(request.headers.get("Idempotency-Key", ""))
    except ValidationError as error:
        raise refuse(
            "invalid",
            "Idempotency-Key",
            "this header is needed, 1 to 200 visible characters: a retry must not act twice",
            "thiếu khóa chống gửi lặp hoặc khóa không hợp lệ",
        ) from error


def _decoded(contract: Contract[R], request: Request) -> R:
    match contract.source:
        case "json":
            return body(request, contract.request)
        case "query":
            return contract.request.validate_python(_fields(request.args, contract.lists))
        case "form":
            files = {name: file.read() for name, file in request.files.items()}
            return contract.request.validate_python({**_fields(request.form), **files})


def _fields(given: MultiDict[str, str], lists: tuple[str, ...] = ()) -> dict[str, str | list[str]]:
    """Values by name; one that comes twice though it is no list is left for the model to refuse."""
    return {
        name: values if name in lists or len(values) > 1 else values[0]
        for name, values in given.lists()
    }


def _other_method(contract: Contract[Any]) -> Response:
    error = refuse("method", "method", f"use {contract.method}", f"hãy dùng {contract.method}")
    return with_headers(problem(error), {"Allow": f"{contract.method}, OPTIONS"})


def _too_many(wait: timedelta) -> Response:
    seconds = str(ceil(wait.total_seconds()))
    error = refuse(
        "too-many",
        "Authorization",
        f"too many calls; try again in {seconds} s",
        f"quá nhiều yêu cầu, hãy thử lại sau {seconds} giây",
    )
    return with_headers(problem(error), {"Retry-After": seconds})


def _preflight(contract: Contract[Any]) -> Response:
    """What a browser asks before it sends a call; nobody is authenticated and nothing is done."""
    return Response(status=204, headers={"Allow": f"{contract.method}, OPTIONS"})


def _shared(
    answer: Response, request: Request, contract: Contract[Any], settings: Settings
) -> Response:
    """Let pages of the allowed origins read the answer (CORS); all others may not."""
    answer.headers["Vary"] = "Origin"
    origin = request.headers.get("Origin", "")
    if origin and origin in settings.allowed_origins:
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Expose-Headers"] = "Content-Disposition, Retry-After"
        if request.method == "OPTIONS":
            answer.headers["Access-Control-Allow-Methods"] = contract.method
            answer.headers["Access-Control-Allow-Headers"] = ", ".join(contract.headers)
            answer.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
    return answer


def reply(answer: Part) -> Response:
    return Response(answer.model_dump_json(exclude_none=True), mimetype=JSON)

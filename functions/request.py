"""What every entry point reads of a request, whoever calls: the token, the body, its bounds."""

import io
from collections.abc import Callable
from typing import IO, TypeVar

from flask import Request
from flask.typing import ResponseReturnValue
from pydantic import TypeAdapter

from shared.errors import refuse

R = TypeVar("R")
Entry = Callable[[Request], ResponseReturnValue]

MAX_JSON_BYTES = 2**20


def bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise refuse(
            "unauthenticated", "Authorization", "a bearer token is needed", "cần đăng nhập"
        )
    return token


def body(request: Request, adapter: TypeAdapter[R]) -> R:
    """The JSON body as a model; raises pydantic.ValidationError."""
    return adapter.validate_json(request.get_data())


def bound(request: Request, most: int) -> None:
    """Refuse a body of more than `most` bytes, whether it says its length or comes in chunks.

    Flask's own max_content_length would be met again by the framework, which reads
    the rest of every request after the answer, and that answer would become a 500.
    """
    length = request.content_length
    if length is None:
        read = _read(request.stream, most + 1)
        request.stream = io.BytesIO(read)
        length = len(read)
    if length > most:
        raise refuse(
            "too-large", "body", f"at most {most} bytes", f"yêu cầu quá lớn, tối đa {most} byte"
        )


def _read(stream: IO[bytes], most: int) -> bytes:
    read = b""
    while len(read) < most and (part := stream.read(most - len(read))):
        read += part
    return read

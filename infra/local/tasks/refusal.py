"""How the server says no: a gRPC status and the sentence that goes with it."""

import grpc


class Refusal(Exception):  # noqa: N818 - a refusal is an answer to the caller, not a fault here
    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid(message: str) -> Refusal:
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, message)


def missing(message: str = "Requested entity was not found.") -> Refusal:
    return Refusal(grpc.StatusCode.NOT_FOUND, message)


def taken(message: str) -> Refusal:
    return Refusal(grpc.StatusCode.ALREADY_EXISTS, message)


def unserved(message: str) -> Refusal:
    return Refusal(grpc.StatusCode.UNIMPLEMENTED, message)


def unready(message: str) -> Refusal:
    return Refusal(grpc.StatusCode.FAILED_PRECONDITION, message)

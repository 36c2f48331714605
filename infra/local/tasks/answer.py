"""What an attempt came to, in HTTP's terms and in google.rpc.Status's."""

from dataclasses import dataclass

import grpc

_CODES = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    409: grpc.StatusCode.ABORTED,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    500: grpc.StatusCode.INTERNAL,
    501: grpc.StatusCode.UNIMPLEMENTED,
    503: grpc.StatusCode.UNAVAILABLE,
    504: grpc.StatusCode.DEADLINE_EXCEEDED,
}
_SERVER_ERRORS = range(500, 600)
_SUCCESSES = range(200, 300)


@dataclass(frozen=True)
class Answer:
    """`http` is the status the target gave, or what stands for having none."""

    http: int
    received: bool = True

    @property
    def success(self) -> bool:
        return self.received and self.http in _SUCCESSES

    @property
    def executed(self) -> bool:
        """Whether it counts as an execution: the target answered, and not with a 5xx."""
        return self.received and self.http not in _SERVER_ERRORS

    @property
    def code(self) -> int:
        """The google.rpc.Code."""
        return int(self._status.value[0])

    @property
    def message(self) -> str:
        return f"{self._status.name}({self.code}): HTTP status code {self.http}"

    @property
    def _status(self) -> grpc.StatusCode:
        if self.success:
            return grpc.StatusCode.OK
        if self == UNREACHED:
            return grpc.StatusCode.UNAVAILABLE
        return _CODES.get(self.http, grpc.StatusCode.UNKNOWN)


# No answer in time is shown as a 504, no connection as a 0: so does the service
# in the previous-response header of the next attempt.
TIMED_OUT = Answer(504, received=False)
UNREACHED = Answer(0, received=False)

"""One address for the events of many projects."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from functions.problem import problem
from infra.local.event import EVENT_PATH
from infra.local.running import Running
from infra.local.server import Server
from shared.errors import refuse


class EventRelay(Running):
    """Owns the address that an emulator posts all events to, and passes each on by project.

    An emulator shared by a whole test session has one such address for life,
    while every test has its own project and gateway: `attach` says which is whose.
    """

    def __init__(self, *, port: int = 0, threads: int = 8) -> None:
        """Prepare a relay; its address is known once it has started."""
        self._projects: dict[str, WSGIApplication] = {}
        self._server = Server(self, port=port, threads=threads)

    @property
    def address(self) -> str:
        """`HOST:PORT`, for the emulator's `events`."""
        return self._server.address

    def start(self) -> None:
        """Listen."""
        self._server.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.stop()

    def attach(self, project: str, app: WSGIApplication) -> None:
        """Pass on this project's events to a gateway; it replaces the one before."""
        self._projects[project] = app

    def detach(self, project: str) -> None:
        """Let this project's events go unheard, as those of a test that has ended."""
        self._projects.pop(project, None)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        found = EVENT_PATH.fullmatch(environ.get("PATH_INFO", ""))
        app = self._projects.get(found["project"]) if found else None
        return (app or _not_found)(environ, start_response)


def _not_found(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    missing = refuse("missing", "path", "Nothing is here", "không có gì ở đây")
    return problem(missing)(environ, start_response)

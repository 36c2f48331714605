"""A WSGI application on a loopback port."""

import logging
import socket
import threading
from contextlib import suppress
from typing import Any
from wsgiref.types import WSGIApplication

import waitress.server  # type: ignore[import-untyped]  # it ships no types
from waitress import wasyncore

_LOOPBACK = "127.0.0.1"
_STOP_SECONDS = 5.0
_CONNECTIONS = 1000


class Server:
    """One WSGI application on a loopback port: waitress, its fixed thread pool, no fork.

    A streamed response leaves chunk by chunk, as the application yields it.
    """

    def __init__(self, app: WSGIApplication, *, port: int = 0, threads: int = 16) -> None:
        """Prepare a server; with port 0, `start` takes a free one."""
        self._app = app
        self._port = port
        self._threads = threads
        self._sockets: dict[int, Any] = {}
        self._server: Any = None
        self._loop: threading.Thread | None = None

    @property
    def address(self) -> str:
        """`HOST:PORT`; the port is known once it has started."""
        if self._server is None and not self._port:
            raise RuntimeError("the server has not been started, so it has no port yet")
        return f"{_LOOPBACK}:{self._port}"

    def start(self) -> None:
        """Listen, and serve from threads of its own.

        Raises:
            OSError: The port is taken.
        """
        # Its log warns whenever a request waits for a thread: no news under load.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        listener = socket.create_server((_LOOPBACK, self._port), backlog=_CONNECTIONS)
        self._port = listener.getsockname()[1]
        self._server = waitress.server.create_server(
            self._app,
            map=self._sockets,
            sockets=[listener],
            threads=self._threads,
            connection_limit=_CONNECTIONS,
            asyncore_use_poll=True,
        )
        self._loop = threading.Thread(target=self._server.run, name="gateway", daemon=True)
        self._loop.start()

    def stop(self) -> None:
        """Close every connection and wait for the threads; harmless if it is not running."""
        if self._server is None or self._loop is None:
            return
        # The workers first: one that ends after the loop would wake a closed loop.
        self._server.task_dispatcher.shutdown(timeout=_STOP_SECONDS)
        # Sockets belong to the loop's thread; closing them all is what ends it.
        with suppress(OSError):  # it may wake by itself and be gone before it is told
            self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._sockets))
        self._loop.join(_STOP_SECONDS)
        self._server = self._loop = None

"""A local Cloud Tasks: the real gRPC service, dispatching over real HTTP, on a movable clock."""

from concurrent.futures import ThreadPoolExecutor

import grpc

from infra.local.clock import AdvancedClock
from infra.local.running import Running
from infra.local.tasks.delivery import Sign
from infra.local.tasks.dispatcher import Dispatcher
from infra.local.tasks.service import Service
from infra.local.tasks.store import Store

_RPC_THREADS = 8


class TasksServer(Running):
    """Serves google.cloud.tasks.v2 to the unmodified client, in this process.

    All times but the dispatch deadline are the clock's; that one is real time,
    for it bounds a real request. Left out: system throttling (Retry-After, ramp-up),
    App Engine targets, OAuth tokens, queue-level routing, list filters, batch
    calls, IAM and CMEK; each answers UNIMPLEMENTED but the first.
    """

    def __init__(self, clock: AdvancedClock, sign: Sign | None = None, port: int = 0) -> None:
        """Serve on `port` of the loopback, 0 for a free one.

        `sign(service_account_email, audience)` returns the OIDC token of a task
        that asks for one; without it such tasks are refused FAILED_PRECONDITION.
        """
        store = Store()
        self._port = port
        self._dispatcher = Dispatcher(clock, store, sign)
        self._pool = ThreadPoolExecutor(_RPC_THREADS, thread_name_prefix="tasks-rpc")
        # Two servers on one port would share its calls: better to fail.
        self._rpc = grpc.server(self._pool, options=(("grpc.so_reuseport", 0),))
        service = Service(clock, store, self._dispatcher, signs=sign is not None)
        self._rpc.add_generic_rpc_handlers((service.handler(),))

    def start(self) -> None:
        """Listen and dispatch, once.

        Raises:
            RuntimeError: the port is taken, or the server was already started.
        """
        self._port = self._rpc.add_insecure_port(f"127.0.0.1:{self._port}")
        self._rpc.start()
        self._dispatcher.start()

    @property
    def address(self) -> str:
        """Where it listens, once started: "127.0.0.1:PORT"."""
        return f"127.0.0.1:{self._port}"

    def stop(self) -> None:
        """Refuse calls, start no more attempts, wait for those in flight, join every thread."""
        self._rpc.stop(grace=None).wait()
        self._pool.shutdown()
        self._dispatcher.stop()

    def wait_idle(self, timeout: float) -> None:
        """Wait until no task is running, due, or to be retried within seconds.

        Tasks of a paused queue count only while running, and a first attempt
        not yet due does not count: advance the clock for it.

        Args:
            timeout: in real seconds.

        Raises:
            TimeoutError: naming what is left.
        """
        self._dispatcher.wait_idle(timeout)

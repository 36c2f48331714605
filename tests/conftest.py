"""One emulator for the session, one project and one system for each test that asks for it."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from infra.local.auth import HOST_VARIABLE as AUTH_HOST_VARIABLE
from infra.local.clock import AdvancedClock
from infra.local.emulator import HOST_VARIABLE, FirestoreEmulator
from infra.local.faults import Faults
from infra.local.relay import EventRelay
from infra.local.stack import Emulators, Stack, attached, emulators
from tests.world import BEGIN, World, populate

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
PROJECTS = count(1)

StackFactory = Callable[..., Stack]
LONGEST = ("tests/year/",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: one that begins last is waited for by all workers but its own."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture(scope="session")
def relay() -> Iterator[EventRelay]:
    with EventRelay() as relay:
        yield relay


@pytest.fixture(scope="session")
def google(relay: EventRelay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulators]:
    for variable in (HOST_VARIABLE, AUTH_HOST_VARIABLE):
        os.environ.pop(variable, None)  # the tests need emulators that post to their relay
    with emulators(tmp_path_factory.mktemp("emulators"), relay.address) as google:
        yield google


@pytest.fixture(scope="session")
def emulator(google: Emulators) -> FirestoreEmulator:
    return google.store


@pytest.fixture
def stack_of(google: Emulators, relay: EventRelay) -> Iterator[StackFactory]:
    """Start a system in an empty project; `faults` make deliveries suffer."""
    with _starting(google, relay) as start:
        yield start


@contextmanager
def _starting(google: Emulators, relay: EventRelay) -> Iterator[StackFactory]:
    with ExitStack() as exits:

        def start(*, faults: Faults | None = None, begin: datetime = BEGIN) -> Stack:
            project = f"demo-test-{os.getpid()}-{next(PROJECTS)}"
            stack = exits.enter_context(
                attached(google, clock=AdvancedClock(begin), faults=faults, project=project)
            )
            relay.attach(project, stack.gateway)
            return stack

        yield start


@pytest.fixture
def stack(stack_of: StackFactory) -> Stack:
    return stack_of()


@pytest.fixture
def world(stack: Stack) -> World:
    """A small organisation with an open month."""
    return populate(stack)


@pytest.fixture(scope="module")
def standing(google: Emulators, relay: EventRelay) -> Iterator[World]:
    """The same organisation for all tests of a module: for those that leave no trace."""
    with _starting(google, relay) as start:
        yield populate(start())


@pytest.fixture
def permits() -> Path:
    path = SHARED_DATA / "permits.csv"
    if not path.exists():
        pytest.skip(f"{path} is not there: the real case log is read where it stands")
    return path

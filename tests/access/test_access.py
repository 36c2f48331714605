"""Every cell of docs/access.md, tried on the real rules and the real functions."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests

from infra.local.clock import AdvancedClock
from infra.local.stack import Emulators, attached
from tests.access import operations as tries
from tests.access.place import Place, build
from tests.access.table import Operation, operations
from tests.world import BEGIN

STORE, FUNCTIONS = operations("The store"), operations("The functions")
REFUSED = {requests.codes.unauthorized, requests.codes.forbidden, requests.codes.conflict}
"""In a period of another state a function answers 409."""


@pytest.fixture(scope="module")
def place(google: Emulators) -> Iterator[Place]:
    with ExitStack() as exits:
        clock = AdvancedClock(BEGIN)
        stack = exits.enter_context(attached(google, clock=clock, project="demo-access"))
        yield build(stack)


@pytest.mark.parametrize("operation", STORE, ids=str)
def test_the_rules_grant_what_the_table_says(place: Place, operation: Operation) -> None:
    check(place, operation, tries.in_store(operation.place, operation.name))


@pytest.mark.parametrize("operation", FUNCTIONS, ids=str)
def test_the_functions_grant_what_the_table_says(place: Place, operation: Operation) -> None:
    check(place, operation, tries.in_functions(operation.place, operation.name))


def test_there_are_more_refusals_than_grants() -> None:
    every = [*STORE, *FUNCTIONS]
    granted = sum(len(one.granted) for one in every)
    refused = sum(len(one.refused) for one in every)
    assert refused > 5 * granted > 0


def check(place: Place, operation: Operation, attempt: tries.Try) -> None:
    got = {
        who: attempt(place, who, operation.state)
        for who in sorted(operation.granted | operation.refused)
    }
    assert set(got.values()) <= REFUSED | {200, 404}, got
    granted = {who for who, status in got.items() if status not in REFUSED}
    assert granted == operation.granted

"""Rescoring is O(1) in billed operations: counted on the wire, so this cannot be flaky."""

from collections import defaultdict

import pytest

from bench.counting import Operations
from bench.operations import SIZES, STEPS, costs
from infra.local.stack import Emulators

EXPECTED = {
    "first entry of a cold process": Operations(reads=3, writes=2),
    "entry": Operations(reads=2, writes=2),
    "duplicate delivery": Operations(reads=2, writes=0),
    "progress": Operations(reads=2, writes=1),
    "progress note": Operations(reads=2, writes=0),
}


@pytest.fixture(scope="module")
def counted(google: Emulators) -> dict[str, dict[tuple[int, int], Operations]]:
    by_step: dict[str, dict[tuple[int, int], Operations]] = defaultdict(dict)
    for cost in costs(google):
        by_step[cost.step][cost.assignments, cost.entries] = cost.operations
    return by_step


@pytest.mark.parametrize("step", STEPS)
def test_an_entry_costs_the_same_whatever_the_history(
    counted: dict[str, dict[tuple[int, int], Operations]], step: str
) -> None:
    assert counted[step] == dict.fromkeys(SIZES, EXPECTED[step])

"""schemathesis against the running system: few examples here, more by `make api-fuzz N=…`."""

import pytest

from infra.local.triggers import CALLED
from infra.openapi import contract_of
from tests.api.fuzz import fuzz
from tests.world import World


# A request near all its bounds takes 700 kB to print, which hypothesis would say aloud.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_no_5xx_and_nothing_that_the_document_does_not_say(world: World) -> None:
    outcome = fuzz(world, examples=10, seed=1)
    assert outcome.failures == {}
    called = {label for label, _ in outcome.calls}
    assert called == {f"{contract_of(name).method} /{name}" for name in CALLED}
    assert outcome.calls.total() > 500, str(outcome)
    assert any(status == 200 for _, status in outcome.calls), str(outcome)

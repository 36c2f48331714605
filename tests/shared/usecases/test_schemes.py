"""Publishing schemes: sound ones only, and a version never changes."""

import pytest

from infra.local.stack import Stack
from shared import refs
from shared.errors import RefusedError
from tests.builders import SCHEME, a_scheme
from tests.world import BEGIN


def test_a_version_is_published_once_and_read_back_as_it_is(stack: Stack) -> None:
    schemes = stack.wiring.schemes
    schemes.publish(a_scheme(), BEGIN)
    schemes.publish(a_scheme(), BEGIN)
    assert schemes.get(SCHEME) == a_scheme()


def test_a_published_version_never_changes(stack: Stack) -> None:
    stack.wiring.schemes.publish(a_scheme(), BEGIN)
    with pytest.raises(RefusedError, match="give a new version") as refused:
        stack.wiring.schemes.publish(a_scheme(gates=[]), BEGIN)
    assert (refused.value.code, refused.value.faults[0].field) == ("conflict", "ref")
    assert stack.wiring.store.get(refs.schemes(SCHEME)) == a_scheme()


def test_an_unsound_scheme_is_refused_with_every_node_that_is_why(stack: Stack) -> None:
    fields = a_scheme().fields()
    for subject in ("official", "head"):
        fields["subjects"][subject]["parts"][0]["weight"] = 31
    with pytest.raises(RefusedError) as refused:
        stack.wiring.schemes.publish(a_scheme(**fields), BEGIN)
    nodes = [fault.field for fault in refused.value.faults]
    assert nodes == ["subjects.official.total", "subjects.head.total"]
    assert stack.wiring.store.get(refs.schemes(SCHEME)) is None

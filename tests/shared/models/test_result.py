import pytest
from pydantic import ValidationError

from shared.models.result import RefusedEntry

ASSIGNMENT = "_".join(["2026-10", "u" * 128, "a" * 128, "w" * 128])


def test_the_longest_path_of_an_entry_can_be_named() -> None:
    path = f"assignments/{ASSIGNMENT}/entries/{'e' * 1500}"
    assert RefusedEntry(path=path, reason="kind: Field required").path == path


def test_a_refused_entry_is_named() -> None:
    with pytest.raises(ValidationError):
        RefusedEntry(path="", reason="kind: Field required")

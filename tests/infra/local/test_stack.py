"""A system on an emulator that somebody else started."""

from pathlib import Path

import pytest

from infra.local import stack
from infra.local.emulator import HOST_VARIABLE, FirestoreEmulator
from infra.local.process import EmulatorError
from infra.local.stack import Emulators, attached


def test_an_emulator_whose_events_go_elsewhere_is_refused_at_once(
    google: Emulators, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOST_VARIABLE, google.store.host)
    monkeypatch.setattr(stack, "FIRST_EVENT_SECONDS", 0.5)
    with FirestoreEmulator(log=tmp_path / "log", events="127.0.0.1:1") as theirs:
        assert theirs.attached
        with (
            pytest.raises(EmulatorError, match=f"events elsewhere: unset {HOST_VARIABLE}"),
            attached(Emulators(theirs, google.auth), project="demo-elsewhere"),
        ):
            pass

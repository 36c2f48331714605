"""Compose `firestore.rules`: the policy by hand, the shapes from the models.

Run by `make rules`; a test fails while the file is not what this would write.
"""

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from rules.shapes import functions
from shared.models.appeal import Petition
from shared.models.appraisal import Appraisal
from shared.models.device import Device
from shared.models.entry import CLIENT_ENTRY, CLIENT_ENTRY_ID
from shared.models.proposal import Proposal

HERE = Path(__file__).parent
POLICY = HERE / "policy.rules"
RULES = HERE / "firestore.rules"
PLACE = "    // <shapes>\n"
NOTE = "// Composed by `make rules` from policy.rules and shared/models: change those, not this.\n"

CLIENT_WRITTEN: dict[str, TypeAdapter[Any]] = {
    "EntryId": CLIENT_ENTRY_ID,
    "Entry": CLIENT_ENTRY,
    "Appraisal": TypeAdapter(Appraisal),
    "Petition": TypeAdapter(Petition),
    "Device": TypeAdapter(Device),
    "Proposal": TypeAdapter(Proposal),
}
"""What people write straight to the store."""


def composed() -> str:
    """The whole rules file; raises ShapeError."""
    policy = POLICY.read_text("utf-8")
    before, _, after = policy.partition(PLACE)
    return f"{NOTE}{before}{functions(CLIENT_WRITTEN)}\n{after}"


if __name__ == "__main__":
    RULES.write_text(composed(), "utf-8")
    print(f"{RULES} is up to date")  # noqa: T201  # a command's answer

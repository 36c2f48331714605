from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from shared.models.base import Document, Id, Line, Path
from shared.models.official import Named


class Unit(Document):
    """An agency, department or commune; `path` ends with the unit itself."""

    collection: ClassVar[str] = "units"

    name: Line
    parent: Id | None = None
    path: Path
    head: Id | None = None
    former: Annotated[list[Named], Field(max_length=20)] = []
    """Earlier names, in order: results keep the name of their time."""

    def superiors(self, uid: str) -> list[str]:
        """The units whose heads answer for somebody of this one: for its own head, those above."""
        return self.path[:-1] if self.head == uid else self.path

    def name_at(self, moment: datetime) -> str:
        return next((one.name for one in self.former if moment < one.until), self.name)

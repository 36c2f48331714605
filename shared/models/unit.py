from typing import ClassVar

from shared.models.base import Document, Id, Line, Path


class Unit(Document):
    """An agency, department or commune; `path` ends with the unit itself."""

    collection: ClassVar[str] = "units"

    name: Line
    parent: Id | None = None
    path: Path
    head: Id | None = None

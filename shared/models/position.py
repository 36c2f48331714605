from typing import Annotated, ClassVar

from pydantic import Field

from shared.models.base import Document, Id, Line


class Position(Document):
    """A job position (vị trí việc làm) and the products it may be assigned."""

    collection: ClassVar[str] = "positions"

    title: Line
    group: Id | None = None
    """Positions of one group do similar work; without it, the position is a group of its own."""
    products: Annotated[list[Id], Field(max_length=500)]

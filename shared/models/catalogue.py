from typing import Annotated, ClassVar

from pydantic import Field

from shared.models.base import Coefficient, Document, Line


class Product(Document):
    """A catalogue item: a countable product and its coefficient.

    K_i = points_i / points_standard (Decree 335/2025/ND-CP as public
    implementations state it, confidence B). An assignment copies `k`, so a
    later version of the catalogue never reaches back.
    """

    collection: ClassVar[str] = "catalogue"

    title: Line
    measure: Line
    group: Annotated[int, Field(ge=1, le=5)]
    points: Annotated[int, Field(ge=1, le=100_000)]
    k: Coefficient
    evidence: bool = False
    """Whether it counts only when its submission names evidence."""
    version: Annotated[int, Field(ge=1, le=10_000)] = 1

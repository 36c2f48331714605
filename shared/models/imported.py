from typing import ClassVar

from shared.models.base import AssignmentId, Document, Time


class Imported(Document):
    """Which assignment a case of another system became; its id is the case's key.

    So a case that changes hands or months in its source is reported, not counted twice.
    `finished` is when the source said last that the case was finished.
    """

    collection: ClassVar[str] = "imported"

    assignment: AssignmentId
    finished: Time | None = None

from typing import ClassVar

from shared.models.base import AssignmentId, Document


class Imported(Document):
    """Which assignment a case of another system became; its id is `{system}_{case}`.

    So a case that changes hands or months in its source is reported, not counted twice.
    """

    collection: ClassVar[str] = "imported"

    assignment: AssignmentId

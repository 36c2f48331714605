from typing import Any

import pytest
from pydantic import ValidationError

from shared.models.scheme import Scheme
from tests.builders import CRITERIA, a_scheme

SCHEME = a_scheme()


def altered(part: str, **changes: Any) -> dict[str, Any]:
    return {part: {**SCHEME.fields()[part], **changes}}


def bands(*least: int) -> dict[str, Any]:
    standing = SCHEME.fields()["bands"]
    return {"bands": [band | {"at_least": at} for band, at in zip(standing, least, strict=False)]}


def criteria(*points: int, names: tuple[str, ...] = CRITERIA) -> dict[str, Any]:
    title = {"vi": "Tiêu chí", "en": "Criterion"}
    return altered(
        "general",
        criteria=[
            {"id": name, "title": title, "max_points": most}
            for name, most in zip(names, points, strict=True)
        ],
    )


def test_the_shipped_scheme_is_70_and_30_and_says_where_each_rule_is_from() -> None:
    assert (SCHEME.task.max_points, SCHEME.general.max_points) == (7000, 3000)
    assert [band.at_least for band in SCHEME.bands] == [9000, 7000, 5000, 0]
    sources = [SCHEME.task.source, SCHEME.general.source, SCHEME.bands_source]
    assert {source.confidence for source in sources} == {"guidance", "local", "law"}
    assert SCHEME.rounding_source.confidence == "proposal"


@pytest.mark.parametrize("split", [(1300, 1200, 500), (1000, 1000, 0)])
def test_places_split_the_general_criteria_as_they_like(split: tuple[int, ...]) -> None:
    assert a_scheme(**criteria(*split)).general.max_points == sum(split)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (criteria(1000, 1000, 1001), "exceed 100 points"),
        (altered("task", max_points=7001), "exceed 100 points"),
        (criteria(1, 1, 1, names=("conduct", "conduct", "x")), "general criterion is named twice"),
        (altered("task", measures=["quality", "quality"]), "measure is named twice"),
        (bands(9000, 7000, 5000, 1), "the last start at 0"),
        (bands(9000, 7000), "the last start at 0"),
        (bands(7000, 9000, 5000, 0), "from the highest down"),
        (bands(9000, 9000, 5000, 0), "from the highest down"),
        ({"bands": [*SCHEME.fields()["bands"], SCHEME.fields()["bands"][0]]}, "rating is named"),
    ],
)
def test_a_scheme_that_could_not_score_somebody_is_refused(
    change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValidationError, match=reason):
        a_scheme(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"bands": []},
        altered("general", criteria=[]),
        altered("task", measures=[]),
        altered("task", measures=["zeal"]),
        altered("task", per_fail=101),
        altered("task", per_late=-1),
        altered("task", per_late=0.25),
        altered("task", source={"text": "x", "confidence": "sure"}),
        {"ref": "decree-335"},
    ],
)
def test_a_scheme_keeps_its_shape(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Scheme.model_validate({**SCHEME.fields(), **change})

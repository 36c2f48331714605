"""POST /schemes: a version is published once, and never changes."""

from typing import Any

import pytest

from shared import refs
from shared.usecases.schemes import shipped
from tests.world import SCHEME, World, new_key

NEW = "decree-335-thu@1"


def test_a_published_scheme_can_be_pinned_by_a_period(world: World) -> None:
    assert publish(world, "tu", ref=NEW) == (200, {"scheme": NEW})
    body = {"action": "open", "period": "2026-11", "scheme": NEW}
    assert world.as_("tu").post("period", body, key=new_key()).status_code == 200
    told = [one.value.action for one in world.stack.wiring.store.find(refs.audit)]
    assert sorted(told) == ["period open", "period open", "publish scheme", "seed", "seed"]


def test_publishing_it_again_changes_nothing(world: World) -> None:
    assert publish(world, "tu", ref=NEW) == publish(world, "tu", ref=NEW)


def test_a_version_never_changes(world: World) -> None:
    before = world.stack.wiring.store.get(refs.schemes(SCHEME))
    status, answer = publish(world, "tu", title={"vi": "Khác", "en": "Other"})
    assert (status, answer["errors"][0]["field"]) == (409, "ref")
    assert world.stack.wiring.store.get(refs.schemes(SCHEME)) == before


@pytest.mark.parametrize("by", ["an", "binh", "kiem"])
def test_only_organisers_publish(world: World, by: str) -> None:
    assert publish(world, by, ref=NEW)[0] == 403
    assert world.stack.wiring.store.get(refs.schemes(NEW)) is None


def test_what_is_no_scheme_is_refused_by_its_field(world: World) -> None:
    status, answer = publish(world, "tu", ref="New")
    assert (status, answer["errors"][0]["field"]) == (400, "ref")


def publish(world: World, by: str, **changes: Any) -> tuple[int, dict[str, Any]]:
    scheme = shipped(SCHEME).model_dump(mode="json", exclude_none=True) | changes
    answer = world.as_(by).post("schemes", scheme, key=new_key())
    return answer.status_code, answer.json()

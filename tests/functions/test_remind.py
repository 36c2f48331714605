"""The scheduler's call: everybody is told what is theirs, once, and by day."""

from collections.abc import Sequence
from datetime import UTC, datetime

import jwt
import pytest
import requests

from infra.local.people import sign_in
from infra.local.stack import SERVICE_ACCOUNT
from shared import refs
from shared.errors import ConflictError
from shared.models.device import Device
from shared.models.notice import Notice
from shared.models.official import Ahead
from shared.ports import Message, Push, put
from shared.usecases.remind import RemindUnit, remind_unit
from tests.world import MONTH, World, an_official, officials

TUESDAY = datetime(2026, 10, 20, 2, tzinfo=UTC)
"""Nine in the morning in Viet Nam, on the day that the work is due."""
LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)
NIGHT = datetime(2026, 10, 20, 15, tzinfo=UTC)
PHONE = "phone-of-an-" + "x" * 10


class Phones(Push):
    """The one part that only the cloud has."""

    def __init__(self, *gone: str) -> None:
        self.shown: list[Message] = []
        self.gone = set(gone)

    def send(self, messages: Sequence[Message]) -> set[str]:
        self.shown += messages
        return {one.installation for one in messages} & self.gone


@pytest.fixture
def phones(world: World) -> Phones:
    phones = Phones()
    world.stack.wiring.push = phones
    device = Device(installation=PHONE, language="vi", at=TUESDAY)
    world.stack.wiring.store.commit([put(refs.devices("an")("phone"), device)])
    return phones


def call(world: World) -> None:
    """As Cloud Scheduler does."""
    token = world.stack.issuer.token(SERVICE_ACCOUNT, world.stack.url)
    answer = requests.post(
        f"{world.stack.url}/remind",
        json={},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert (answer.status_code, answer.text) == (200, "done")
    world.stack.drain(60)


def inbox(world: World, uid: str) -> list[Notice]:
    return [one.value for one in world.stack.wiring.store.find(refs.inbox(uid))]


def test_told_once_and_only_by_day(world: World, phones: Phones) -> None:
    work = world.assigned("an")
    world.assigned("an", quantity=2)
    world.stack.clock.advance(TUESDAY)
    world.append("an", work, "s1", kind="submission", quantity=1)
    world.stack.drain(30)
    world.stack.clock.advance(NIGHT)

    call(world)
    assert [one.kind for one in inbox(world, "an")] == ["overdue"]
    assert [one.kind for one in inbox(world, "binh")] == ["digest"]
    assert "Chậm: An (1)" in inbox(world, "binh")[0].body.vi
    assert phones.shown == []

    world.stack.clock.advance(datetime(2026, 10, 21, 0, 30, tzinfo=UTC))
    world.stack.drain(60)
    call(world)
    assert [(one.installation, one.title) for one in phones.shown] == [(PHONE, "Đã quá hạn")]
    assert len(inbox(world, "an")) == 1

    world.stack.clock.advance(datetime(2026, 10, 24, 2, tzinfo=UTC))
    call(world)
    world.stack.clock.advance(datetime(2026, 10, 26, 2, tzinfo=UTC))
    call(world)
    waited = [one for one in inbox(world, "giam-doc") if one.kind == "escalated"]
    assert len(waited) == 1
    assert len(phones.shown) == 1

    world.close()
    call(world)
    assert "result" in [one.kind for one in inbox(world, "chi")]


def test_killed_before_or_after_the_commit_nothing_is_told_twice(
    world: World, phones: Phones
) -> None:
    world.assigned("an")
    world.stack.clock.advance(TUESDAY)
    task = RemindUnit(unit="p1", periods=[MONTH])
    services = world.stack.wiring

    class Dying(Push):
        def send(self, messages: Sequence[Message]) -> set[str]:
            raise SystemExit

    with pytest.raises(SystemExit):
        remind_unit(services, Dying(), services.settings, task)
    before = inbox(world, "an")
    for _ in range(2):
        remind_unit(services, phones, services.settings, task)
    assert inbox(world, "an") == before != []
    assert phones.shown == []


def test_an_installation_that_is_gone_is_forgotten(world: World) -> None:
    store = world.stack.wiring.store
    device = Device(installation=PHONE, language="en", at=TUESDAY)
    odd = put(refs.devices("an")("odd"), device)
    store.commit([put(refs.devices("an")("phone"), device), odd])
    store.commit(
        [put(refs.devices("an")("kept"), device.model_copy(update={"installation": "k" * 22}))]
    )
    world.assigned("an")
    world.stack.clock.advance(TUESDAY)
    phones = Phones(PHONE)
    task = RemindUnit(unit="p1", periods=[MONTH, "2031-01"])
    remind_unit(world.stack.wiring, phones, world.stack.wiring.settings, task)
    assert [one.ref.id for one in store.find(refs.devices("an"))] == ["kept"]
    assert {one.title for one in phones.shown} == {"Due today"}


def test_who_comes_second_comes_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs at once: the other has written between this one's look and its commit."""
    world.assigned("an")
    world.stack.clock.advance(TUESDAY)
    world.stack.drain(30)  # no event of the assignment commits in between
    services, task = world.stack.wiring, RemindUnit(unit="p1", periods=[MONTH])
    commit, phones = services.store.commit, Phones()

    def late(writes: object) -> None:
        monkeypatch.undo()
        remind_unit(services, phones, services.settings, task)
        commit(writes)  # type: ignore[arg-type]

    monkeypatch.setattr(services.store, "commit", late)
    with pytest.raises(ConflictError):
        remind_unit(services, phones, services.settings, task)
    assert len(inbox(world, "an")) == 1


def test_a_transfer_entered_ahead_takes_effect_with_the_first_call_of_its_day(
    world: World, phones: Phones
) -> None:
    """Record, units, claims and the live scorecard; what cannot be, administrators hear of."""
    store = world.stack.wiring.store
    keeper = an_official("Quản Trị", "so", roles=["administrator"])
    never = Ahead(unit="p1", start=LONG_AGO, reason="quyết định 1", by="quan-tri")
    em = officials()["em"].model_copy(update={"ahead": never})
    store.commit([put(refs.officials("quan-tri"), keeper), put(refs.officials("em"), em)])
    world.assigned("an")
    move = {"official": "an", "unit": "p2", "duty": "head", "start": "2026-10-20T00:00:00+07:00"}
    body = {"action": "transfer", "reason": "quyết định 12", **move}
    answer = world.as_("quan-tri").post("people", body, key="move-an")
    assert answer.status_code == requests.codes.ok, answer.text

    call(world)
    assert [one.kind for one in inbox(world, "quan-tri")] == ["escalated"]
    assert (unit_head(world), subject(world)) == ("dung", "official")

    world.stack.clock.advance(TUESDAY)
    call(world)
    call(world)
    an = store.get(refs.officials("an"))
    assert an is not None
    assert (an.unit, an.is_head, an.ahead, len(an.postings)) == ("p2", True, None, 2)
    assert (unit_head(world), subject(world)) == ("an", "head")
    token = sign_in(world.stack, "an").headers["Authorization"].removeprefix("Bearer ")
    assert "head" in jwt.decode(token, options={"verify_signature": False})["roles"]
    assert len(inbox(world, "quan-tri")) == 1


def unit_head(world: World) -> str | None:
    unit = world.stack.wiring.store.get(refs.units("p2"))
    assert unit is not None
    return unit.head


def subject(world: World) -> str:
    """As what An is scored, live."""
    card = world.card("an")
    assert card is not None
    return card.capacity.subject

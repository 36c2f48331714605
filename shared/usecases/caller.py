"""Who asks, and what they may do."""

from dataclasses import dataclass
from datetime import datetime
from re import fullmatch

from shared import refs
from shared.errors import refuse
from shared.models.base import ID
from shared.models.official import Official, Role
from shared.models.unit import Unit
from shared.ports import Store


@dataclass(frozen=True)
class Caller:
    """A person with their official record, or a trusted system without one."""

    uid: str
    now: datetime
    official: Official | None = None

    @property
    def is_system(self) -> bool:
        return self.official is None

    def has(self, *roles: Role) -> bool:
        return self.official is not None and bool(set(roles) & set(self.official.roles))

    def heads(self, path: list[str]) -> bool:
        """Acts for a unit on `path`, as its head or standing in for its head today."""
        return self.official is not None and bool(set(self.official.heads_at(self.now)) & set(path))


def identify(store: Store, uid: str, now: datetime) -> Caller:
    """The person's roles as they are now: one taken away is gone with the next call."""
    official = store.get(refs.officials(uid)) if fullmatch(ID, uid) else None
    if official is None or not official.roles:
        raise refuse(
            "forbidden",
            "Authorization",
            f"{uid} is not an official in service",
            f"tài khoản {uid} không thuộc cán bộ đang công tác",
        )
    return Caller(uid, now, official)


def require(caller: Caller, *roles: Role) -> None:
    if not caller.has(*roles):
        raise refuse(
            "forbidden",
            "Authorization",
            f"needs one of the roles {', '.join(roles)}",
            "tài khoản không có quyền thực hiện việc này",
        )


def has_authority_over(caller: Caller, unit: Unit, uid: str) -> bool:
    """Organisers over everybody, heads over those for whom they answer."""
    return caller.has("organiser") or caller.heads(unit.superiors(uid))


def require_authority_over(caller: Caller, unit: Unit | None, uid: str, field: str) -> None:
    """Over somebody of the unit; of one that is gone, only organisers know whose it was."""
    allowed = has_authority_over(caller, unit, uid) if unit else caller.has("organiser")
    if not allowed:
        raise refuse(
            "forbidden",
            field,
            "you head neither this person's unit nor one above it; for a head, only one above does",
            "bạn không phải thủ trưởng đơn vị này hoặc cấp trên; "
            "với thủ trưởng đơn vị thì phải là cấp trên",
        )


def require_competence(caller: Caller, unit: Unit | None, field: str, uid: str = "") -> None:
    """The competent authority decides on people of the own unit and below, such as this one."""
    require(caller, "authority")
    if not is_competent(caller, unit, uid):
        raise refuse(
            "forbidden",
            field,
            "you are not the competent authority of this unit, or stand in for this very person",
            "bạn không phải cấp có thẩm quyền của đơn vị này, hoặc đang thay chính người này",
        )


def is_competent(caller: Caller, unit: Unit | None, uid: str) -> bool:
    official = caller.official
    return (
        unit is not None
        and official is not None
        and "authority" in official.roles
        and official.unit in unit.path
        and not fills_place_of(caller, unit, uid)
    )


def fills_place_of(caller: Caller, unit: Unit | None, uid: str) -> bool:
    """Acts for the unit in place of this very person, who is its head."""
    if unit is None:
        return False
    return unit.head == uid != caller.uid and caller.heads(unit.path[-1:])

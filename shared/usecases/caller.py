"""Who asks, and what they may do."""

from dataclasses import dataclass
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
    official: Official | None = None

    @property
    def is_system(self) -> bool:
        return self.official is None

    def has(self, *roles: Role) -> bool:
        return self.official is not None and bool(set(roles) & set(self.official.roles))

    def heads(self, path: list[str]) -> bool:
        """Head of one of the units on `path`: acts for the own unit and below."""
        return self.official is not None and self.official.is_head and self.official.unit in path


def identify(store: Store, uid: str) -> Caller:
    """The person's roles as they are now: one taken away is gone with the next call."""
    official = store.get(refs.officials(uid)) if fullmatch(ID, uid) else None
    if official is None:
        raise refuse(
            "forbidden",
            "Authorization",
            f"{uid} is not a registered official",
            f"tài khoản {uid} chưa được đăng ký là cán bộ",
        )
    return Caller(uid, official)


def require(caller: Caller, *roles: Role) -> None:
    if not caller.has(*roles):
        raise refuse(
            "forbidden",
            "Authorization",
            f"needs one of the roles {', '.join(roles)}",
            "tài khoản không có quyền thực hiện việc này",
        )


def require_authority_over(caller: Caller, unit: Unit, field: str) -> None:
    """Heads act for the own unit and below, organisers for all."""
    if not (caller.has("organiser") or caller.heads(unit.path)):
        raise refuse(
            "forbidden",
            field,
            "you do not head this person's unit or one above it",
            "bạn không phải thủ trưởng đơn vị này hoặc đơn vị cấp trên",
        )

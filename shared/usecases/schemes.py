"""Schemes by reference: shipped as files, published to the store, read once."""

from datetime import datetime
from importlib import resources

from shared import refs
from shared.errors import Fault, RefusedError, refuse
from shared.models.scheme import Scheme
from shared.ports import Store
from shared.scoring.publication import defects
from shared.usecases.recorded import seed

SHIPPED = {
    "decree-335@1": "decree-335.json",
    "decree-335-local@1": "decree-335-local.json",
    "decree-335-local@2": "decree-335-local-2.json",
}


def shipped(ref: str) -> Scheme:
    """A scheme that comes with the code; raises KeyError."""
    text = resources.files("shared.schemes").joinpath(SHIPPED[ref]).read_text("utf-8")
    return Scheme.model_validate_json(text)


def require_same(scheme: Scheme, standing: Scheme) -> None:
    """A version that was published never changes."""
    if standing != scheme:
        raise refuse(
            "conflict",
            "ref",
            f"{scheme.ref} was published with other rules; give a new version",
            f"{scheme.ref} đã ban hành với nội dung khác; hãy tăng phiên bản",
        )


def require_sound(scheme: Scheme) -> None:
    """Refuse a scheme that could not rate everybody, naming each node that is the reason."""
    faults = [Fault(one.node, one.en, one.vi) for one in defects(scheme)]
    if faults:
        raise RefusedError("invalid", *faults)


class Schemes:
    """The store's schemes; a version never changes, so one read serves the process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Scheme] = {}

    def get(self, ref: str) -> Scheme:
        scheme = self.find(ref)
        if scheme is None:
            raise refuse("missing", "scheme", f"{ref} is not published", f"chưa ban hành {ref}")
        return scheme

    def find(self, ref: str) -> Scheme | None:
        if ref not in self._known:
            scheme = self._store.get(refs.schemes(ref))
            if scheme is None:
                return None
            self._known[ref] = scheme
        return self._known[ref]

    def publish(self, scheme: Scheme, now: datetime) -> None:
        """Publish a version that comes with the code; one that stands already must be the same."""
        require_sound(scheme)
        standing = self._store.get(refs.schemes(scheme.ref))
        if standing is None:
            seed(self._store, now, [(refs.schemes(scheme.ref), scheme)])
        else:
            require_same(scheme, standing)

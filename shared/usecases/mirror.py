"""Mirror roles into the claims of accounts, for the rules of the store and for clients."""

from shared import refs
from shared.ports import Accounts, Store


def mirror(store: Store, accounts: Accounts, uid: str) -> None:
    """Give the account the claims that its official record earns now; none without one.

    A role given reaches the rules with the next token, within the hour that a
    token lives. A role taken away is gone at once, in the rules and in the
    functions alike, because both look at the record as well: see docs/decisions.
    """
    official = store.get(refs.officials(uid))
    accounts.grant(uid, [] if official is None else official.claims())

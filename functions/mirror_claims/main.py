"""On officials/{uid} written: mirror the person's roles into the claims of their account.

Retry contract: safe to repeat in any order, it reads the record as it is now.
"""

from functions.events import Change, trigger
from shared.usecases.mirror import mirror
from shared.wiring import Wiring


@trigger
def mirror_claims(wiring: Wiring, change: Change) -> None:
    mirror(wiring.store, wiring.accounts, change.ids[0])

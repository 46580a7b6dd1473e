"""How many passwords may be tried: counted before anything is hashed, since a check costs 0.3 s of a core.

What is counted is forgotten with a right password, but for the address, which may try many principals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector.edge.allowances import Window
from connector.edge.digests import hidden
from connector.edge.errors import TooManyRequests
from connector.edge.rates import admit_within, forget

OF_ADDRESS = (Window(60, 60),)
OF_PRINCIPAL = (Window(300, 3600),)
OF_BOTH = (Window(5, 60), Window(30, 3600))


def count_guess(principal: str, address: str) -> None:
    """Let a password be checked.

    Raises:
        TooManyRequests, Unavailable
    """
    for account, windows in accounts(principal, address).items():
        admission = admit_within(account, windows)
        if not admission.admitted:
            raise TooManyRequests(admission.retry_after)


def forget_guesses(principal: str, address: str) -> None:
    for account, windows in accounts(principal, address).items():
        if windows is not OF_ADDRESS:
            forget(account)


def accounts(principal: str, address: str) -> Mapping[str, Sequence[Window]]:
    """Return what a guess is counted by; names are digests, since Valkey need not know who signs in."""
    return {
        f"guess:address:{hidden(address)}": OF_ADDRESS,
        f"guess:both:{hidden(principal, address)}": OF_BOTH,
        f"guess:principal:{hidden(principal)}": OF_PRINCIPAL,
    }

"""How many passwords may be tried: counted before anything is hashed, since a check costs 0.3 s of a core.

What is counted is forgotten with a right password, but for the address, which may try many principals. Where a
principal signed in lately it is not counted over all addresses: whoever guesses elsewhere does not keep it out there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector.edge import accepted
from connector.edge.allowances import Window
from connector.edge.digests import digest_of, hidden
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
    is_known = accepted.is_known(named(principal), address)
    for account, windows in accounts(principal, address).items():
        if is_known and windows is OF_PRINCIPAL:
            continue
        admission = admit_within(account, windows)
        if not admission.admitted:
            raise TooManyRequests(admission.retry_after)


def forgive_guesses(principal: str, address: str) -> None:
    """Begin anew after a right password, and know where it came from."""
    accepted.remember(named(principal), address)
    for account, windows in accounts(principal, address).items():
        if windows is not OF_ADDRESS:
            forget(account)


def named(principal: str) -> bytes:
    return digest_of(b"principal", principal.encode())


def accounts(principal: str, address: str) -> Mapping[str, Sequence[Window]]:
    """Return what a guess is counted by; names are digests, since Valkey need not know who signs in."""
    return {
        f"guess:address:{hidden(address)}": OF_ADDRESS,
        f"guess:both:{hidden(principal, address)}": OF_BOTH,
        f"guess:principal:{hidden(principal)}": OF_PRINCIPAL,
    }

from __future__ import annotations

import hashlib


def digest_of(*parts: bytes) -> bytes:
    """Return the SHA-256 over length-prefixed parts, so that no two lists of parts give the same text to hash."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(4))
        digest.update(part)
    return digest.digest()

"""`Write`: a write on an entity route as it arrived, before anything is known of its record."""

from __future__ import annotations

import hashlib

import msgspec

from connector.edge.digests import digest_of
from sync.models.delivery import Method

KEPT_OF_REJECTED = 4096


class Write(msgspec.Struct, frozen=True):  # As `Command` is.
    client_id: int
    entity: str
    method: Method
    body: bytes
    process_id: str = ""
    idempotency_key: str = ""
    wants_async: bool = False
    is_local: bool = False
    is_decided: bool = False  # By a person, one record at a time: the guard against mass deletes lets it pass.

    @property
    def may_repeat(self) -> bool:
        """Without a Process-Id or an Idempotency-Key nothing is taken for a repeat."""
        return bool(self.process_id or self.idempotency_key)

    def digest(self, record_key: str) -> bytes:
        """Return what a repeat of this write has in common with it: SHA-256 over length-prefixed parts.

        An Idempotency-Key takes the place of the Process-Id.
        """
        process_id = "" if self.idempotency_key else self.process_id
        texts = (str(self.client_id), process_id, self.entity, record_key, self.method)
        return digest_of(*(text.encode() for text in texts), hashlib.sha256(self.body).digest())


def lock_number(*texts: str) -> int:
    """Return the signed 64 bits by which PostgreSQL locks what these texts name."""
    return int.from_bytes(digest_of(*(text.encode() for text in texts))[:8], signed=True)

"""`SecretText`: a secret that must be told to somebody, and to nobody else."""

from __future__ import annotations


class SecretText(str):
    """A text that prints as it is and tells nothing by its repr: Django's debug log quotes a page's whole context."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<secret>"

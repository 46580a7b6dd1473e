"""Why a file as a whole is not imported; the sentences are for the person whose file it is."""

from __future__ import annotations


class BadFile(Exception):
    """The file is refused, and nothing of it is imported."""


class Doubtful(Exception):
    """The file is held until a person lets it go on."""

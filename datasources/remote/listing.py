"""What a folder has, each file judged by its name."""

from __future__ import annotations

from dataclasses import dataclass, field

from datasources.models import DataSource
from datasources.remote.entries import LISTED, Entry, Remote, refusal, wire
from datasources.remote.errors import ListingTooLong


@dataclass
class Listing:
    """The files of a folder, by name; those whose names are refused are told by what a person can read of them."""

    files: list[Entry] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def found(self) -> int:
        return len(self.files) + len(self.refused)


def list_files(remote: Remote, source: DataSource) -> Listing:
    """Return the files of a source's folder.

    Raises:
        RemoteFailed
    """
    listing, folder = Listing(), wire(source.working_directory)
    for entry in remote.entries():
        if listing.found == LISTED:
            raise ListingTooLong(f"The folder has more than {LISTED:,} files.")
        reason = refusal(entry, folder)
        if reason is None:
            listing.files.append(entry)
        else:
            listing.refused[entry.name] = reason
    listing.files.sort(key=lambda entry: entry.path)
    return listing

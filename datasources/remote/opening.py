"""Opening the folder of a data source, of whichever kind it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from datasources.models import DataSource, DataSourceType
from datasources.remote.entries import Remote
from datasources.remote.ftp import FtpFolder
from datasources.remote.s3 import S3Folder
from datasources.remote.sftp import SftpFolder

KINDS: dict[str, Callable[[DataSource], Remote]] = {
    DataSourceType.FTP: FtpFolder,
    DataSourceType.SFTP: SftpFolder,
    DataSourceType.S3: S3Folder,
}


class Line:
    """One connection to a source for all that is asked of it, made when something is."""

    def __init__(self) -> None:
        self.source: DataSource | None = None
        self.remote: Remote | None = None

    def open(self, source: DataSource) -> Remote:
        """Return the connection.

        Raises:
            RemoteFailed
        """
        if self.remote is None or self.source != source:
            self.close()
            self.source, self.remote = source, KINDS[source.data_source_type](source)
        return self.remote

    def close(self) -> None:
        if self.remote is not None:
            self.remote.close()
        self.remote = None


@contextmanager
def open_line() -> Iterator[Line]:
    line = Line()
    try:
        yield line
    finally:
        line.close()


@contextmanager
def open_remote(source: DataSource) -> Iterator[Remote]:
    """Connect to the folder of a source.

    Raises:
        RemoteFailed
    """
    with open_line() as line:
        yield line.open(source)

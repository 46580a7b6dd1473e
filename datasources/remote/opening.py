"""Opening the folder of a data source, of whichever kind it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.module_loading import import_string

from datasources.models import DataSource, DataSourceType
from datasources.remote.entries import Remote

# By their names: what they stand on takes a second to import, and most processes dial nobody.
KINDS = {
    DataSourceType.FTP: "datasources.remote.ftp.FtpFolder",
    DataSourceType.SFTP: "datasources.remote.sftp.SftpFolder",
    DataSourceType.S3: "datasources.remote.s3.S3Folder",
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
            folder = import_string(KINDS[DataSourceType(source.data_source_type)])
            self.source, self.remote = source, folder(source)
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

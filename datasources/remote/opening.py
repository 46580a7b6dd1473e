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


@contextmanager
def open_remote(source: DataSource) -> Iterator[Remote]:
    """Connect to the folder of a source.

    Raises:
        RemoteFailed
    """
    remote = KINDS[source.data_source_type](source)
    try:
        yield remote
    finally:
        remote.close()

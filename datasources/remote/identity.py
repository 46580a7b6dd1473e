"""Who a server is: pinned at the first connection, and whoever answers otherwise later stops the source."""

from __future__ import annotations

from datasources.models import DataSource
from datasources.remote.errors import IdentityChanged, Unreachable


def pin(source: DataSource, identity: str) -> None:
    """Remember who the server is, or raise IdentityChanged; of two first connections at once one decides.

    A source that names another server by now, or is gone, is for the next connection.
    """
    if source.host_key is None:
        same = DataSource.objects.filter(pk=source.pk, host=source.host, data_source_type=source.data_source_type)
        same.filter(host_key=None).update(host_key=identity)
        source.host_key = same.values_list("host_key", flat=True).first()
    if source.host_key is None:
        raise Unreachable("The data source was changed meanwhile.")
    if source.host_key != identity:
        raise changed()


def changed() -> IdentityChanged:
    return IdentityChanged("The server has another key than at the first connection.")

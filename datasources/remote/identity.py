"""Who a server is: pinned at the first connection, and whoever answers otherwise later stops the source."""

from __future__ import annotations

from datasources.models import DataSource
from datasources.remote.errors import IdentityChanged


def pin(source: DataSource, identity: str) -> None:
    """Remember who the server is, or raise IdentityChanged; of two first connections at once one decides."""
    if source.host_key is None:
        DataSource.objects.filter(pk=source.pk, host_key=None).update(host_key=identity)
        source.refresh_from_db(fields=["host_key"])
    if source.host_key != identity:
        raise changed()


def changed() -> IdentityChanged:
    return IdentityChanged("The server has another key than at the first connection.")

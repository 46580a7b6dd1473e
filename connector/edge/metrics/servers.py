"""How much of PostgreSQL and Valkey is in use, and which of our processes are heard of."""

from __future__ import annotations

from collections.abc import Iterator

import redis
from django.db import connection
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from connector.edge.health import parts, pulse
from connector.edge.metrics.scraped import gauge, register, single

# Each thread has a connection of its own: this is the pool. Others' fill the same server, whatever their database; of
# another role's neither the state nor what kind of process it is can be seen, only that somebody has signed in.
CONNECTIONS = """
    SELECT CASE WHEN datname = current_database() AND starts_with(application_name, 'connector-')
                THEN application_name ELSE 'other' END AS process,
           coalesce(state, 'other') AS state, count(*)
    FROM pg_stat_activity
    WHERE datname IS NOT NULL AND usesysid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend'
    GROUP BY 1, 2 ORDER BY 1, 2
"""
LIMIT = "SELECT current_setting('max_connections')::int"
VALKEY = {
    "connected_clients": ("connector_valkey_clients", "Clients that are connected to Valkey."),
    "maxclients": ("connector_valkey_clients_limit", "How many clients Valkey takes."),
    "used_memory": ("connector_valkey_memory_bytes", "Memory that Valkey uses."),
    "maxmemory": ("connector_valkey_memory_limit_bytes", "Memory that Valkey may use; 0: no limit."),
}


@register("database")
def database() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(CONNECTIONS)
        rows = cursor.fetchall()
        cursor.execute(LIMIT)
        (limit,) = cursor.fetchone()
    text = "Connections to the server, by what is connected and what it does."
    family = GaugeMetricFamily("connector_database_connections", text, labels=["process", "state"])
    for process, state, count in rows:
        family.add_metric([process, state], count)
    yield family
    yield from single("connector_database_connections_limit", "How many connections the server takes.", limit)


@register("valkey")
def valkey() -> Iterator[Metric]:
    """Tell of Valkey; one that is away is no failure of the scrape."""
    try:
        told = pulse.valkey().info()
    except redis.RedisError:
        told = {}
    yield from single("connector_valkey_up", "Whether Valkey answers.", float(bool(told)))
    for key, (name, text) in VALKEY.items():
        yield from single(name, text, told.get(key))


@register("processes")
def processes() -> Iterator[Metric]:
    try:
        ages = pulse.ages()
    except redis.RedisError:  # Which is itself one of the parts.
        ages = {}
    text = "Seconds since beat, a worker or a dispatcher was last heard of."
    yield gauge(
        "connector_heartbeat_age_seconds", text, "name", {name: age for name, age in ages.items() if age is not None}
    )
    away = {each["name"] for each in parts.degraded()}
    names = sorted({*parts.names()} | away)
    text = "Whether a part of the service is as it should be; /health/ready tells the reason where it is not."
    yield gauge("connector_part_healthy", text, "name", {name: float(name not in away) for name in names})

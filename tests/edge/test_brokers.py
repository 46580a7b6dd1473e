"""Addresses of brokers: what they mean, and which are refused at start-up."""

from __future__ import annotations

from typing import Any

import pytest

from connector.edge import brokers
from connector.edge.brokers import Sentinels
from connector.edge.checks import check_brokers

SENTINELS = "sentinel://:p%40ss@one:26379/3;sentinel://:p%40ss@two"


@pytest.mark.parametrize(
    "url",
    ["redis://valkey:6379/0", "rediss://user:password@valkey/1", "unix:///run/valkey.sock", SENTINELS],
    ids=["redis", "tls", "socket", "sentinels"],
)
def test_address_is_taken(settings: Any, url: str) -> None:
    settings.REDIS_URL, settings.BROKER_URL, settings.REDIS_SENTINEL_MASTER = url, "amqps://user:password@rabbit/", "m"
    assert check_brokers() == []


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://valkey", "begins with none of redis://, rediss://, unix://, sentinel://, but http://"),
        ("valkey:6379/s3cret", "begins with none of redis://, rediss://, unix://, sentinel://"),
        ("amqp://rabbit", "begins with none of"),
        ("redis://", "has an address without a host"),
        ("redis://valkey:x", "has an address without a host, or with a port that is none"),
        ("redis://one;redis://two", "has several addresses"),
        ("sentinel://one", "REDIS_SENTINEL_MASTER does not name what they watch over"),
        ("sentinel://one/first", "has a database that is no number"),
        ("redis://:s3cret[@valkey", "cannot be read"),
        ("redis://:s3cret\u2100@valkey", "cannot be read"),
    ],
)
def test_address_is_refused(settings: Any, url: str, fault: str) -> None:
    settings.REDIS_URL = settings.BROKER_URL = url
    told = [error.msg for error in check_brokers()]
    assert any(fault in message for message in told), told
    assert all(message.startswith("REDIS_URL ") and "s3cret" not in message for message in told)


def test_every_fault_is_told_at_once(settings: Any) -> None:
    settings.REDIS_URL, settings.BROKER_URL = "sentinel://one;sentinel://:1", "ampq://rabbit"
    assert [error.msg.split()[0] for error in check_brokers()] == ["REDIS_URL", "REDIS_URL", "BROKER_URL"]


def test_account_of_the_server_is_that_of_the_first_address() -> None:
    assert Sentinels.of(SENTINELS) == Sentinels([("one", 26379), ("two", 26379)], None, "p@ss", 3)


def test_options_of_another_broker_are_not_given_to_rabbitmq() -> None:
    assert "visibility_timeout" not in brokers.options("amqp://rabbit", "", "")
    assert brokers.options(SENTINELS, "m", "own")["sentinel_kwargs"]["password"] == "own"

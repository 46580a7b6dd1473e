"""Where we may dial to: every form of an address, names that change their answer, and servers that send us elsewhere."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from datasources.checks import check_outbound
from datasources.remote import outbound
from datasources.remote.errors import OutboundRefused, Unreachable
from datasources.remote.opening import open_remote
from tests.datasources.factories import make_source
from tests.datasources.folders import Folder

REFUSED = "it resolves to an address that data sources may not use"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """Answer for names by what the test says: each question takes the next answer, and the last one stays."""
    answers: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in answers:
            return real(host, port, *args, **kwargs)
        left = answers[host]
        addresses = left.pop(0) if len(left) > 1 else left[0]
        return [found for address in addresses for found in real(address, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return answers


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
        "0.0.0.0",  # noqa: S104 (an address to refuse)
        "224.0.0.1", "255.255.255.255", "240.0.0.1", "168.63.129.16", "192.0.2.1", "198.18.0.1",
    ],
)  # fmt: skip
def test_ipv4_address_that_is_not_public_is_refused(address: str) -> None:
    assert outbound.judge_host(address, "SFTP") == REFUSED


@pytest.mark.parametrize(
    "address",
    [
        "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "2001:db8::1", "2001::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::10.0.0.1", "64:ff9b:1::1",
        "2002:7f00:1::1", "2002:a9fe:a9fe::1",
    ],
)  # fmt: skip
def test_ipv6_address_that_is_not_public_is_refused(address: str) -> None:
    assert outbound.judge_host(f"[{address}]", "SFTP") == REFUSED
    assert outbound.judge_host(address, "SFTP") == REFUSED


@pytest.mark.parametrize("text", ["2130706433", "0x7f000001", "017700000001", "127.1", "0", "0x7f.1"])
def test_number_that_a_resolver_takes_for_loopback_is_refused(text: str) -> None:
    assert outbound.judge_host(text, "SFTP") == REFUSED


@pytest.mark.parametrize("address", ["8.8.8.8", "[2606:4700:4700::1111]", "64:ff9b::8.8.8.8", "2606:4700:4700::1111"])
def test_public_address_is_taken(address: str) -> None:
    assert outbound.judge_host(address, "SFTP") is None


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "ftp://example.com", "example.com/", "user@example.com", "a b", "example.com:", "example.com:0",
        "example.com:65536", "example.com:ftp", "[::1", "[fe80::1%eth0]", "a\nb", "a\x00b", "http:", "a#b", "a?b", "a\\b",
    ],
)  # fmt: skip
def test_host_of_another_form_is_refused(text: str) -> None:
    assert outbound.judge_host(text, "SFTP")


def test_name_that_resolves_to_a_private_address_is_refused(names: dict[str, list[list[str]]]) -> None:
    names["inside.example.com"] = [["10.0.0.1"]]
    assert outbound.judge_host("inside.example.com", "SFTP") == REFUSED


def test_name_of_which_one_address_is_private_is_refused(names: dict[str, list[list[str]]]) -> None:
    names["both.example.com"] = [["8.8.8.8", "127.0.0.1"]]
    assert outbound.judge_host("both.example.com", "SFTP") == REFUSED


def test_name_that_does_not_resolve_is_taken_at_save_and_judged_when_it_is_dialled() -> None:
    assert outbound.judge_host("test.myftp.invalid", "FTP") is None
    with pytest.raises(Unreachable):
        outbound.vet("test.myftp.invalid", "FTP")


def test_what_was_judged_is_dialled_whatever_the_name_answers_later(
    names: dict[str, list[list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names["rebinding.example.com"] = [["8.8.8.8"], ["127.0.0.1"]]
    dialled: list[Any] = []

    def connect(address: Any, _seconds: float) -> socket.socket:
        dialled.append(address)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unreachable):
        outbound.vet("rebinding.example.com", "SFTP").dial()
    assert dialled == [("8.8.8.8", 22)]


@pytest.mark.parametrize(
    ("kind", "port", "taken"),
    [
        ("FTP", 21, True),
        ("SFTP", 22, True),
        ("S3", 443, True),
        ("SFTP", 21, False),
        ("FTP", 25, False),
        ("S3", 9000, False),
    ],
)
def test_ports_are_those_of_the_type(kind: str, port: int, *, taken: bool) -> None:
    assert (outbound.judge_host(f"8.8.8.8:{port}", kind) is None) is taken


def test_operator_opens_ports_and_networks(settings: Any) -> None:
    settings.CONNECTOR_OUTBOUND_PORTS = ["2222"]
    settings.CONNECTOR_OUTBOUND_ALLOW = ["10.1.0.0/16", "fd00:1::/64"]
    assert outbound.judge_host("10.1.2.3:2222", "SFTP") is None
    assert outbound.judge_host("[::ffff:10.1.2.3]:2222", "SFTP") is None
    assert outbound.judge_host("[fd00:1::5]:2222", "SFTP") is None
    assert outbound.judge_host("10.2.2.3:2222", "SFTP") == REFUSED


@pytest.mark.parametrize(
    ("name", "value", "identity"),
    [
        ("CONNECTOR_OUTBOUND_ALLOW", ["10.0.0.1/8"], "datasources.E001"),
        ("CONNECTOR_OUTBOUND_ALLOW", ["inside"], "datasources.E001"),
        ("CONNECTOR_OUTBOUND_PORTS", ["sftp"], "datasources.E002"),
        ("CONNECTOR_OUTBOUND_PORTS", ["65536"], "datasources.E002"),
    ],
)
def test_slip_in_the_policy_is_told_at_start(settings: Any, name: str, value: list[str], identity: str) -> None:
    setattr(settings, name, value)
    assert [message.id for message in check_outbound()] == [identity]


@pytest.mark.django_db
def test_source_whose_name_changed_to_a_private_address_is_not_dialled(names: dict[str, list[list[str]]]) -> None:
    names["sftp.example.com"] = [["8.8.8.8"], ["127.0.0.1"]]
    assert outbound.judge_host("sftp.example.com", "SFTP") is None
    with pytest.raises(OutboundRefused), open_remote(make_source(host="sftp.example.com", data_source_type="SFTP")):
        pass


@pytest.mark.django_db
def test_servers_are_dialled_by_no_second_question(
    folder: Folder, names: dict[str, list[list[str]]], settings: Any
) -> None:
    names["partner.example.com"] = [["127.0.0.1"], ["10.255.255.1"]]
    folder.put("a.csv", b"1")
    source = make_source(**{**folder.source, "host": f"partner.example.com:{folder.port}"})
    with open_remote(source) as remote:
        (entry,) = remote.entries()
        assert b"".join(remote.read(entry, 0)) == b"1"

"""Reading a notification, beside the cases that `tests/contract/test_notification.py` sends over HTTP."""

from __future__ import annotations

import pytest

from connector.edge.errors import BadRequest, Fault
from notifications.inbound import digest, receive
from notifications.models import Notification


def notification(**overrides: object) -> Notification:
    given = {"client_id": 1, "process_id": "1", "header_process_id": "", "node_id": "2", "status": 200, "message": "m"}
    return Notification(**{**given, **overrides})


def test_digest_is_the_same_for_the_same() -> None:
    assert digest(notification()) == digest(notification())


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": 2},
        {"process_id": "2"},
        {"header_process_id": "2"},
        {"node_id": ""},
        {"status": 201},
        {"message": ""},
        {"process_id": "12", "node_id": ""},
    ],
    ids=str,
)
def test_digest_differs_where_anything_does(changed: dict[str, object]) -> None:
    assert digest(notification()) != digest(notification(**changed))


@pytest.mark.django_db
def test_receive_tells_the_faults_of_headers_first() -> None:
    with pytest.raises(BadRequest) as refused:
        receive(client_id=1, header_process_id=None, body=b"{}", faults=[Fault("Process-Id", "too_long", "")])
    assert [fault.treekey for fault in refused.value.faults] == ["Process-Id", "status"]


@pytest.mark.django_db
def test_a_notification_shows_its_process_and_node() -> None:
    assert [str(notification()), str(notification(node_id=""))] == ["1/2: 200", "1/process: 200"]

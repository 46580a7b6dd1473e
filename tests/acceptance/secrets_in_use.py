"""Every kind of secret that the service knows, used on a stack: rightly, wrongly, and where nobody answers."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import asyncssh
import httpx

from connector.stack.waiting import Waiting
from tests.acceptance.local_stack import CHECKOUT, PATIENCE, LocalStack
from tests.acceptance.others import HOOK_SECRET, HOOK_TOKEN, MAIL_PASSWORD, NOBODY, Others
from tests.acceptance.signing_in import signed_in
from tests.acceptance.tables import database

WRONG = "wrong-one-of-whoever-guesses"
PASSWORD = "password-of-the-party"
PUSH_TOKENS = {"": "auth-token-for-the-push", "product": "entity-token-for-the-push"}
# What the service keeps and tells others; each must be among what is searched for.
USED = {
    PASSWORD,
    WRONG,
    *PUSH_TOKENS.values(),
    "not-secret",
    "wrong-of-the-ftp-server",
    "phrase-of-the-key",
    "secret-of-the-bucket",
    MAIL_PASSWORD,
    HOOK_TOKEN,
    HOOK_SECRET,
}
PREPARE = """
import json, sys
from partners.audit import Actor
from partners.joining import Joining, join
from sync import local
from sync.models import Switch
from sync.push.tokens import set_token
given = json.load(sys.stdin)
touchpoint, text = join(Joining("Secretive", "secretive", given["password"], "secretive"), Actor("a test"))
touchpoint.partner.recipients.create(email="partner@example.com")
for entity, token in given["tokens"].items():
    set_token(entity, token)
Switch.objects.update_or_create(entity="product", defaults={"is_pushed": True})
local.create("product", {"sku": "pushed", "price": 1})
print(text)
"""
FAILED = "SELECT count(*) FROM datasources_datasource WHERE failures > 0"


def use_secrets(stack: LocalStack, others: Others) -> None:
    """Use each once; what is used is searched for when the stack ends."""
    token = prepared(stack)
    stack.used |= {token, PASSWORD, WRONG, HOOK_TOKEN, *PUSH_TOKENS.values()}
    sources = list(data_sources(others))
    with party(stack, token) as client:
        for source in sources:
            run(client, source)
        guess(client, token)
    with signed_in(stack) as browser:  # The key of a session is a secret, too.
        assert browser.get("/admin/datasources/datasource/").status_code == 200
        stack.used.add(browser.cookies["sessionid"])
    babble(stack)
    waits = {
        "the runs that fail": lambda: failed(stack) == len(sources) - 1,
        "the mail": lambda: others.sign_ins,
        "the push": lambda: others.dsync.requests,
        "the hook": lambda: others.hook.requests,
    }
    for what, is_done in waits.items():
        Waiting().until(is_done, what, seconds=PATIENCE)


def prepared(stack: LocalStack) -> str:
    """Make a party, and what is pushed; return the touchpoint's token."""
    given = json.dumps({"password": PASSWORD, "tokens": PUSH_TOKENS})
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", PREPARE]
    done = subprocess.run(
        command, input=given, env=stack.environment, cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


def party(stack: LocalStack, token: str) -> httpx.Client:
    named = {"Thalamus-Touchpoint": "secretive", "Thalamus-Token": token}
    base = f"{stack.url}/api/v4"
    return httpx.Client(base_url=base, headers=named, auth=("secretive", PASSWORD), trust_env=False, timeout=30)


def data_sources(others: Others) -> Iterator[dict[str, Any]]:
    """Yield one that opens; one by a wrong password, one by a key that nobody knows, one that is nowhere."""
    sealed = asyncssh.generate_private_key("ssh-ed25519").export_private_key(passphrase="phrase-of-the-key").decode()
    by_key = {"authenticationType": "CERTIFICATE", "privateKeyFile": sealed, "passphrase": "phrase-of-the-key"}
    yield {"dataSourceType": "FTP", "host": f"127.0.0.1:{others.ftp}", "password": "not-secret"}
    yield {"dataSourceType": "FTP", "host": f"127.0.0.1:{others.ftp}", "password": "wrong-of-the-ftp-server"}
    yield {"dataSourceType": "SFTP", "host": f"127.0.0.1:{others.sftp}", "password": "none-but-the-key", **by_key}
    yield {"dataSourceType": "S3", "host": f"127.0.0.1:{NOBODY}", "password": "secret-of-the-bucket"}


def run(client: httpx.Client, source: dict[str, Any]) -> None:
    named = {"user": "demo", "workingDirectory": "/sales", "processorType": 25011, "authenticationType": "PASSWORD"}
    made = client.post("/partner/datasources", json={**named, "touchpointCode": "secretive", **source})
    assert made.status_code == 201, made.text
    path = f"/partner/datasources/{made.json()['datasource']['id']}"
    assert client.post(f"{path}/run").status_code == 202


def guess(client: httpx.Client, token: str) -> None:
    """Use what opens where it is wrong, and what is wrong where something opens."""
    assert client.get("/partner/datasources", auth=("secretive", WRONG)).status_code == 401
    assert client.get("/partner/datasources", headers={"Thalamus-Token": WRONG}).status_code == 401
    assert client.post("/signin", json={"principal": "secretive", "password": WRONG}).status_code == 401
    assert client.post("/signin", json={"principal": "secretive", "password": PASSWORD}).status_code == 200
    assert client.get(f"/none?touchpoint=secretive&token={token}").status_code == 404
    for path, name in (("/datalayout", "Auth-Token"), ("/v1/hood/partners", "Authorization")):
        answer = httpx.get(client.base_url.join(path), headers={name: f"Bearer {token}"}, trust_env=False)
        assert answer.status_code == 401


def babble(stack: LocalStack) -> None:
    """Send tokens in what is no request."""
    for line in ("GET /{} HTTP/9.9", "GET /datalayout?token={} HTTP/1.1\r\nAuth Token: {}", "{}"):
        with socket.create_connection(("127.0.0.1", stack.port), timeout=30) as connection:
            connection.sendall(f"{line.replace('{}', stack.credentials['AUTH_TOKEN'])}\r\n\r\n".encode())
            assert b" 400 " in connection.recv(4096)


def failed(stack: LocalStack) -> int:
    with database(stack) as connection:
        found = connection.execute(FAILED).fetchone()
        return int(found[0]) if found else 0

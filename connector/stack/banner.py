"""What a person needs to go on, printed when the stack is up."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

ADMIN = "admin"
TEXT = """
The connector runs at {url}

  Admin   {url}/admin/   {login}
  Token   {token}   (Auth-Token)
  Hood    {hood_token}   (Authorization: Bearer, under /v1/hood)
  Logs    {logs}

Create a product, read the data layout, walk what is stored:

  {create}

  {layout}

  {walk}

Ctrl-C stops everything.
"""


@dataclass(frozen=True)
class Banner:
    """Where the stack answers and what opens it."""

    url: str
    token: str
    hood_token: str
    login: str
    logs: Path

    def __str__(self) -> str:
        entity = f"Entity-Token: {product_token(self.url, self.token)}"
        return TEXT.format(
            url=self.url,
            login=self.login,
            token=self.token,
            hood_token=self.hood_token,
            logs=self.logs,
            create=self.curl("//entity/product", entity, body={"sku": f"first-{time.time():.0f}", "name": "Mug"}),
            layout=self.curl("//datalayout"),
            walk=self.curl("/api/sync/items/", entity),
        )

    def curl(self, path: str, *headers: str, body: Mapping[str, str] | None = None) -> str:
        """Return a command for any shell."""
        words = ["curl", "-i", self.url + path]
        for header in (f"Auth-Token: {self.token}", *headers):
            words += ["-H", header]
        if body:
            words += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
        return shlex.join(words)


def login(password: str, *, is_kept: bool) -> str:
    return f"{ADMIN} / {password}" if is_kept else "with your own account: the first password is not in use any more"


def product_token(url: str, token: str) -> str:
    """Return the entity token of products from the data layout."""
    answer = httpx.get(f"{url}/datalayout", headers={"Auth-Token": token}, trust_env=False, timeout=10)
    entities = answer.raise_for_status().json()["data"]["data_layout"]
    return next(str(entity["entity_token"]) for entity in entities if entity["entity_name"] == "product")

"""A service as an operator finds it on an ordinary day: things came in, one was refused, one is dead, one contradicts."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from typing import Any

import httpx

from connector.stack.waiting import Waiting
from tests.acceptance.local_stack import CHECKOUT
from tests.acceptance.web import Answer, Web

OPERATOR, VIEWER, PASSWORD = "olga", "victor", "only-for-the-browser-tests-4711"
PREPARE = f"""
from django.contrib.auth.models import Group, User
User.objects.create_superuser("{OPERATOR}", password="{PASSWORD}")
viewer = User.objects.create_user("{VIEWER}", password="{PASSWORD}", is_staff=True)
viewer.groups.add(Group.objects.get(name="viewer"))
"""
PARTNER = ["create_partner", "Northwind", "--principal", "northwind", "--password-stdin", "--touchpoint", "SHOP-1"]
BREAK = """
    CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE 'the price list is closed'; END $$ LANGUAGE plpgsql;
    CREATE TRIGGER refuse BEFORE INSERT ON entities_product FOR EACH ROW WHEN (NEW.sku LIKE 'late-%') EXECUTE FUNCTION refuse()
"""
MEND = "DROP TRIGGER refuse ON entities_product"
WEAR_OUT = "UPDATE sync_delivery SET tries = 30, runnable_at = now() WHERE state = 'retrying'"
SALES = """transactionId,credentialPrincipal,partnerSkuCode,quantity,amount,saleDate
t1,northwind,mug-1,2,12.50,2026-01-31
t2,northwind,mug-2,one,12.50,2026-01-31
t3,northwind,mug-3,1,,2026-02-31
"""


class Site(Web):
    """The web server and the dispatcher, which does the work of workers where there are none."""

    def start(self) -> None:
        super().start()
        self.manage("shell", "-c", PREPARE)
        self.token_of_touchpoint = self.manage(*PARTNER, stdin=PASSWORD).split()[-1]
        self.dispatcher = subprocess.Popen(
            [sys.executable, "manage.py", "dispatch"],
            cwd=CHECKOUT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.fill()

    def close(self) -> None:
        self.dispatcher.terminate()
        self.dispatcher.wait(30)
        super().close()

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """Run a command of `manage.py` and return what it prints."""
        command = [sys.executable, "manage.py", *arguments]
        ended = subprocess.run(
            command, cwd=CHECKOUT, env=self.environment, input=stdin, check=True, capture_output=True, text=True
        )
        return ended.stdout

    def fill(self) -> None:
        self.execute(BREAK)
        for number in range(1, 9):
            self.push("product", {"sku": f"mug-{number}", "name": f"Mug {number}", "price": number}, "1001")
        self.push("order", {"order_id": "A-1001", "customer_name": "Ada Example", "total": "25.00"}, "123456")
        self.push("order", {"order_id": "A-1002", "total": "twelve"}, "123456", status=400)
        self.change("order", "A-1001", {"total": "27.50"}, "123456")
        self.change("product", "mug-1", {"price": "11.50"}, "1003")
        person = {
            "partner": "1",
            "principal": "ada",
            "firstname": "Ada",
            "lastname": "Example",
            "email": "ada@example.com",
        }
        self.push("person", person, "1004")
        self.notify("123456", 200)
        self.push(
            "product", {"sku": "late-1", "name": "Late mug", "price": "9.90"}, "1002", 202, Prefer="respond-async"
        )
        Waiting().until(self.is_dead, "a dead letter")
        for number in range(4, 9):
            self.sent(
                "DELETE", "product", None, 202 if number > 6 else 200, Process_Id="1005", Entity_Id=f"mug-{number}"
            )
        self.upload(SALES)
        Waiting().until(lambda: self.count("datasources_import", "state = 3"), "the import")

    def push(self, entity: str, body: dict[str, Any], process: str, status: int = 201, **headers: str) -> None:
        self.sent("POST", entity, body, status, Process_Id=process, **headers)

    def change(self, entity: str, key: str, body: dict[str, Any], process: str) -> None:
        self.sent("PUT", entity, body, 200, Process_Id=process, Entity_Id=key)

    def sent(self, method: str, entity: str, body: dict[str, Any] | None, status: int, **headers: str) -> None:
        raw = None if body is None else json.dumps(body).encode()
        answer = self.ask(self.write(method, entity, raw, **headers))
        assert answer.status == status, answer.content

    def written(self, entity: str, body: dict[str, Any]) -> Answer:
        return self.ask(self.write("POST", entity, json.dumps(body).encode()))

    def notify(self, process: str, status: int) -> None:
        body = {"process_id": process, "status": status, "message": "All records were delivered."}
        answer = self.ask(self.request("POST", "//notification", json.dumps(body).encode(), Process_Id=process))
        assert answer.status in (200, 201), answer.content

    def upload(self, content: str) -> None:
        """Send a file as the partner's own program does."""
        login = base64.b64encode(f"northwind:{PASSWORD}".encode()).decode()
        answer = httpx.post(
            f"http://127.0.0.1:{self.port}/api/v4/import/file?name=January&type=25011",
            files={"file": ("sales.csv", content)},
            headers={
                "Authorization": f"Basic {login}",
                "Thalamus-Touchpoint": "SHOP-1",
                "Thalamus-Token": self.token_of_touchpoint,
            },
            trust_env=False,
            timeout=60,
        )
        assert answer.status_code == 200, answer.text

    def is_dead(self) -> bool:
        self.execute(WEAR_OUT)
        return self.count("sync_delivery", "state = 'dead'") > 0

    def count(self, table: str, where: str = "true") -> int:
        found = self.execute(f"SELECT count(*) FROM {table} WHERE {where}")  # noqa: S608 (of a test)
        return int(found)

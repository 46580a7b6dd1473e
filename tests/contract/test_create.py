from __future__ import annotations

from tests.conftest import Dsync, example


def test_create_of_the_published_body_answers_as_published(dsync: Dsync) -> None:
    answer = dsync.post("product", example("create.request"), Process_Id="123456")
    assert answer.json() == {"status": 201, "message": "Created", "detail": {}, "data": {"sku": "hde012"}}
    assert answer.status_code == 201


def test_create_of_an_existing_key_is_a_conflict(dsync: Dsync) -> None:
    dsync.post("product", example("create.request"))
    answer = dsync.post("product", example("create.request"))
    assert answer.status_code == 409, answer.content
    assert answer.json()["detail"]["errors"][0]["code"] == "already_exists"


def test_flow(dsync: Dsync) -> None:
    print(dsync.send("GET", "//datalayout").content[:600])
    print(dsync.post("product", example("create.request"), Process_Id="1").content)
    print(dsync.post("product", example("create.request"), Process_Id="1").content)
    print(dsync.put("product", "hde012", example("update.request"), Process_Id="1").content)
    print(dsync.items("product").content, dsync.items("product").headers)
    print(dsync.delete("product", "hde012", example("delete.request"), Process_Id="1").content)
    print(dsync.delete("product", "hde012", example("delete.request"), Process_Id="2").content)
    print(dsync.post("product", {"sku": "hde012", "price": "12.50", "foo": 1}).content)
    print(dsync.items("product").content)
    print(dsync.put("product", "Größe-1", {"price": {}, "inventory": {"qty": "abc"}, "name": 5}).content)
    print(dsync.post("product", {"sku": "Größe-1", "attributes": [{"name": "a", "value": "b"}]}).content)
    print(dsync.put("product", "Größe-1", {"price": 5.10, "inventory": {"qty": 1e2}}).content)
    print(dsync.items("product", "?per_page=1&page=2").content)
    print(
        dsync.post(
            "partner_sale",
            {
                "partner": "p",
                "transactionId": "1",
                "credentialPrincipal": "c",
                "quantity": 1,
                "amount": 5,
                "saleDate": "2026-01-01",
            },
        ).content
    )
    print(
        dsync.post(
            "partner_sale",
            {
                "partner": "p",
                "transactionId": "1",
                "credentialPrincipal": "c",
                "quantity": 1,
                "amount": 5,
                "saleDate": "2026-01-01",
                "partnerSkuCode": "x",
            },
        ).content
    )
    print(dsync.items("partner_sale").content)
    print(dsync.send("GET", "/process/1").content)
    print(dsync.send("POST", "//notification", example("notification.request"), Process_Id="123456").content)
    print(dsync.send("POST", "//entity/product/set_job", example("set_job.request")).content)
    print(dsync.send("POST", "//entity/product/set_job", b'{"job_id": "a123456"}').content)
    print(dsync.send("PATCH", "//entity/product", b'{"job_id": "a123456"}').headers)
    print(dsync.send("GET", "//nothing").content)
    print(dsync.send("GET", "//api/sync/total/").content)
    print(dsync.send("GET", "//api/sync/total/", Auth_Token="x").content)
    assert 0

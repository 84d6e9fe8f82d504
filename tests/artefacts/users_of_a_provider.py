"""A user's program with another provider's package, and mistakes in it that type checkers must find."""

from __future__ import annotations

from pathlib import Path

from codegen.package import parse
from tests.support import generated_package
from tests.support.small_documents import TEXT, answer, body, document, operation, paired, parameter, ref

PROGRAM = """
from typing import Any

import lowcodeapi_shop_api
from lowcodeapi_baseten import connect, connect_async
from lowcodeapi_shop_api import UNSET, AsyncConnectedClient, Client, ConnectedClient, RawResponse
from lowcodeapi_shop_api.models import Cash, Cheque, Currency, Item


def use() -> None:
    with connect(lowcodeapi_shop_api, api_token="t", timeout=5, max_retries=0, url_format="new") as shop:
        typed: ConnectedClient = shop
        plain: Client = shop
        other: ConnectedClient = shop.with_options(url_format="auto", retry_unsafe=True, headers=UNSET)
        other.refunds.create(charge="ch_1", timeout=2)
        raw: RawResponse[Any] = other.with_raw_response.refunds.get("r1")
        print(typed, plain, raw.request_id)
        other.close()


def use_types(shop: ConnectedClient) -> None:
    shop.refunds.create(currency="usd", paid=Cash(kind="cash", amount=1), items=[Item(name="a"), {"name": "b"}])
    shop.refunds.create(currency=Currency.EUR, paid={"kind": "cheque", "number": "1"}, by_name={"a": Item(name="a")})
    shop.refunds.create(currency="one that nobody listed", no_list="any text")
    first: list[Item] = shop.items.list(number=7)
    second: dict[str, Item] = shop.items.get_map(7)
    shop.items.get_map("7")
    paid: Cash | Cheque = shop.items.get_payment()
    name: str = first[0].name + second["a"].name
    how: str | int = paid.amount if isinstance(paid, Cash) else paid.number
    shop.items.delete()
    print(name, how)


async def use_async() -> None:
    async with connect_async(lowcodeapi_shop_api, on_request=print, transport=None) as shop:
        typed: AsyncConnectedClient = shop.with_options(timeout=None)
        answer: Any = await typed.refunds.create(charge="ch_1")
        print(answer)
        await typed.aclose()
"""
BEFORE = """
import json
import lowcodeapi_baseten_api
import lowcodeapi_shop_api
from lowcodeapi_baseten import connect, connect_async

shop = connect(lowcodeapi_shop_api)
"""
_LINES = """
shop.with_options(timeout="5")
shop.with_options(colour="red")
shop.with_options(timeout=5).charges
shop.with_options(timeout=5).refunds.get(5)
shop.refunds.create(charge=1)
shop.refunds.create(currency=1)
shop.refunds.create(items=["a"])
shop.refunds.create(items=[{"nam": "a"}])
shop.refunds.create(by_name={"a": 1})
shop.refunds.create(paid={"kind": "cash", "number": 5})
shop.refunds.create(paid="cash")
shop.items.list(number=1)[0].nam
shop.items.get_map(7)["a"].nam
shop.items.get_map(1.5)
shop.items.get_payment().number
shop.refunds.create_charge()
shop.aclose()
connect(lowcodeapi_shop_api, max_retries="2")
connect(lowcodeapi_shop_api, colour="red")
connect_async(lowcodeapi_shop_api).close()
connect(lowcodeapi_baseten_api)
connect(json)
"""
MISTAKES = _LINES.strip().splitlines()


SCHEMAS = {
    "Item": {"type": "object", "properties": {"name": TEXT}, "required": ["name"]},
    "Cash": {
        "type": "object",
        "properties": {"kind": TEXT, "amount": {"type": "integer"}},
        "required": ["kind", "amount"],
    },
    "Cheque": {"type": "object", "properties": {"kind": TEXT, "number": TEXT}, "required": ["kind", "number"]},
    "Currency": {"type": "string", "enum": ["usd", "eur"]},
}


def write(folder: Path) -> None:
    """The package, the program and the mistakes."""
    number = parameter("number", "path", schema={"type": "integer"})
    item, items = ref("Item"), {"type": "array", "items": ref("Item")}
    mapping = {"type": "object", "additionalProperties": item}
    paid = {"oneOf": [ref("Cash"), ref("Cheque")]}
    fields = {
        "charge": TEXT,
        "currency": ref("Currency"),
        "paid": paid,
        "items": items,
        "by_name": mapping,
        "no_list": {"type": "string", "enum": ["string"]},
    }
    paths = {
        "/v1/refunds": {"post": operation("Create refund", tags=["Refunds"], requestBody=body(fields))},
        "/v1/refunds/{id}": {"get": operation("Get refund", tags=["Refunds"], parameters=[parameter("id", "path")])},
        "/v1/items": {
            "get": operation(
                "List items", tags=["Items"], parameters=[{**number, "in": "query"}], responses=answer(items)
            )
        },
        "/v1/maps/{number}": {
            "get": operation("Get map", tags=["Items"], parameters=[number], responses=answer(mapping))
        },
        "/v1/payment": {"get": operation("Get payment", tags=["Items"], responses=answer(paid))},
    }
    docs = {"api_endpoint": "https://up.example/v1/items/{item_id}", "api_ref": "x"}
    old = {"/v1/items/itemid": {"delete": operation("Delete item", tags=["Items"], externalDocs=docs)}}
    given = paired(document(paths, components={"schemas": SCHEMAS}), document(old, components={"schemas": SCHEMAS}))
    generated_package.write(parse.parse(given.document, provider="shop").package, folder)
    (folder / "provider_program.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "provider_mistakes.py").write_text(BEFORE + "\n".join(MISTAKES), encoding="utf-8")

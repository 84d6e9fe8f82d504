"""A user's program with another provider's package, and mistakes in it that type checkers must find."""

from __future__ import annotations

from pathlib import Path

from codegen.package import parse
from tests.support import generated_package
from tests.support.small_documents import body, document, operation, paired, parameter

PROGRAM = """
from typing import Any

import lowcodeapi_shop_api
from lowcodeapi_baseten import connect, connect_async
from lowcodeapi_shop_api import UNSET, AsyncConnectedClient, Client, ConnectedClient, RawResponse


def use() -> None:
    with connect(lowcodeapi_shop_api, api_token="t", timeout=5, max_retries=0, url_format="new") as shop:
        typed: ConnectedClient = shop
        plain: Client = shop
        other: ConnectedClient = shop.with_options(url_format="auto", retry_unsafe=True, headers=UNSET)
        other.refunds.create(charge="ch_1", timeout=2)
        raw: RawResponse[Any] = other.with_raw_response.refunds.get("r1")
        print(typed, plain, raw.request_id)
        other.close()


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
shop.refunds.create_charge()
shop.aclose()
connect(lowcodeapi_shop_api, max_retries="2")
connect(lowcodeapi_shop_api, colour="red")
connect_async(lowcodeapi_shop_api).close()
connect(lowcodeapi_baseten_api)
connect(json)
"""
MISTAKES = _LINES.strip().splitlines()


def write(folder: Path) -> None:
    """The package, the program and the mistakes."""
    paths = {
        "/v1/refunds": {
            "post": operation("Create refund", tags=["Refunds"], requestBody=body({"charge": {"type": "string"}}))
        },
        "/v1/refunds/{id}": {"get": operation("Get refund", tags=["Refunds"], parameters=[parameter("id", "path")])},
    }
    generated_package.write(parse.parse(paired(document(paths)).document, provider="shop").package, folder)
    (folder / "provider_program.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "provider_mistakes.py").write_text(BEFORE + "\n".join(MISTAKES), encoding="utf-8")

"""A receiver of webhooks as the README has it."""

from __future__ import annotations

from lowcodeapi_baseten.workflows import WebhookError, webhooks
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SECRETS = ["whsec_new", "whsec_old"]  # both, while one replaces the other
outputs: dict[str, webhooks.AsyncPredictResult] = {}


async def receive(request: Request) -> Response:
    body = await request.body()
    try:
        webhooks.verify(body, request.headers.get(webhooks.SIGNATURE), SECRETS)
        result = webhooks.parse(body)
    except WebhookError as error:
        return Response(str(error), 400)
    outputs[result.request_id] = result  # stored before it is answered: Baseten keeps no output
    return Response(status_code=204)


app = Starlette(routes=[Route("/webhook", receive, methods=["POST"])])

"""A gateway without a socket that gives a test's answer to each operation, and answers bent out of shape."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import anyio
import httpx
from lowcodeapi_baseten import AsyncBaseten, Baseten
from lowcodeapi_baseten_api.new_format import ROUTES

from tests.support import guide_payloads as guide
from tests.workflows.patience import Quick

TOKEN = "lca-odd-0123456789abcdef"
MODEL, PROJECT, JOB = "model_abc123", "proj_123", "job_456"

KEYS = {"keys": [{"prefix": "abcd1234", "name": "my-key", "type": "WORKSPACE_INVOKE", "model_ids": None}]}
NEW_KEYS = {"keys": [{"prefix": "ef567890", "name": "my-key", "type": "WORKSPACE_INVOKE", "model_ids": None}]}
FILE = {
    "url": "http://127.0.0.1:1/job/checkpoint-1/a.bin",
    "relative_file_name": "a.bin",
    "node_rank": 0,
    "size_bytes": 5,
    "last_modified": guide.DAY,
}
GOOD: Mapping[str, Any] = {
    "inference.get_async_request": {**guide.ASYNC_STATUS, "status": "SUCCEEDED", "errors": []},
    "inference.async_predict_development": {"request_id": "req_456"},
    "inference.predict_development": guide.PREDICTION,
    "inference.wake_deployment": {},
    "deployments.get": guide.DEPLOYMENT,
    "deployments.get_production": {**guide.DEPLOYMENT, "status": "SCALED_TO_ZERO"},
    "environments.get": {**guide.ENVIRONMENT, "in_progress_promotion": None},
    "training.get_job": {
        "training_project": guide.PROJECT,
        "training_job": {**guide.JOB, "current_status": "TRAINING_JOB_COMPLETED"},
    },
    "training.get_logs": guide.LOGS,
    "training.get_metrics": guide.METRICS,
    "training.list_checkpoint_files": {"presigned_urls": [FILE], "next_page_token": None, "total_count": 1},
    "training.download": {"artifact_presigned_urls": [FILE["url"]]},
    "api_keys.list": KEYS,
    "api_keys.create": {"api_key": "ef567890.secret"},
    "api_keys.delete": {"prefix": "abcd1234"},
}

_PATHS = sorted(
    (
        (re.compile("/baseten" + re.sub(r"\{\w+\}", "[^/]+", route.path)), route.method, id_)
        for id_, route in ROUTES.items()
    ),
    key=lambda known: known[0].pattern.count("[^/]+"),
)

Answer = Callable[[str], httpx.Response]


def enveloped(payload: Any) -> httpx.Response:
    """The payload in the envelope of the guide's gateway."""
    body = json.dumps({"data": payload}).encode()
    return httpx.Response(200, headers={"content-type": "application/json"}, content=body)


class Gateway:
    """Answers with `answer`, and records the requested operations. `client` is a client of it."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[str] = []
        self.client = self._connected(Baseten)

    def _connected(self, kind: Any) -> Any:
        client = kind(
            api_token=TOKEN,
            base_url="http://127.0.0.1:1/baseten",
            transport=httpx.MockTransport(self._handle),
            remember=False,
            max_retries=0,
            url_format="new",
        )
        client.clock = Quick()
        return client

    def _handle(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        operation = next(id_ for known, method, id_ in _PATHS if method == request.method and known.fullmatch(path))
        self.asked.append(operation)
        return self._answer(operation)

    def run_sync(self, work: Callable[[Any], Any]) -> Any:
        """Run it with `Baseten`, and consume all results."""
        result = work(self.client)
        return list(result) if hasattr(result, "__next__") else result

    def run_async(self, work: Callable[[Any], Any]) -> Any:
        """Run it with `AsyncBaseten`."""

        async def main() -> Any:
            async with self._connected(AsyncBaseten) as client:
                result = work(client)
                if inspect.isawaitable(result):
                    result = await result
                return [item async for item in result] if hasattr(result, "__anext__") else result

        return anyio.run(main)


def says(answers: Mapping[str, Any]) -> Answer:
    """Answer with these payloads, and with good ones for all other operations. A tuple of several is used in order."""
    left = {id_: list(said) if isinstance(said, tuple) else [said] for id_, said in {**GOOD, **answers}.items()}

    def answer(operation: str) -> httpx.Response:
        said = left[operation]
        return enveloped(said.pop(0) if len(said) > 1 else said[0])

    return answer


def answering(operation: str, *payloads: Any) -> Gateway:
    """A gateway that answers an operation with these payloads in order, and all other operations well."""
    return Gateway(says({operation: payloads}))


ODD: list[Any] = [
    *(None, True, False, 0, 1, -1, 5.5, 2**63, 10**40, 1e308, float("nan"), "", " ", "5", "9" * 400),
    *("a", "a/b", "a/../b", "../x", "/etc/passwd", "C:\\x", "a\0b", "a\nb", "\ud800", "é", "x" * 300, "a/" * 600),
    *("CON", ".a.bin.0123456789abcdef.part", "A.BIN", "http://[::1", "https://h:0/a", "http://x.example/a", "//", "%"),
    *("https://" + "a" * 70 + ".example/a", "http://127.0.0.1:1/%2e%2e/%00", "ACTIVE", "SCALED_TO_ZERO", "FAILED"),
    *("SUCCEEDED", "PONDERING", "TRAINING_JOB_COMPLETED", "TRAINING_JOB_FAILED", "1735689600000000000", "abcd1234"),
    *("9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00-14:00", TOKEN, f"api_token={TOKEN}"),
    *([], [None], [[]], {}, {"id": 1}, ["a", 5, None, {}], {"a": {"b": []}}, [{"prefix": []}], [{"prefix": "x"}]),
]


class Bender:
    """Bends good answers by bytes from hypothesis. Once they are used up, answers are good."""

    def __init__(self, choices: bytes) -> None:
        self._choices = iter(choices)

    def _next(self, below: int) -> int:
        return next(self._choices, 0) % below

    def bent(self, value: Any) -> Any:
        """The value with some of its parts replaced, left out, or repeated."""
        if self._next(12) == 11:
            return ODD[self._next(len(ODD))]
        if isinstance(value, dict):
            return {key: self.bent(item) for key, item in value.items() if self._next(16) != 15}
        if isinstance(value, list):
            several = value * (1 + (self._next(6) == 5))
            return [self.bent(item) for item in several]
        return value

    def answer(self, operation: str) -> httpx.Response:
        """An answer to an operation: mostly its payload, bent; sometimes anything else."""
        kind = self._next(24)
        if kind == 23:
            return httpx.Response(200, headers={"content-type": "application/json"}, content=b'{"data":')
        if kind == 22:
            headers = {"retry-after": ["1", "9" * 9, "Fri, 31 Dec 9999 23:59:59 GMT"][self._next(3)]}
            return httpx.Response([429, 500, 503, 404][self._next(4)], headers=headers, json={"error": "no"})
        if kind == 21:
            return enveloped(ODD[self._next(len(ODD))])
        return enveloped(self.bent(GOOD[operation]))

    def streamed(self) -> httpx.Response:
        """The answer of a model that streams, or doesn't."""
        pieces = [
            b"data: ",
            b"\n\n",
            b"\r",
            b"\xff\xfe",
            b"\xed\xa0\x80",
            b"{",
            b"retry: 5",
            b"id: \0",
            b":",
            b"a" * 999,
        ]
        pieces += [b"a" * 999, TOKEN.encode(), b'"\\ud800"', b"\xef\xbb\xbf", b"event: x\n"]
        body = b"".join(pieces[self._next(len(pieces))] for _ in range(self._next(40)))
        types = ["text/event-stream", "application/x-ndjson", "text/plain", "application/octet-stream"]
        if self._next(3) == 2:
            return enveloped(ODD[self._next(len(ODD))])
        return httpx.Response(200, headers={"content-type": types[self._next(4)]}, content=body)

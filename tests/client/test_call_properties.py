"""Properties of every call, whatever a gateway answers, in whatever order and time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from lowcodeapi_baseten import LowCodeAPIError
from lowcodeapi_baseten.formats import differ
from lowcodeapi_baseten.steps import Failure, Send
from lowcodeapi_baseten_api.operations import OPERATIONS
from lowcodeapi_baseten_api.types import RawResponse

from tests.client.stage import (
    GOOD,
    LOST,
    MISS,
    PAGE,
    REFUSED,
    TIMEOUT,
    UNSENT,
    Outcome,
    Stage,
    answer,
    call_of,
    is_probe,
    own,
    told_of,
    upstream,
)
from tests.support.profiles import examples

IDS = sorted(OPERATIONS)
STATUSES = [400, 401, 403, 404, 405, 408, 409, 413, 422, 429, 500, 502, 503, 504, 599, 999]
OUTCOMES: list[Outcome] = [
    *(GOOD, GOOD, GOOD, MISS, MISS, PAGE, TIMEOUT, TIMEOUT, LOST, LOST, UNSENT, REFUSED),
    *(upstream(status) for status in STATUSES),
    *(own(status) for status in STATUSES),
    upstream(503, "model_not_ready"),
    upstream(429, retry_after="2"),
    upstream(503, retry_after="1000000"),
    upstream(429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"),
    answer(200, "{"),
    answer(200, "[]"),
    answer(200, "null"),
    answer(200, '{"data": {"models": []}}'),
    answer(200, '{"data": null, "error": "text"}'),
    answer(200, '{"data": {"id": "x"}, "error": "text"}'),
    answer(404, '{"error": "text"}'),
    answer(204, b""),
    answer(299, "{}"),
    *(answer(status, b"", {"location": "/baseten/v1/models/x"}) for status in (301, 302, 308)),
    answer(302, b"", {"location": "https://evil.example/"}),
    answer(304, b""),
    answer(101, b""),
]
DOCUMENT = answer(200, '{"openapi": "3.0.0", "paths": {"/v1/models": {}}}')
DOCUMENTS = [*[DOCUMENT] * 20, *[MISS] * 20, *OUTCOMES]
PURPOSES = {"openapi": "documents", "definition": "documents", "probe": "probe"}


def leaves_open(outcome: Outcome) -> bool:
    """True if it leaves open whether a request was carried out; stated here independently of the package."""
    if isinstance(outcome, Failure):
        return outcome.kind in {"timeout", "lost", "refused"}
    if outcome.status == 503 and b"model_not_ready" in outcome.body:
        return False
    return outcome.status == 408 or outcome.status >= 500


class Player:
    """Reads choices from random bytes, and checks the promises against the requests."""

    def __init__(self, choices: Iterator[int], is_foreign: bool, url_format: str, **options: Any) -> None:
        self.choices, self.is_foreign = choices, is_foreign
        self.stage = Stage(asks_documents=is_foreign, url_format=url_format, **options)
        self.url_format, self.retry_unsafe = url_format, options["retry_unsafe"]
        # Documents asked, the last format they named, and a request that ended the gateway.
        self.has_asked = self.has_ended = False
        self.said: str | None = None

    def next(self) -> int:
        return next(self.choices, 0)

    def call(self) -> None:
        operation = OPERATIONS[IDS[self.next() % len(IDS)]]
        stage, formats = self.stage, self.stage.plan.formats
        routes = {name: known[operation.id] for name, known in stage.plan.routes.items()}
        has_choice = self.url_format == "auto" and differ(routes["new"], routes["old"])
        was_unknown = not formats.is_known(operation.id)
        deadline = stage.now + operation.timeout
        got: list[tuple[str, Send, Outcome]] = []

        def respond(send: Send) -> tuple[Outcome, float]:
            assert stage.now + send.timeout <= deadline + 1e-6
            is_followed = send.target.endswith("/models/x")
            asks_for = got[-1][0] if is_followed else told_of(send)
            is_document = asks_for in {"openapi", "definition"}
            drawn = DOCUMENTS if is_document else OUTCOMES
            outcome = drawn[self.next() % len(drawn)]
            assert send.with_token != is_document
            if has_choice and self.is_foreign:
                self.check(asks_for, is_known=not was_unknown)
                self.note(asks_for, outcome)
            got.append((asks_for, send, outcome))
            share = (0.0, 0.1, 0.9, 1.0)[self.next() % 4]
            # An engine may be a little late.
            return outcome, send.timeout * 1.001 if outcome == TIMEOUT else send.timeout * share

        has_turn = self.next() % 8 != 0
        result = stage.play(call_of(operation.id), respond, has_turn=has_turn)

        assert (result is None) == isinstance(stage.error, LowCodeAPIError)
        assert all(until < deadline for until in stage.slept)
        attempts = (result or stage.error).attempts  # type: ignore[union-attr]
        assert [attempt.purpose for attempt in attempts] == [PURPOSES.get(kind, "call") for kind, _, _ in got]
        if result is not None:
            assert not has_turn or stage.turns.count(True) == stage.turns.count(False)

        calls = [(send, outcome) for kind, send, outcome in got if kind not in PURPOSES]
        if operation.safety == "unsafe" and not self.retry_unsafe:
            assert not any(leaves_open(outcome) for _, outcome in calls[:-1]), "sent again after an unknown fate"
            if calls and leaves_open(calls[-1][1]) and result is None:
                assert "may have been carried out" in str(stage.error)
        if operation.safety != "safe" and has_choice and was_unknown and got:
            assert got[0][0] in PURPOSES, "the first thing sent to an unknown gateway"
        if self.url_format != "auto":
            assert len(got) == len(calls)
            for send, _ in calls:
                assert self.is_spelled(send, routes[self.url_format].path)

    def check(self, asks_for: str, *, is_known: bool) -> None:
        """Nothing in the new format goes before the documents, or against them, or where it ended the gateway."""
        if asks_for not in {"new", "probe"}:
            return
        assert self.has_asked or is_known, "the documents are asked first"
        assert not self.has_ended, "the gateway ends with it"
        assert self.said != "old" or self.stage.plan.formats.is_new_served(), "the documents say old"

    def note(self, asks_for: str, outcome: Outcome) -> None:
        """Record the gateway's answers and failures."""
        self.has_asked |= asks_for == "openapi"
        is_found = asks_for == "definition" and outcome == DOCUMENT
        if asks_for == "openapi" and outcome == DOCUMENT:
            self.said, self.has_ended = "new", False
        elif is_found and not self.stage.plan.formats.is_new_served():
            self.said = "old"
        elif asks_for in {"new", "probe"} and outcome == LOST and not self.stage.plan.formats.is_new_served():
            self.has_ended = True
        elif asks_for == "old" and outcome in (MISS, PAGE):
            # Not a gateway of the old format either: the connection was lost by chance.
            self.has_ended = False

    def is_spelled(self, send: Send, path: str) -> bool:
        found = send.target.removeprefix("/baseten").partition("?")[0].split("/")
        wanted = ["abc123" if part.startswith("{") else part for part in path.split("/")]
        return found == wanted or found[-1] == "x"  # x: the target of a redirect


@given(
    st.binary(min_size=120, max_size=400),
    st.booleans(),
    st.sampled_from(["auto", "auto", "auto", "new", "old"]),
    st.integers(0, 3),
    st.booleans(),
)
@examples(80)
def test_the_rules_hold_in_any_sequence(
    choices: bytes, is_foreign: bool, url_format: str, max_retries: int, retry_unsafe: bool
) -> None:
    player = Player(iter(choices), is_foreign, url_format, max_retries=max_retries, retry_unsafe=retry_unsafe)
    for _ in range(20):  # 1,600 calls; in the fuzz, 48,000
        player.call()


GATEWAYS: dict[str, tuple[Outcome, Outcome]] = {
    "new alone": (GOOD, MISS),
    "new, old URLs match templates": (GOOD, upstream(404)),
    "old alone": (MISS, GOOD),
    "old alone, pages for what is unknown": (PAGE, GOOD),
    "old, silent in the new format": (TIMEOUT, GOOD),
    "both": (GOOD, GOOD),
}


@given(st.sampled_from(sorted(GATEWAYS)), st.binary(min_size=40, max_size=100))
@examples(24)
def test_what_is_learnt_converges(kind: str, choices: bytes) -> None:
    """After any faults, a read settles the format; then every call takes one request, and no probe."""
    in_new, in_old = GATEWAYS[kind]
    faults: list[Outcome] = [LOST, UNSENT, TIMEOUT, own(500), own(401), own(429), own(503), answer(200, "{")]
    stage = Stage()
    drawn = iter(choices)

    def honest(send: Send) -> tuple[Outcome, float]:
        is_old = "=abc123" in send.target
        if in_new == PAGE and send.method != "GET" and not is_old:
            return MISS, 0.01
        outcome: Outcome = in_old if is_old else in_new
        if is_probe(send) and outcome == GOOD:
            outcome = upstream(404)
        return outcome, send.timeout if outcome == TIMEOUT else 0.01

    def faulty(send: Send) -> tuple[Outcome, float]:
        choice = next(drawn, 0)
        if choice % 2:
            return faults[choice // 2 % len(faults)], send.timeout
        return honest(send)

    different = [id_ for id_ in IDS if differ(*(stage.plan.routes[name][id_] for name in ("new", "old")))]
    for _ in range(6):
        stage.play(call_of(different[next(drawn, 0) % len(different)]), faulty)
    # Two reads: the first may have to find out that faults taught something wrong; doubt arises once a minute.
    for _ in range(2):
        stage.now += 61
        stage.play(call_of("models.get"), honest)
    for id_ in different:
        stage.now += 61
        result: RawResponse[Any] | None = stage.play(call_of(id_), honest)
        assert result is not None, stage.error
    for id_ in different:
        result = stage.play(call_of(id_), honest)
        assert result is not None and len(result.attempts) == 1

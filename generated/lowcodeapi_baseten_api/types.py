"""Types used by the rest of the package. None of them depends on a document."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Generic, Literal, NamedTuple, NoReturn, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Safety = Literal["safe", "idempotent", "unsafe"]
Scalar = str | int | float | bool
Query = Mapping[str, Scalar | Sequence[Scalar] | None]

EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})


class Hidden:
    """A secret text. Only `reveal()` returns it: no `repr`, no traceback with locals and no slice shows it.

    It can't be pickled or copied. Call `reveal` where the text is written or sent, and keep no variable of the result.
    """

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """The text."""
        return self.__text

    def __repr__(self) -> str:
        return "'***'"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a secret is not pickled or copied")


def hidden(value: Any) -> Any:
    """Text as `Hidden`; anything else unchanged. Functions replace a secret argument by this at once."""
    return Hidden(value) if isinstance(value, str) else value


def revealed(value: Any) -> Any:
    """`Hidden` as text; anything else unchanged."""
    # Each package has its own `Hidden`.
    return value.reveal() if hasattr(type(value), "reveal") else value


class Unset(enum.Enum):
    """The type of `UNSET`."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
"""Not given, and so not sent. (`None` is sent, as null.)"""


class Operation(NamedTuple):
    """An operation of the provider, independent of the URL format.

    `result` is the name of the answer's class in `models`; "Any" for any JSON, text or bytes; None if the answer is
    empty. With `list_key` the answer is a list of that class, under that key or bare.
    `timeout` is in seconds. `secrets` names the fields of body and answer whose values nobody may see.
    `path_characters` are allowed in its path parameters besides those of IDs.
    `is_destructive`: it deletes, cancels, stops or deactivates. `is_removal`: what it ends is gone, so that a 404 may mean
    that it is done. `is_asynchronous`: it starts a prediction that ends later.
    `structures` names the class of each argument that holds an object, or a list of them, by its name on the wire; "" is
    the whole body.
    """

    id: str
    group: str
    safety: Safety
    result: str | None
    list_key: str | None = None
    timeout: float = 60.0
    secrets: tuple[str, ...] = ()
    path_characters: str = ""
    is_destructive: bool = False
    is_removal: bool = False
    is_asynchronous: bool = False
    structures: tuple[tuple[str, str], ...] = ()


class Route(NamedTuple):
    """An operation's route in one format. `query` names the path parameters sent in the query."""

    method: str
    path: str
    query: tuple[str, ...] = ()


class Format(Protocol):
    """The contents of `new_format` and `old_format`: a name, the gateway's URL, and a route for each operation."""

    @property
    def NAME(self) -> str: ...
    @property
    def BASE_URL(self) -> str: ...
    @property
    def ROUTES(self) -> Mapping[str, Route]: ...


class Call(NamedTuple):
    """A call of an operation, as a method hands it to its client.

    `path` holds the path parameters, `query` and `body` everything else; `UNSET` values are not sent. `timeout` is in
    seconds; None means the operation's own. `media` is the body's encoding: "json", "form" or "multipart".
    """

    operation: str
    path: Mapping[str, Any] = EMPTY
    query: Mapping[str, Any] = EMPTY
    body: Any = UNSET
    timeout: float | None = None
    extra_query: Query | None = None
    extra_headers: Mapping[str, str] | None = None
    extra_body: Mapping[str, Any] | None = None
    media: str = "json"


class Attempt(NamedTuple):
    """One request of a call: its URL format, and its status or failure.

    `purpose` is "call"; or "probe" or "documents" for a request that only asks which format the gateway serves.
    `seconds` is its duration. It holds no secrets.
    """

    format: str
    outcome: str
    status_code: int | None = None
    seconds: float = 0.0
    purpose: str = "call"


class RawResponse(Generic[T_co]):
    """An answer with its metadata.

    Attributes:
        result: The return value of the method without `with_raw_response`.
        payload: The provider's answer as decoded JSON, text or bytes, before it is read into a class.
        status_code: The HTTP status.
        headers: The provider's headers, names in lower case.
        request_id: The provider's ID of the request, or None.
        format: The name of the URL format that worked, "new" or "old".
        attempts: Every request that the call made, in order.
        already_done: A delete or cancel met a 404 after an earlier attempt whose fate is unknown: taken as success.
        unconfirmed: The request went out and the gateway stayed silent, as it does for answers without a body.
    """

    __slots__ = (
        "already_done",
        "attempts",
        "format",
        "headers",
        "payload",
        "request_id",
        "result",
        "status_code",
        "unconfirmed",
    )

    def __init__(
        self,
        result: T_co,
        *,
        payload: Any,
        status_code: int,
        headers: Mapping[str, str],
        request_id: str | None,
        format: str,
        attempts: Sequence[Attempt],
        already_done: bool = False,
        unconfirmed: bool = False,
    ) -> None:
        self.result = result
        self.payload = payload
        self.status_code = status_code
        self.headers = headers
        self.request_id = request_id
        self.format = format
        self.attempts = tuple(attempts)
        self.already_done = already_done
        self.unconfirmed = unconfirmed

    def __repr__(self) -> str:
        return f"<RawResponse [{self.status_code}] {self.format} format, {len(self.attempts)} attempt(s)>"


class UnexpectedStatus(Exception):
    """The plain client received a status other than 2xx. The message has no URL, since the URL has the token.

    Attributes:
        status_code: The HTTP status.
        body: The body as received.
    """

    def __init__(self, operation: str, status_code: int, body: bytes) -> None:
        super().__init__(f"{operation}: status {status_code}")
        self.status_code = status_code
        self.body = body


class UnexpectedPayload(ValueError):
    """A payload of another kind than documented: text in place of an object."""

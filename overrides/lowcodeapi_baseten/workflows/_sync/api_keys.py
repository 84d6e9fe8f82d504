# Generated from _async/api_keys.py by `python -m codegen unasync`: change that, and run it again.
"""`client.api_keys`: its operations, and rotating a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lowcodeapi_baseten_api.resources.api_keys import ApiKeys
from lowcodeapi_baseten_api.types import UNSET, Unset

from ..api_keys import Methods, Rotation, rotated
from ..base import AnyClient, Workflows
from ..driving import finish

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import APIKey, APIKeyCategory, APIKeyCategoryValue

    from ...transport._sync.shared import Shared


class ApiKeyWorkflows(Workflows, ApiKeys):
    """The operations of the group `api_keys`, and `rotate`.

    Every operation also takes `timeout` (seconds for the whole call), `extra_query` (more query parameters),
    `extra_headers`, and `extra_body` (more fields of the JSON body, merged at its top level).
    """

    def __init__(self, client: AnyClient[Shared]) -> None:
        super().__init__(client._run)
        self._client = client

    def rotate(
        self,
        prefix: str,
        *,
        hand_over: Callable[[APIKey], Any],
        type: APIKeyCategory | APIKeyCategoryValue | Unset = UNSET,
        name: str | Unset | None = UNSET,
        model_ids: Sequence[str] | Unset | None = UNSET,
    ) -> Rotation:
        """Create a key like an old one, hand it over, and only then delete the old one.

        The gateway itself works with the key stored in the LowCodeAPI account: when rotating that one, `hand_over` must
        store the new key there before it returns.

        Args:
            prefix: Prefix of the key to replace
            hand_over: Stores the new key where it is needed. The old key is deleted after this
                has returned; if it raises, both keys stay.
            type: Kind of the new key; by default the old one's.
            name: Name of the new key; by default the old one's.
            model_ids: Models the new key may invoke; by default the old one's.

        Returns:
            The new key and both prefixes. A list of the keys has confirmed that the old one is gone.

        Raises:
            RotationError: Something failed on the way. The message says which keys exist now.
            InvalidParameterError: There is no key with this prefix. Nothing was done.
        """
        methods = Methods(self.list, self.create, self.delete)
        return finish(
            rotated(methods, prefix, hand_over, {"type": type, "name": name, "model_ids": model_ids}), self._clock
        )

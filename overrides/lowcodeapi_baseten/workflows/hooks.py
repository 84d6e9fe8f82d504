"""The old name of `lowcodeapi_baseten.hooks`, for its events. Deprecated: importing it warns."""

import warnings

from ..hooks import FallbackEvent as FallbackEvent
from ..hooks import RequestEvent as RequestEvent
from ..hooks import ResponseEvent as ResponseEvent
from ..hooks import RetryEvent as RetryEvent

warnings.warn(f"{__name__} is deprecated; its events are in lowcodeapi_baseten.hooks", DeprecationWarning, stacklevel=2)

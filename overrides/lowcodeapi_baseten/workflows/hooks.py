"""The events of hooks under their old name; they are in `lowcodeapi_baseten.hooks`."""

from ..hooks import FallbackEvent as FallbackEvent
from ..hooks import RequestEvent as RequestEvent
from ..hooks import ResponseEvent as ResponseEvent
from ..hooks import RetryEvent as RetryEvent

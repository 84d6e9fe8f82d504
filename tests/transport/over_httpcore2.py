"""Runs the default transport over httpcore2: `python -m pytest -p tests.transport.over_httpcore2`."""

from __future__ import annotations

import importlib
import sys
import types

import lowcodeapi_baseten.transport

_core = types.ModuleType("lowcodeapi_baseten.transport.core")
setattr(_core, "httpcore", importlib.import_module("httpcore2"))  # noqa: B010 (a module has what it is given)
sys.modules[_core.__name__] = _core
setattr(lowcodeapi_baseten.transport, "core", _core)  # noqa: B010

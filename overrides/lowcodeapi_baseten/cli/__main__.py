"""`python -m lowcodeapi_baseten.cli`: the same as `lowcodeapi-baseten`."""

from __future__ import annotations

from . import main

if __name__ == "__main__":
    raise SystemExit(main())

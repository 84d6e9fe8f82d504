"""Written by hand; `python -m codegen unasync` makes `_sync` of it."""

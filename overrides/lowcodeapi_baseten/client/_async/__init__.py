"""Written by hand. `python -m codegen unasync` generates `_sync` from it."""

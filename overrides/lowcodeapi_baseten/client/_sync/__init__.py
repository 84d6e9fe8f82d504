# Generated from _async/__init__.py by `python -m codegen unasync`: change that, and run it again.
"""Written by hand. `python -m codegen unasync` generates `_sync` from it."""

"""Sending: through our httpx transport, a given one, or the fast wire. `_sync` is generated from `_async`."""

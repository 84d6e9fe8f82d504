"""The one way to send: through an httpx transport, ours or one that was given. `_sync` is made from `_async`."""

"""Sending: one request out, one answer or failure back, within its deadline; and the driver of a call.

`choice` says by which sender: our httpx transport or a given one (`_async`, of which `_sync` is generated), or the fast
wire (`fast`). The token is added in here and nowhere above. `core` is the only import of httpcore, `private_names` the
only use of its private names. It decides nothing about calls, and may import only the thin layer.
"""

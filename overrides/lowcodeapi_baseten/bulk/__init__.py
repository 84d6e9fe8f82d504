"""`client.inference.predict_many`: many predictions, a bounded number of them at a time, in one asyncio loop.

`inference` has the method, `options` its checked arguments, `predict_many` the iterator; `run` decides when to send;
`item` makes one call at the `pace` of the gateway; `inputs` and `sender` are the two ends, `checkpoint` the file.
In here belongs only code for a run. It may import workflows, transport and the thin layer.
"""

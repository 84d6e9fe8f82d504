"""`client.inference.predict_many`: many predictions, a bounded number of them at a time.

`inference` has the method, `options` its checked arguments, `predict_many` the iterator, `run` decides when to send, `item`
makes one call at the `pace` that the gateway allows, `inputs` and `sender` are its ends, `checkpoint` the file to resume.
What enters it needs asyncio or a run. It may import workflows, transport and the thin layer.
"""

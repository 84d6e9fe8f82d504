"""`client.inference.predict_many`: many predictions, a bounded number of them at a time.

`methods` has the public one, for the group of either client (`inference`, `async_inference`); `asked` is what it was
given, checked; `predict_many` puts a run behind an iterator, sync or async. `run` decides what is sent when and handed
over when, `item` makes the call of one input, at the `pace` that the gateway allows, over the `sender` of the client.
`sources` are the inputs, and `checkpoint` is the file that a run goes on from.
"""

"""`client.inference.predict_many`: many predictions, a bounded number of them at a time.

`methods` has the public method, for both clients (`inference`, `async_inference`). `asked` holds its checked arguments.
`predict_many` puts a run behind an iterator, sync or async. `run` decides when to send and when to hand over. `item`
makes the call for one input, at the `pace` that the gateway allows, over the client's `sender`. `sources` supplies the
inputs. `checkpoint` is the file from which a run resumes.
"""

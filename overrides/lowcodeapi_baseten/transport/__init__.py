"""Ways to send a request: each takes a `steps.Send` and hands back an `Answer` or a `Failure`."""

"""Ways to send a request. An engine takes a `steps.Send`, adds the token, and hands back an `Answer` or a `Failure`."""

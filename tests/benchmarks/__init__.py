"""What a call costs beside the clients that people have. `python -m tests.benchmarks`; nothing here asserts a time."""

"""The cost of a call, compared with other clients. `python -m tests.benchmarks`; nothing here asserts a time."""

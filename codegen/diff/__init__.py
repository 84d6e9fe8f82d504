"""Compare two versions of a provider's documents and say which changes break callers: `python -m codegen diff`.

What may come out is in `findings.yaml`. Both versions go through the stages before `render`; nothing is written here.
"""

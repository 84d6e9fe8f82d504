"""The package to be written, as plain data (`tree.py`): its operations, models and enums, and a name for each.

openapi-python-client reads the document; only `feed.py`, `parser.py` and `classes.py` know it. No Python
text is made here.
"""

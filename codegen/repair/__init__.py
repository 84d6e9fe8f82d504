"""LowCodeAPI's dialect → valid OpenAPI 3.1.

`repair.py` runs the rules; every other module has the rules for one part of a document, named after it. A rule counts
what it changed. A new quirk of the documents enters here, and nowhere further on.
"""

"""Plain data → Python source, by the templates in `codegen/templates/`.

A value of a document reaches the source only through `filters.py`.
"""

"""One document: read strictly, its shape, its operations, and errors that name a place in it.

The base of `codegen`: every stage may use it, and it uses none of them.
"""

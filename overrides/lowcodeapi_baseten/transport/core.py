"""All that is imported of httpcore, in one place: its successor httpcore2 would be another name in this line."""

import httpcore as httpcore

__all__ = ["httpcore"]

"""The only import of httpcore. To use its successor httpcore2, change the name in this line."""

import httpcore as httpcore

__all__ = ["httpcore"]

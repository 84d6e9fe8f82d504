"""The forms of a report, one module each. Each shows a `View`, and escapes values of documents in its own way."""

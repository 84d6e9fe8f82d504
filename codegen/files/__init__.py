"""Files: formatted, and written all or nothing. Knows nothing of documents and packages."""

"""Files: written all or nothing, and the lock that keeps two runs apart.

Knows nothing of documents and packages.
"""

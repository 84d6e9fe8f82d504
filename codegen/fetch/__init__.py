"""Take the two documents from the backend, and keep them with their hashes.

Everything that talks to the network is here. What comes in is checked to be the asked document, and not changed.
"""

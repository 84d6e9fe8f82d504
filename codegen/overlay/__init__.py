"""Names, safety classes, result types: all that no document says. It comes from `codegen/overlays/PROVIDER.yaml`.

Reads YAML 1.2, applies OpenAPI Overlay 1.0, and names the line of an entry that no longer fits.
"""

"""Build time only: the gateway's two documents in, the package `lowcodeapi_baseten_api` out."""

"""Build time only: turns the gateway's two documents into the package `lowcodeapi_baseten_api`."""

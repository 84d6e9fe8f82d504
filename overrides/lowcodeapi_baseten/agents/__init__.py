"""The client for AI agents: a server of the Model Context Protocol (extra `mcp`), and `SKILL.md`, which teaches its
use.

`allowed` says which tool carries out an operation; `catalogue` and `search` describe operations; `plans` has the two
steps of what changes things; `answers` bounds and labels what goes out. `tools` puts these together; `results` reports
to the client; `server` serves. What may enter: decisions about what an agent may see or do. The protocol is the SDK's;
calls are the client's."""

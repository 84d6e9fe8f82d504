"""The two clients, put together: the generated client, `call`, and the workflows; `connect`, for any generated package.

Written async (`_async`), of which `_sync` is generated. `packages` says how another package's tables and classes are
used. Only the command line, the local gateway and the agents may import it.
"""

from ._async.baseten import AsyncBaseten as AsyncBaseten
from ._sync.baseten import Baseten as Baseten

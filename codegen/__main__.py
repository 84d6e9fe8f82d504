"""The command `python -m codegen`: see `cli`."""

import sys

from .cli import main

sys.exit(main())

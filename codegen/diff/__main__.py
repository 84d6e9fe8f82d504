"""The command `python -m codegen.diff`: the same as `python -m codegen diff`."""

import sys

from ..cli import main

sys.exit(main(["diff", *sys.argv[1:]]))

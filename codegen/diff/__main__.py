"""The command `python -m codegen.diff`: the same as `python -m codegen diff`."""

import argparse
import sys

from . import add_arguments, run

parser = argparse.ArgumentParser(prog="python -m codegen.diff", description=sys.modules["codegen.diff"].__doc__)
add_arguments(parser)
sys.exit(run(parser.parse_args()))

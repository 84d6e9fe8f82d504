"""Configuration of the documentation: `make docs`. Warnings are errors there."""

from __future__ import annotations

import sys
from pathlib import Path

from lowcodeapi_baseten import __version__
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "lowcodeapi-baseten"
version = release = __version__
copyright = "the authors of lowcodeapi-baseten"
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "commands",
    "llms",
]
html_theme = "furo"
html_title = "lowcodeapi-baseten"
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["wide.css"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
# Names in docstrings are code, not references.
default_role = "code"
add_module_names = False
autodoc_class_signature = "separated"
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True, "exclude-members": "__init__, __new__"}
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
napoleon_use_ivar = True
napoleon_use_rtype = False


def setup(app: Sphinx) -> None:
    """Show public bases in the place of private ones."""
    app.connect("autodoc-process-bases", _public_bases)


def _public_bases(_app: Sphinx, _name: str, _owner: type, _options: object, bases: list[type]) -> None:
    while private := [base for base in bases if base.__name__.startswith("_")]:
        at = bases.index(private[0])
        bases[at : at + 1] = private[0].__bases__

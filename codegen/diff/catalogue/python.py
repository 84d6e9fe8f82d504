"""Findings about the Python interface that no change on the wire explains."""

from __future__ import annotations

from ..finding import Severity
from .kind import Heading, Kind

_ABOUT = "Python callers"
_SAME = "Nothing on the wire explains this: it comes from a name in the overlay or from the generator."


def _kind(id_: str, severity: Severity, mirrors: str, python: str, heading: Heading = "Changed") -> Kind:
    mirrored = tuple(f"python-{name}" for name in mirrors.split())
    return Kind(f"python-{id_}", _ABOUT, severity, mirrored, _SAME, python, heading)


PYTHON = (
    _kind("method-added", "safe", "method-removed", "The new method {symbol} can be called.", "Added"),
    _kind("method-removed", "breaking", "method-added", "The method {symbol} is gone.", "Removed"),
    _kind("method-renamed", "breaking", "method-renamed", "The method {old} is now {new}."),
    _kind(
        "argument-added-optional",
        "safe",
        "argument-removed",
        "{symbol} takes the new argument {new}; calls without it work as before.",
        "Added",
    ),
    _kind(
        "argument-added-required",
        "breaking",
        "argument-removed",
        "{symbol} needs the new argument {new}; calls without it raise TypeError.",
        "Added",
    ),
    _kind(
        "argument-removed",
        "breaking",
        "argument-added-optional argument-added-required",
        "{symbol} takes the argument {old} no longer; a call with it raises TypeError.",
        "Removed",
    ),
    _kind("argument-renamed", "breaking", "argument-renamed", "The argument {old} of {symbol} is now {new}."),
    _kind(
        "argument-moved",
        "breaking",
        "argument-moved",
        "{symbol} takes {field} elsewhere: {old}, now {new}.",
    ),
    _kind(
        "argument-became-required",
        "breaking",
        "argument-became-optional",
        "{symbol} needs {field}; calls without it raise TypeError.",
    ),
    _kind(
        "argument-became-optional",
        "safe",
        "argument-became-required",
        "{field} may be left out of {symbol}.",
    ),
    _kind(
        "argument-type-changed",
        "breaking",
        "argument-type-changed",
        "{field} of {symbol} was typed {old} and is typed {new}.",
    ),
    _kind(
        "argument-type-widened",
        "safe",
        "argument-type-narrowed",
        "{field} of {symbol} takes more: {old}, now {new}.",
    ),
    _kind(
        "argument-type-narrowed",
        "breaking",
        "argument-type-widened",
        "{field} of {symbol} takes less: {old}, now {new}.",
    ),
    _kind("return-type-changed", "breaking", "return-type-changed", "{symbol} returned {old} and returns {new}."),
    _kind("model-added", "safe", "model-removed", "The class {symbol} is new.", "Added"),
    _kind("model-removed", "breaking", "model-added", "The class {symbol} is gone; importing it fails.", "Removed"),
    _kind("model-renamed", "breaking", "model-renamed", "The class {old} is now {new}; importing the old name fails."),
    _kind("model-kind-changed", "breaking", "model-kind-changed", "The class {symbol} was {old} and is {new}."),
    _kind("attribute-added", "safe", "attribute-removed", "{symbol} is a new attribute.", "Added"),
    _kind("attribute-removed", "breaking", "attribute-added", "The attribute {symbol} is gone.", "Removed"),
    _kind("attribute-renamed", "breaking", "attribute-renamed", "The attribute {old} of {symbol} is now {new}."),
    _kind(
        "attribute-type-changed",
        "breaking",
        "attribute-type-changed",
        "{symbol} was typed {old} and is typed {new}.",
    ),
    _kind(
        "attribute-type-widened",
        "breaking",
        "attribute-type-narrowed",
        "{symbol} may be more than before: {old}, now {new}.",
    ),
    _kind(
        "attribute-type-narrowed",
        "safe",
        "attribute-type-widened",
        "{symbol} may be less than before: {old}, now {new}.",
    ),
    _kind(
        "attribute-became-required",
        "breaking",
        "attribute-became-optional",
        "{symbol} has to be given when its class is made.",
    ),
    _kind(
        "attribute-became-optional",
        "safe",
        "attribute-became-required",
        "{symbol} may be left out when its class is made.",
    ),
    _kind("enum-member-added", "safe", "enum-member-removed", "{symbol} is a new member of its enum.", "Added"),
    _kind("enum-member-removed", "breaking", "enum-member-added", "The enum's member {symbol} is gone.", "Removed"),
    _kind("enum-member-changed", "breaking", "enum-member-changed", "{symbol} was {old} and is {new}."),
    _kind("name-added", "safe", "name-removed", "The package exports the new name {symbol}.", "Added"),
    _kind("name-removed", "breaking", "name-added", "The package exports {symbol} no longer.", "Removed"),
)

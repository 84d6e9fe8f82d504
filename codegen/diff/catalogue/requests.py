"""Findings about requests: parameters, body fields, content types."""

from __future__ import annotations

from collections.abc import Iterator

from .kind import Kind

_ABOUT = "parameters and body fields"


def _of(what: str, noun: str) -> Iterator[Kind]:
    """The findings that parameters and body fields share. `where` is path, query, header, cookie or body."""
    name = f"request-{what}"
    yield Kind(
        f"{name}-added-optional",
        _ABOUT,
        "safe",
        (f"{name}-removed",),
        f"The optional {{where}} {noun} {{field}} is new.",
        "{call} takes {field}; calls without it work as before.",
        "Added",
    )
    yield Kind(
        f"{name}-added-required",
        _ABOUT,
        "breaking",
        (f"{name}-removed",),
        f"The required {{where}} {noun} {{field}} is new: requests without it are refused.",
        "Every call of {call} needs {field}.",
        "Added",
    )
    yield Kind(
        f"{name}-removed",
        _ABOUT,
        "breaking",
        (f"{name}-added-optional", f"{name}-added-required"),
        f"The {{where}} {noun} {{field}} is gone: it is ignored, or the request is refused.",
        "{call} takes {field} no longer; a call with it raises TypeError.",
        "Removed",
    )
    yield Kind(
        f"{name}-became-required",
        _ABOUT,
        "breaking",
        (f"{name}-became-optional",),
        f"The {{where}} {noun} {{field}} was optional and is required: requests without it are refused.",
        "A call of {call} without {field} fails.",
    )
    yield Kind(
        f"{name}-became-optional",
        _ABOUT,
        "safe",
        (f"{name}-became-required",),
        f"The {{where}} {noun} {{field}} was required and is optional.",
        "{field} may be left out of {call}; calls that give it work as before.",
    )
    yield Kind(
        f"{name}-type-changed",
        _ABOUT,
        "breaking",
        (f"{name}-type-changed",),
        f"The type of the {{where}} {noun} {{field}} was {{old}} and is {{new}}.",
        "Values that {call} sent as {field} are refused; give the new type.",
    )
    yield Kind(
        f"{name}-type-widened",
        _ABOUT,
        "safe",
        (f"{name}-type-narrowed",),
        f"The {{where}} {noun} {{field}} takes more than before: {{old}}, now {{new}}.",
        "Calls of {call} work as before; {field} takes more values.",
    )
    yield Kind(
        f"{name}-type-narrowed",
        _ABOUT,
        "breaking",
        (f"{name}-type-widened",),
        f"The {{where}} {noun} {{field}} takes less than before: {{old}}, now {{new}}.",
        "Some values that {call} sent as {field} are refused.",
    )
    yield Kind(
        f"{name}-enum-value-added",
        _ABOUT,
        "safe",
        (f"{name}-enum-value-removed",),
        f"The {{where}} {noun} {{field}} takes the new value {{new}}.",
        "{call} may be called with the new value of {field}.",
        "Added",
    )
    yield Kind(
        f"{name}-enum-value-removed",
        _ABOUT,
        "breaking",
        (f"{name}-enum-value-added",),
        f"The {{where}} {noun} {{field}} takes the value {{old}} no longer.",
        "Calls of {call} with this value of {field} are refused; the enum's member is gone.",
        "Removed",
    )
    yield Kind(
        f"{name}-default-changed",
        _ABOUT,
        "risky",
        (f"{name}-default-changed",),
        f"The default of the {{where}} {noun} {{field}} was {{old}} and is {{new}}.",
        "{call} without {field} does something else; give the value to be sure.",
    )
    yield Kind(
        f"{name}-format-changed",
        _ABOUT,
        "risky",
        (f"{name}-format-changed",),
        f"The {{rule}} of the {{where}} {noun} {{field}} was {{old}} and is {{new}}.",
        "A value of {field} that {call} sent may be refused.",
    )
    yield Kind(
        f"{name}-bounds-tightened",
        _ABOUT,
        "breaking",
        (f"{name}-bounds-loosened",),
        f"The {{rule}} of the {{where}} {noun} {{field}} was {{old}} and is {{new}}: fewer values are taken.",
        "Values of {field} beyond the new bound, which {call} sends unchecked, are refused.",
    )
    yield Kind(
        f"{name}-bounds-loosened",
        _ABOUT,
        "safe",
        (f"{name}-bounds-tightened",),
        f"The {{rule}} of the {{where}} {noun} {{field}} was {{old}} and is {{new}}: more values are taken.",
        "Calls of {call} work as before; {field} takes more values.",
    )
    yield Kind(
        f"{name}-renamed",
        _ABOUT,
        "breaking",
        (f"{name}-renamed",),
        f"The {{where}} {noun} {{old}} is likely called {{new}} now.",
        "{call} takes {new} in place of {old}; a call with the old name raises TypeError.",
    )
    yield Kind(
        f"{name}-text-changed",
        _ABOUT,
        "safe",
        (f"{name}-text-changed",),
        f"The {{rule}} of the {{where}} {noun} {{field}} was {{old}} and is {{new}}.",
        "The docstring of {call} may change, and nothing else.",
    )
    yield Kind(
        f"{name}-schema-changed",
        _ABOUT,
        "risky",
        (f"{name}-schema-changed",),
        f"{{rule}} of the {{where}} {noun} {{field}} was {{old}} and is {{new}}.",
        "Read what this means for {field} of {call}: no rule of this report knows the keyword.",
    )


REQUESTS = (
    *_of("parameter", "parameter"),
    *_of("property", "field"),
    Kind(
        "request-path-parameter-renamed",
        _ABOUT,
        "risky",
        ("request-path-parameter-renamed",),
        "The URL is the same; its place {old} is called {new} now.",
        "Only a call that names {old} by keyword raises TypeError.",
    ),
    Kind(
        "request-field-moved",
        _ABOUT,
        "breaking",
        ("request-field-moved",),
        "{field} was sent in the {old} and is sent in the {new}.",
        "{call} sends {field} at its new place after an upgrade; an installed version sends it where it is not read.",
    ),
    Kind(
        "request-body-became-required",
        _ABOUT,
        "breaking",
        ("request-body-became-optional",),
        "The body was optional and is required: requests without one are refused.",
        "A call of {call} with no field of the body fails.",
    ),
    Kind(
        "request-body-became-optional",
        _ABOUT,
        "safe",
        ("request-body-became-required",),
        "The body was required and is optional.",
        "{call} may be called with no field of the body.",
    ),
    Kind(
        "request-content-type-added",
        "the gateway",
        "safe",
        ("request-content-type-removed",),
        "The body may also be sent as {new}.",
        "{call} sends JSON as before.",
        "Added",
    ),
    Kind(
        "request-content-type-removed",
        "the gateway",
        "breaking",
        ("request-content-type-added",),
        "The body may be sent as {old} no longer.",
        "{call} fails if that is what it sent; upgrade before the gateway drops it.",
        "Removed",
    ),
)

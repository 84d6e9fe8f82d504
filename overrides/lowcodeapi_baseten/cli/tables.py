"""Drawing on a terminal with rich, which handles colours, NO_COLOR and the window's width."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .layout import Grid, Record, blocks

_NARROW = 50  # characters; in a narrower window names and values share lines


def console(*, stderr: bool = False) -> Console:
    """A console that prints text unchanged: no markup, no emoji codes, no highlighting."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def show(value: Any) -> None:
    """Draw any JSON."""
    out = console()
    made = blocks(value, out.width)
    for number, block in enumerate(made):
        if number:
            out.print()
        if block.title:
            out.print(Text(block.title, style="bold cyan"))
        if isinstance(block, Grid):
            out.print(_grid(block))
            if block.left_out:
                out.print(Text(f"no room for {', '.join(block.left_out)}; --json shows all", style="dim"))
        elif out.width < _NARROW or not any(name for name, _ in block.fields):
            for name, value in block.fields:
                # Keep lines whole, so that they can be copied.
                out.print(Text.assemble((f"{name}: " if name else "", "bold"), value), soft_wrap=not name)
        else:
            out.print(_record(block))


def _grid(block: Grid) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in block.columns:
        table.add_column(Text(column), overflow="fold")
    for row in block.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _record(block: Record) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", overflow="fold")
    table.add_column(overflow="fold")
    for name, value in block.fields:
        table.add_row(Text(name), Text(value))
    return table

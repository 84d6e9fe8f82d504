"""`predict-many`: a prediction for each line of standard input, many at a time."""

from __future__ import annotations

import base64
import contextlib
import itertools
import signal
import sys
import time
from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from .commands import option, workflow
from .dry_run import check, rehearse
from .json_lines import WHOLE, JsonLines, ShardText
from .predict import target_of, target_options
from .progress import Tally, ranges, shown
from .settings import Settings, common_options
from .streams import name_of, name_output
from .text import say, to_json
from .values import Number, Seconds, misuse

if TYPE_CHECKING:
    from ..bulk.run import Item

_DESCRIPTION = """\
predict-many production < in.jsonl > out.jsonl

Standard input has one JSON value a line, each the input of one prediction. The output has one line for each, in the \
order of completion: {"index": 0, "output": ...}, or "base64" for bytes, or "error" and "type". The index counts the \
inputs from 0.

A line that is not JSON is an error with its index, and nothing is sent for it. With --on-error raise it ends the input.

With --keyed, a line is {"key": ..., "input": ...}, and its key comes out beside its index; a line may have no key.

With --shard 3/16, only every 16th input is sent, beginning with the third. The index still counts all inputs. With \
--ordered, `paste -d '\\n' out.1 ... out.16 | grep .` puts the outputs of all shards together again, in order. Each \
shard needs a checkpoint of its own.

With --checkpoint, the same command resumes a run that was stopped. It writes the whole output again, and sends \
nothing again that was answered. An input that was sent and not answered is an UnknownFateError.

If the gateway refuses the token for the first item, the run ends.

The exit code is 0 if every input was answered, 1 if one was not, 3 at --run-timeout, 143 after SIGTERM."""

_RESEND = "send them again with --resend-unknown"
_TERMINATED = 128 + signal.SIGTERM


@workflow(
    *target_options(),
    option("--development", "The development deployment, instead of ENV.", is_flag=True),
    option("--concurrency", "The most calls under way at a time (default: 64).", type=Number(int), default="64"),
    option("--ordered", "Write in the order of the inputs.", is_flag=True),
    option(
        "--on-error",
        "Write each error as a line, or end the run at the first (default: collect).",
        type=click.Choice(["collect", "raise"]),
        default="collect",
    ),
    option("--run-timeout", "Seconds for everything (default: no end).", type=Seconds(), metavar="SECONDS"),
    option("--checkpoint", "Record what is sent and answered, to resume the run.", metavar="FILE"),
    option("--resend-unknown", "With --checkpoint: send again what may have been carried out.", is_flag=True),
    option("--keyed", 'A line is {"key": ..., "input": ...}; the key comes out again.', is_flag=True),
    option("--shard", "Only the Nth of OF parts of the inputs.", type=ShardText(), metavar="N/OF"),
    option("--no-progress", "Don't show progress on a terminal.", is_flag=True),
    description=_DESCRIPTION,
    common=common_options(has_forms=False, timeout="Seconds for each prediction (default: 600)."),
)
def predict_many(params: Mapping[str, Any], settings: Settings) -> None:
    from ..transport import fast

    kind, path = target_of(params)
    checkpoint = params["checkpoint"]
    if params["resend_unknown"] and checkpoint is None:
        raise misuse("--resend-unknown is for --checkpoint")
    if checkpoint is not None and (stream := name_of(checkpoint)):
        # Each would overwrite the other.
        raise misuse(f"--checkpoint {checkpoint!r} is {stream} too: give it a file of its own")
    operation = f"inference.predict_{kind}"
    check(operation, path, {"input": None})
    does_collect = params["on_error"] == "collect" and not settings.dry_run
    inputs = JsonLines(does_collect=does_collect, is_keyed=params["keyed"], shard=params["shard"] or WHOLE)
    if settings.dry_run:
        rehearse([(operation, path, {"input": value}) for value in itertools.islice(inputs, 1)], settings)
        inputs.check()
        return
    if inputs.are_typed:
        say("one JSON value a line; Ctrl-D ends them")
    names = ("concurrency", "ordered", "on_error", "run_timeout", "checkpoint", "resend_unknown")
    named = {name: params[name] for name in names}
    named.update({kind: path[0] if path else True, "timeout": settings.timeout})
    # If standard output is a terminal, its lines already show the progress; with -v the requests do.
    is_shown = sys.stderr.isatty() and not (sys.stdout.isatty() or settings.verbose or params["no_progress"])
    tally = Tally(inputs.count() if is_shown else None, time.monotonic())
    # This bypasses no proxy and no mock: if the environment names a proxy, the default transport still sends.
    transport = "fast" if fast.is_installed() else None
    with settings.client(timeout=None, transport=transport) as client:
        items = client.inference.predict_many(inputs, **named)
        with _ended_by_sigterm(), _accounted(tally, inputs, params["concurrency"], checkpoint):
            with contextlib.closing(items), shown(tally) if is_shown else contextlib.nullcontext():
                _write(items, tally, inputs)
            inputs.check()
    if tally.failed or tally.unknown:
        raise click.exceptions.Exit(1)


def _write(items: Iterator[Item], tally: Tally, inputs: JsonLines) -> None:
    """Write one line per item, each at once: no paid result is lost in a buffer, and `| head` ends the run.

    Raises the first item's error if the gateway refuses the token, when the calls under way have ended too.
    """
    from ..bulk.checkpoint import UnknownFateError

    out = sys.stdout.buffer
    refusal: Exception | None = None
    for index, output in items:
        # Counted first: Ctrl-C may come while the line is written.
        tally.received += 1
        if not tally.ended and refusal is None and _is_of_the_token(output):
            refusal, inputs.is_over = output, True
        if refusal is not None and isinstance(output, Exception):
            if tally.received >= inputs.given:
                break
            continue
        label = inputs.label(index)
        try:
            out.write(_line(label, output).encode())
            out.flush()
        except OSError as error:
            # Not only if the disk is full. Errors of the input have no name either.
            name_output(error)
            raise
        if isinstance(output, UnknownFateError):
            tally.unknown.append(label["index"])
        elif isinstance(output, Exception):
            tally.failed += 1
        else:
            tally.done += 1
    if refusal is not None:
        raise refusal


def _is_of_the_token(output: Any) -> bool:
    """True if the gateway itself refused the token, as it would for every other item."""
    from ..errors import AuthenticationError, PermissionDeniedError

    is_refused = isinstance(output, (AuthenticationError, PermissionDeniedError))
    return is_refused and not output.headers and output.error_code == str(output.status_code)


def _line(label: Mapping[str, Any], output: Any) -> str:
    from ..bulk.checkpoint import UnknownFateError

    if isinstance(output, UnknownFateError):
        output = output.at(label["index"])
    if isinstance(output, Exception):
        shown = {"error": str(output), "type": type(output).__name__}
    elif isinstance(output, bytes):
        shown = {"base64": base64.b64encode(output).decode("ascii")}
    else:
        shown = {"output": output}
    return f"{to_json({**label, **shown}, indent=None)}\n"


@contextlib.contextmanager
def _accounted(
    tally: Tally, inputs: JsonLines, concurrency: int, checkpoint: str | None
) -> Generator[None, None, None]:
    """At the end, name the items that are not done; if the run was cut short, say how to resume it."""
    from ..bulk.checkpoint import JournalError, UnknownFateError, count_unknown

    try:
        yield
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        under_way = min(inputs.given - tally.received, concurrency)
        stopped = f"stopped, {tally.ended:,} written"
        if isinstance(error, (JournalError, UnknownFateError)):
            # They say themselves how to resume, or that it is impossible.
            if inputs.shard != WHOLE:
                say("the error counts the items of the shard alone")
            if isinstance(error, UnknownFateError):
                say("--on-error collect writes them as errors, --resend-unknown sends them again")
        elif checkpoint is not None:
            unknown, goes_on = count_unknown(checkpoint), "the same command goes on where it stopped"
            names = f" and names them: look, or {_RESEND}"
            say(f"{stopped}; {f'{_under_way(unknown)}; {goes_on}{names}' if unknown else goes_on}")
        elif under_way and not isinstance(error, Exception):
            say(f"{stopped}; {'up to ' if under_way > 1 else ''}{_under_way(under_way)}")
        raise
    finally:
        if tally.failed:
            say(f"{tally.failed:,} of {tally.ended:,} items failed; their lines say why")
        if tally.unknown:
            say(
                f"{len(tally.unknown):,} of {tally.ended:,} items were sent by an earlier run and may have been "
                f"carried out: {ranges(tally.unknown)}; look, or {_RESEND}"
            )


def _under_way(count: int) -> str:
    items = f"{count:,} items were" if count > 1 else "1 item was"
    return f"{items} under way and may have been carried out"


@contextlib.contextmanager
def _ended_by_sigterm() -> Generator[None, None, None]:
    """End the run at the first SIGTERM, like Ctrl-C but with a SIGTERM's exit code; at a second one at once."""
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield  # the parent process has chosen another handling
        return

    def end(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        raise SystemExit(_TERMINATED)

    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

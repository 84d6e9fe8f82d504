"""Redaction's time per byte, at n (100,000 bytes) and at 16 n: `python -m tests.benchmarks.redaction`.

A ratio of about 1 means that the time is linear in the text. One row is one kind of text for one secret, in one piece,
and in pieces of 64 bytes as a stream brings them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from lowcodeapi_baseten.redaction import Redaction

SECRETS = {
    "a token": "lca-0123456789abcdefABCDEF-_.~+/=%",
    "backslashes": "\\" * 200,
    "backslashes and a letter": "\\" * 200 + "x",
    "three of backslashes": "\\\\x" * 60,
    "percent signs": "%" * 200 + "x",
    "one letter": "a" * 4000 + "b",
    "not ASCII": "é日🙂" * 30,
}


def texts(secret: str) -> Mapping[str, str]:
    """The repeated texts, by name."""
    return {
        "plain": "the quick brown fox ",
        "backslashes": "\\",
        "percent signs": "%",
        "%25": "%25",
        "%41": "%41",
        "\\u003c": "\\u003c",
        "backslashes and one \\u003c": "\\" * 4095 + "\\u003c",
        "base64": "bGNhLTAxMjM0NTY3ODlhYmNkZWZBQkNERUYtXy5+Ky89",
        "the secret's beginning": secret[:-1],
        "the secret": secret,
    }


def seconds(work: Callable[[], object]) -> float:
    """The shortest of three times, of this process alone."""
    taken = []
    for _ in range(3):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


def streamed(redaction: Redaction, body: bytes) -> None:
    """Take the body in pieces."""
    pieces = redaction.in_pieces()
    for start in range(0, len(body), 64):
        pieces.feed(body[start : start + 64])
    pieces.end()


def main(size: int = 100_000) -> None:
    print("| secret | text | whole, 16 n | a byte | ratio | in pieces, n / 16 and n | ratio |")
    print(f"|{'---|' * 7}")
    worst = 0.0
    for secret_name, secret in SECRETS.items():
        redaction = Redaction([secret], "[secret]")
        for text_name, unit in texts(secret).items():
            whole = (unit * (16 * size // len(unit) + 1)).encode()[: 16 * size]
            one, many = (seconds(lambda: redaction.in_bytes(whole[:n])) / n for n in (size, 16 * size))  # noqa: B023
            few, most = (
                seconds(lambda: streamed(redaction, whole[:n])) / n  # noqa: B023
                for n in (size // 16, size)
            )
            worst = max(worst, many / one, most / few)
            print(
                f"| {secret_name} | {text_name} | {many * 16 * size * 1e3:,.1f} ms | {many * 1e9:.2f} ns | "
                f"{many / one:.2f} | {most * 1e9:,.0f} ns | {most / few:.2f} |",
                flush=True,
            )
    print(f"\nThe largest ratio is {worst:.2f}.")


if __name__ == "__main__":
    main()

"""Says what a process was at if it ends without a word, as by ``os._exit`` or a crash in C."""

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator

_LISTENER = """
trap '' INT
while IFS= read -r line; do at=$line; done
if [ -n "$at" ]; then printf 'copydesk: the process ended while %s.\\n' "$at" >&2; fi
"""
"""A shell that remembers the last line it was given, and prints it when nobody can give another."""


REMEDY = (
    "If nobody stopped it, the file calls os._exit, or a library that it uses has crashed: mend "
    "it, or move it out of the folder"
)
"""What to do where a transform has ended the process."""


_open: list[int] = []
"""Pipes to the shells that wait for the end of this process."""


def withdraw() -> None:
    """Makes the end of this process one without last words; a handler of signals may call it."""
    for pipe in _open:
        with contextlib.suppress(OSError):
            os.write(pipe, b"\n")


@contextlib.contextmanager
def last_words() -> Iterator[Callable[[str], None]]:
    """Returns a function that is told what this process does now: the rest of a sentence.

    If the process ends before the context does, another one prints that sentence. It takes 2 ms.
    """
    with subprocess.Popen(
        ["/bin/sh", "-c", _LISTENER],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        bufsize=1,
        start_new_session=True,  # nobody stops it together with this process
    ) as listener:
        assert listener.stdin

        def tell(what: str) -> None:
            with contextlib.suppress(BrokenPipeError):
                print(" ".join(what.split()), file=listener.stdin)

        _open.append(listener.stdin.fileno())
        try:
            yield tell
        finally:
            tell("")
            _open.pop()

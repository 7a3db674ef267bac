# ruff: noqa: RUF001 - characters that patterns tell apart
"""Texts on which a regular expression backtracks, built from the expression itself.

A backtracking matcher takes more than linear time where two repeats can match the same characters,
one in the other or with only optional parts between them, or where every place of a text begins a
match that fails late. So for each repeat of a pattern there are texts that lead to it, go through
it many times and then fail; texts that repeat the way there; and texts of two characters in turn.
Expressions are parsed by Python's own parser, as Hypothesis does to make texts that match.
"""

import gc
import itertools
import re
import re._constants as kinds
import re._parser as parser
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

AnyPattern = re.Pattern[str] | re.Pattern[bytes]

_USUAL = " \t\n\r\x00aAzé漢٣0,.:;!?-–_'\"()[]{}<>/\\|&#=@+*»’\u00a0"

_FEW = 12
"""Most characters of a pattern that are tried each by itself; classes hold them all alike."""

REPEATED = (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT)

_SHORT = 8
"""A repeat of fewer times than this is written out, not pumped."""


def pumped(pattern: AnyPattern) -> dict[str, tuple[str, str, str]]:
    """Returns name -> prefix, part to repeat, suffix of texts on which the pattern may backtrack.

    Those of bytes are decoded as Latin-1.
    """
    is_bytes = isinstance(pattern.pattern, bytes)
    source = pattern.pattern.decode("latin-1") if is_bytes else pattern.pattern
    flags = pattern.flags & ~(re.UNICODE if is_bytes else 0)
    tree = parser.parse(pattern.pattern, flags)
    walk = _Walk(flags, is_bytes)
    walk.visit(tree, "")
    letters = _representatives(walk, source)
    texts: dict[tuple[str, str, str], str] = {}
    # What few parts of the pattern take is what makes a match fail.
    least_taken = sorted(letters, key=lambda letter: sum(holds(letter) for holds in walk.atoms))
    ends = list(dict.fromkeys(["\x00", "", "\n!", "(", ")", *least_taken[:2]]))
    if is_bytes:
        letters = [letter for letter in letters if ord(letter) < 256]
    for at, (prefix, body, holds) in enumerate(walk.repeats):
        own = [letter for letter in letters if holds(letter)]
        for pump in dict.fromkeys([*own, body, *(body + letter for letter in own)]):
            for end in ends:
                texts.setdefault((prefix, pump, end), f"repeat {at}: {pump!r}")
        for letter in ["", *own[:4]]:
            texts.setdefault(("", prefix + letter, "\x00"), f"way to repeat {at}, {letter!r}")
        for one, two in itertools.permutations(own[:4], 2):
            texts.setdefault((prefix, one + two, "\x00"), f"repeat {at}: {one!r}, {two!r} in turn")
    for one in letters:
        for end in ends:
            texts.setdefault(("", one, end), f"only {one!r}")
    whole = walk.example(tree)
    texts.setdefault(("", whole, "\x00"), "example")
    texts.setdefault(("", whole[:-1], "\x00"), "example but its end")
    return {f"{name} before {text[2]!r}": text for text, name in texts.items() if text[1]}


def _representatives(walk: "_Walk", source: str) -> list[str]:
    """Returns one character of each kind that the pattern tells apart, and a few of its own."""
    found: dict[tuple[bool, ...], str] = {}
    few = 0
    for letter in dict.fromkeys([*_USUAL, *source]):
        signature = tuple(holds(letter) for holds in walk.atoms)
        if signature not in found and (letter in _USUAL or few < _FEW):
            few += letter not in _USUAL
            found[signature] = letter
    return list(found.values())


class _Walk:
    """Collects the repeats of a pattern with an example of the way to each, and its atoms.

    Attributes:
      repeats: way to it, example of one turn, test for a character that may begin or be a turn.
      atoms: test of each place where the pattern takes one character.
    """

    def __init__(self, flags: int, is_bytes: bool) -> None:
        self.repeats: list[tuple[str, str, Callable[[str], bool]]] = []
        self.atoms: list[Callable[[str], bool]] = []
        self._flags = flags
        self._bytes = is_bytes
        self._known: dict[str, Callable[[str], bool]] = {}
        self._groups: dict[int, Any] = {}

    def visit(self, tree: Any, way: str) -> str:
        """Visits a sequence; returns the way behind it."""
        for kind, value in tree:
            way = self._visit_one(kind, value, way)
        return way

    def _visit_one(self, kind: Any, value: Any, way: str) -> str:
        if kind in REPEATED:
            low, high, body = value
            tests = [self._test(atom) for atom in _atoms(body)]
            if high >= _SHORT:
                self.repeats.append(
                    (way, self.example(body), lambda letter: any(test(letter) for test in tests))
                )
            once = self.visit(body, way)
            turn = once[len(way) :]
            return way + turn * max(low, 1) if low else once if high < _SHORT else way
        if kind is kinds.SUBPATTERN:
            self._groups[value[0]] = value[-1]
            return self.visit(value[-1], way)
        if kind is kinds.ATOMIC_GROUP:
            return self.visit(value, way)
        if kind is kinds.BRANCH:
            ways = [self.visit(branch, way) for branch in value[1]]
            return min(ways, key=len)
        if kind in (kinds.ASSERT, kinds.ASSERT_NOT):
            self.visit(value[1], way)
            return way
        if kind is kinds.GROUPREF:
            return way + self.example(self._groups.get(value, []))
        if kind is kinds.GROUPREF_EXISTS:
            return self.visit(value[1], way)
        if kind is kinds.AT:
            return way
        test = self._test((kind, value))
        self.atoms.append(test)
        return way + _letter(test, kind, value)

    def example(self, tree: Any) -> str:
        """Returns a short text that the sequence matches, its assertions apart."""
        inner = _Walk(self._flags, self._bytes)
        inner._known = self._known
        return inner.visit(tree, "")

    def _test(self, atom: tuple[Any, Any]) -> Callable[[str], bool]:
        key = repr(atom)
        if key not in self._known:
            self._known[key] = _test_of(atom, self._flags)
        return self._known[key]


def _test_of(atom: tuple[Any, Any], flags: int) -> Callable[[str], bool]:
    compiled = re.compile(_source([atom]), flags & (re.IGNORECASE | re.DOTALL | re.ASCII))
    return lambda letter: compiled.fullmatch(letter) is not None


def _letter(test: Callable[[str], bool], kind: Any, value: Any) -> str:
    if kind is kinds.LITERAL:
        return chr(value)
    for letter in _PREFERRED:
        if test(letter):
            return letter
    return next(filter(test, map(chr, range(0x20, 0x10000))), "")


_PREFERRED = "aA0 -.,:(<\"'\n" + _USUAL


def _atoms(tree: Any) -> Iterator[tuple[Any, Any]]:
    for kind, value in tree:
        if kind in REPEATED:
            yield from _atoms(value[2])
        elif kind is kinds.SUBPATTERN:
            yield from _atoms(value[-1])
        elif kind is kinds.ATOMIC_GROUP:
            yield from _atoms(value)
        elif kind is kinds.BRANCH:
            for branch in value[1]:
                yield from _atoms(branch)
        elif kind in (kinds.LITERAL, kinds.NOT_LITERAL, kinds.IN, kinds.ANY):
            yield kind, value


_CATEGORIES = {
    kinds.CATEGORY_DIGIT: r"\d", kinds.CATEGORY_NOT_DIGIT: r"\D",
    kinds.CATEGORY_SPACE: r"\s", kinds.CATEGORY_NOT_SPACE: r"\S",
    kinds.CATEGORY_WORD: r"\w", kinds.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


def _source(tree: Sequence[tuple[Any, Any]]) -> str:
    """Returns the source of atoms."""
    return "".join(_atom_source(kind, value) for kind, value in tree)


def _atom_source(kind: Any, value: Any) -> str:
    if kind is kinds.ANY:
        return "."
    if kind is kinds.LITERAL:
        return re.escape(chr(value))
    if kind is kinds.NOT_LITERAL:
        return f"[^{re.escape(chr(value))}]"
    members = []
    for member, content in value:
        if member is kinds.NEGATE:
            members.append("^")
        elif member is kinds.LITERAL:
            members.append(re.escape(chr(content)))
        elif member is kinds.RANGE:
            members.append(f"{re.escape(chr(content[0]))}-{re.escape(chr(content[1]))}")
        else:
            members.append(_CATEGORIES[content])
    return f"[{''.join(members)}]"


LONGEST = 0.5
"""Processor seconds after which a measurement is given up; what is linear takes milliseconds."""


class _TooLong(Exception):  # noqa: N818 - never leaves this module
    pass


def processor_seconds(action: Callable[[], Any], is_match: bool = True) -> float:
    """Returns the processor time of an action; for the main thread only.

    Args:
      action: what is measured.
      is_match: True if it is no more than a match of a pattern, which is given up after
        ``LONGEST``: Python's matcher looks for signals. Other code could swallow the exception.
    """
    if not is_match:
        gc.disable()  # a collection goes through all objects of the tests
        try:
            began = time.process_time()
            action()
            return time.process_time() - began
        finally:
            gc.enable()

    def stop(*_: object) -> None:
        if time.process_time() - began > LONGEST:
            raise _TooLong

    # While a timer of processor time runs, Linux counts that in whole ticks of 4 ms.
    before = signal.signal(signal.SIGALRM, stop)
    began = time.process_time()
    signal.setitimer(signal.ITIMER_REAL, LONGEST, LONGEST)
    try:
        action()
    except _TooLong:
        return LONGEST
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return time.process_time() - began


def growth(
    action: Callable[[int], Callable[[], Any]],
    size: int,
    least: float = 0.000_15,
    is_match: bool = True,
) -> float:
    """Returns by which factor the processor time grows from an eighth of a size to that size.

    Linear time gives 8, quadratic time 64; 0 means that it is linear. The least of three tries
    counts, and the processor time of this process alone, so that neither a slow nor a busy machine
    makes a linear function fail.

    Args:
      action: size -> what is measured.
      size: the larger one.
      least: seconds at an eighth of the size below which nothing is measured: a step of a matcher
        takes a nanosecond, and a quadratic function many steps.
      is_match: as ``processor_seconds`` has it.
    """
    small, large = action(size // 8), action(size)
    factors = []
    for _ in range(3):
        before = processor_seconds(small, is_match)
        if before < least:
            return 0.0
        now = processor_seconds(large, is_match) if before < LONGEST else LONGEST
        if now >= LONGEST and before > LONGEST / SUSPECT:  # too long to tell
            return growth(action, size // 8, least, is_match) if size > _SMALLEST else float("inf")
        factors.append(now / before)
        if factors[-1] <= SUSPECT:
            return 0.0
    return min(factors)


_SMALLEST = 1 << 11

SUSPECT = 24.0
"""A growth above this is no linear one."""

"""No text, however hostile, takes more than linear time: patterns, functions, whole articles."""

import ast
import collections
import functools
import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from tests.pumping import SUSPECT, AnyPattern, growth, pumped

CHARACTERS = 1 << 14
"""Length of the texts: 60 ms and more for a pattern of quadratic time, 0.5 ms for a linear one."""

METHODS = {"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}

SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "pipeline.dumps.table._quoted_value": {"edge": b","},
    "pipeline.dumps.table._irregular_quote": {"delimiter": ";"},
    "pipeline.dumps.exports._behind_cover": {"listed": ("", "Bridge closes")},
    "pipeline.dumps.markup.read_blocks": {"name": b"item"},
    "pipeline.dumps.markup._elements": {"name": b"item"},
    "pipeline.dumps.table._is_escaped": {"delimiter": b";"},
    "pipeline.warehouse.lock._locked": {},
    "transforms.attribution.datelines._filed_from": {"name": "Bath"},
    "transforms.paragraph_languages._script": {"language": "el"},
    "transforms.text._separators": {"spans": [[0xA0, 0xA9], [0x2010]]},
    "transforms.name_spans.name_pattern": {
        "capital": "[A-Z]",
        "rest": r"(?:[^\W_]|[&.-](?=[^\W_])|['\u2019](?=[A-Z]))*+",
        "initial": r"(?:(?<= [A-Z])\.(?= [A-Z]))?",
        "word": r"[A-Z](?:[^\W_]|[&.-](?=[^\W_])|['\u2019](?=[A-Z]))*+",
    },
    "transforms.german_names._capitalised": {"capital": "[A-Z]"},
    "transforms.places.gazetteer._names": {"letters": "ACR", "language": "en"},
    "transforms.places.gazetteer._inflected": {"word": "Russia"},
    "transforms.attribution.notes.kinds": {"row": {"pattern": "^{who},? (?:also )*contributed"}},
}
"""Function that builds a pattern of parts -> values of the names it is built of."""


def _module(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


PATHS = {
    _module(path): path
    for package in ("pipeline", "transforms")
    for path in sorted((REPOSITORY / package).rglob("*.py"))
    if "import re\n" in path.read_text(encoding="utf-8")
}


@functools.cache
def uses() -> Mapping[str, set[str]]:
    """Returns module.name -> methods of ``re`` that any module calls on it; "?" for other uses."""
    found = collections.defaultdict(set)
    for module, path in PATHS.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        parent = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        imported = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                name, holder = imported.get(node.id, f"{module}.{node.id}"), parent[node]
                if name in PATHS and isinstance(holder, ast.Attribute):  # module.NAME.method
                    name, holder = f"{name}.{holder.attr}", parent[holder]
                called = isinstance(holder, ast.Attribute) and holder.attr in METHODS
                found[name].add(holder.attr if called else "?")
    return found


def held(name: str, value: Any, depth: int = 0) -> Iterator[tuple[str, AnyPattern]]:
    """Yields the compiled patterns in a value and in what it holds."""
    if isinstance(value, re.Pattern):
        yield name, value
    elif depth < 4 and isinstance(value, (dict, list, tuple, set, frozenset)):
        for member in value.values() if isinstance(value, dict) else value:
            yield from held(name, member, depth + 1)
    elif depth < 4 and type(value).__module__ in PATHS and hasattr(value, "__dict__"):
        for member in vars(value).values():
            yield from held(name, member, depth + 1)


def written_in_functions(module: str) -> Iterator[tuple[str, AnyPattern, set[str]]]:
    """Yields name, pattern and methods of each call of ``re`` in a function of a module.

    Raises:
      AssertionError: a pattern is built of parts, and ``SAMPLES`` has none of them.
    """
    known = vars(importlib.import_module(module))
    for function in ast.walk(ast.parse(PATHS[module].read_text(encoding="utf-8"))):
        if not isinstance(function, ast.FunctionDef):
            continue
        parent = {
            child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)
        }
        for call in ast.walk(function):
            if not (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and isinstance(call.func.value, ast.Name)
                and call.func.value.id == "re"
                and call.func.attr in METHODS | {"compile"}
            ):
                continue
            name = f"{module}.{function.name}"
            flags = [
                f"({ast.unparse(given)})"
                for given in [*call.args[1:], *(word.value for word in call.keywords)]
                if "re." in ast.unparse(given)
            ]
            source = f"re.compile({', '.join([ast.unparse(call.args[0]), *flags])})"
            try:
                pattern = eval(source, {**known, **SAMPLES.get(name, {})})
            except NameError as error:
                raise AssertionError(f"{name} builds {source}: add a sample of {error}") from error
            methods, holder = {call.func.attr}, parent[call]
            # What is assigned of another method is a match, whose methods are no pattern's.
            if (
                call.func.attr == "compile"
                and isinstance(holder, ast.Assign)
                and isinstance(holder.targets[0], ast.Name)
            ):
                methods = {
                    use.attr
                    for use in ast.walk(function)
                    if isinstance(use, ast.Attribute)
                    and isinstance(use.value, ast.Name)
                    and use.value.id == holder.targets[0].id
                }
            yield name, pattern, methods


def patterns(module: str) -> list[tuple[str, AnyPattern, set[str]]]:
    """Returns name, pattern and methods for all patterns of a module."""
    found = collections.defaultdict(set)
    tree = ast.parse(PATHS[module].read_text(encoding="utf-8"))
    own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for name, value in vars(importlib.import_module(module)).items():
        if name in own:
            for _, pattern in held(name, value):
                found[f"{module}.{name}", pattern] |= uses().get(f"{module}.{name}", {"?"})
    for name, pattern, methods in written_in_functions(module):
        found[name, pattern] |= methods
    return [(*key, methods) for key, methods in found.items()]


def applied(pattern: AnyPattern, methods: set[str], text: str) -> Callable[[], Any]:
    """Returns a call that applies a pattern to a text, as the code does."""
    # Latin-1, since patterns of bytes are parsed so; what it has not is unlike all of them anyhow.
    subject: Any = text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text
    tries: list[Callable[[Any], Any]] = []
    if "match" in methods:
        tries.append(pattern.match)
    if "fullmatch" in methods:
        tries.append(pattern.fullmatch)
    if methods - {"match", "fullmatch"}:
        tries.append(lambda subject: collections.deque(pattern.finditer(subject), maxlen=0))
    return lambda: [one(subject) for one in tries]


def slowest(pattern: AnyPattern, methods: set[str]) -> str:
    """Returns the first text found on which a pattern takes more than linear time, or nothing."""
    for what, (prefix, part, suffix) in pumped(pattern).items():

        def action(size: int) -> Callable[[], Any]:
            text = prefix + part * (size // len(part)) + suffix  # noqa: B023 - called at once
            return applied(pattern, methods, text)

        if (grown := growth(action, CHARACTERS)) > SUSPECT:
            return f"{what}: {grown:.0f} times the time for 8 times the text"
    return ""


@pytest.mark.parametrize("module", PATHS)
def test_patterns(module: str) -> None:
    found = [(name, slowest(pattern, methods)) for name, pattern, methods in patterns(module)]
    assert not [(name, text) for name, text in found if text]


@pytest.mark.parametrize(
    "pattern",
    [r"\s+$", r"(?:a+)+b", r"\s*,\s*", r"\S+@\S+", r"(?:©|\W)+x", r"<.*>", r"(\d+)-?(\d+)?:",
     r"\bby .* for", r"\[[^\]]*\]", r"(?:\w+,)*\w+;", r"[A-Z][a-z]+(?: [A-Z][a-z]+)* says"],
)  # fmt: skip
def test_a_pattern_of_more_than_linear_time_is_found(pattern: str) -> None:
    assert slowest(re.compile(pattern), {"search"})


@pytest.mark.parametrize(
    "pattern",
    [r"(?<!\s)\s++$", r"(?<!a)a++b", r"(?:(?<!\s)\s++)?+,\s*+", r"(?<!\S)\S+@\S+", r"<[^<>]*>"],
)
def test_one_of_linear_time_passes(pattern: str) -> None:
    assert not slowest(re.compile(pattern), {"search"})

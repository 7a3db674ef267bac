"""Finds the installed transforms, and plans the order in which they run.

Nothing here imports Beam, so that listing transforms starts at once.
"""

import contextlib
import graphlib
import importlib.util
import inspect
import itertools
import pickle
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

import pyarrow as pa

from pipeline.article import READ_COLUMNS, READ_FIELDS
from pipeline.last_words import REMEDY, last_words
from pipeline.settings import configure
from pipeline.transform import Column, CorpusTransform, Transform, TransformError


def planned_transforms(settings: Mapping[str, Mapping[str, str]]) -> list[Transform]:
    """Returns the installed transforms with these options, in the order they run.

    Args:
      settings: transform to option to value.

    Raises:
      OptionsError, TransformError: as ``configure``, ``discover``, ``order``, ``check_methods``; or
        a transform cannot be pickled.
    """
    classes = discover()
    if not classes:
        raise TransformError(
            "no transform is installed: the package transforms is empty, or another folder of that "
            "name comes before it. Install copydesk again, and remove what is left of an older "
            "installation in site-packages/transforms."
        )
    transforms = order(configure(classes, settings), [*READ_COLUMNS, *READ_FIELDS])
    for transform in transforms:
        check_methods(transform)
        try:
            pickle.dumps(transform)
        except Exception as error:
            raise TransformError(
                f"{transform.name()} cannot be sent to worker processes ({type(error).__name__}: "
                f"{error}). Make what cannot be pickled in its method setup, which they call."
            ) from error
    return transforms


def discover(
    package: ModuleType | str = "transforms", with_last_words: bool = True
) -> list[type[Transform]]:
    """Returns every transform class a package defines, sorted by name.

    A transform stands in a module of the package itself, or in the module ``transform`` of a folder
    in it, whose other modules that one imports when it needs them. A class or module whose name
    begins with an underscore is left out.

    Args:
      package: a package or its name.
      with_last_words: says which module it was whose import ended the process.

    Raises:
      TransformError: a module cannot be imported, or two classes share a name.
    """
    if isinstance(package, str):
        package = importlib.import_module(package)
    names = []
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        name = f"{package.__name__}.{info.name}"
        if info.ispkg:
            name += ".transform"
            if importlib.util.find_spec(name) is None:
                continue
        if not info.name.startswith("_"):
            names.append(name)
    found: dict[str, type[Transform]] = {}
    for module_name, module in _imported(names, with_last_words):
        for _, member in inspect.getmembers(module, inspect.isclass):
            if member.__module__ != module_name or not issubclass(member, Transform):
                continue
            if member.__name__.startswith("_"):
                continue
            if member.name() in found:
                raise TransformError(
                    f"two transforms are called {member.name()}: in "
                    f"{found[member.name()].__module__} and {module_name}. Rename one."
                )
            found[member.name()] = member
    return [found[name] for name in sorted(found)]


def _imported(names: Sequence[str], with_last_words: bool) -> Iterator[tuple[str, ModuleType]]:
    """Yields the modules of some names."""
    are_new = with_last_words and bool(set(names) - sys.modules.keys())
    with last_words() if are_new else contextlib.nullcontext(str) as tell:
        for name in names:
            tell(f"{name} was imported. {REMEDY}")
            try:
                module = importlib.import_module(name)
            except (Exception, SystemExit) as error:
                raise TransformError(
                    f"{name} cannot be imported: {type(error).__name__}: {error}. "
                    "Mend the file or move it out of the folder."
                ) from error
            yield name, module


def order(transforms: Iterable[Transform], given: Iterable[str]) -> list[Transform]:
    """Returns the transforms in an order in which each finds what it reads.

    A transform runs after those that add what it reads or updates, and after those it names in
    ``after``; then also after those that update what it only reads, unless one of these needs it
    first. Corpus-wide transforms run last. Where the declarations leave a choice, names decide, so
    the order never depends on the file system.

    Args:
      transforms: instances, in any order.
      given: names of the columns and fields the dump readers fill.

    Raises:
      TransformError: a column nobody adds, one added twice, two transforms that update the same
        column in no given order, an unknown name in ``after``, a circle, two transforms of one
        name, or a declaration of the wrong type.
    """
    members = _members(transforms)
    given = frozenset(given)
    for name, transform in members.items():
        _check_declaration(name, transform)
    adders = _adders(members, given)
    columns = given | adders.keys()
    before: dict[str, set[str]] = {name: set() for name in members}
    for name, transform in members.items():
        for column in (*transform.reads, *transform.updates):
            if column not in columns:
                raise TransformError(
                    f"{name} reads {column!r}, which nobody adds. "
                    f"Columns there are: {', '.join(sorted(columns))}."
                )
            if column in adders and adders[column] != name:
                before[name].add(adders[column])
        for other in transform.after:
            if other not in members:
                raise TransformError(
                    f"{name} is to run after {other!r}, which does not exist. "
                    f"Transforms there are: {', '.join(members)}."
                )
            before[name].add(other)
        if isinstance(transform, CorpusTransform):
            before[name].update(
                other for other, step in members.items() if not isinstance(step, CorpusTransform)
            )
    updaters = {
        column: [name for name, step in members.items() if column in step.updates]
        for column in sorted(columns)
    }
    needed = {name: frozenset(others) for name, others in before.items()}
    for column, names in updaters.items():
        for name, transform in members.items():
            if column in transform.reads and name not in names:
                before[name].update(other for other in names if name not in needed[other])
    ordered = _sequence(before)
    for column, names in updaters.items():
        # Neighbours in the order found: all pairs are ordered if and only if these are.
        for first, second in itertools.pairwise(sorted(names, key=ordered.index)):
            if not (_reaches(before, first, second) or _reaches(before, second, first)):
                raise TransformError(
                    f"{first} and {second} both update {column!r} and nothing says which runs "
                    f'first. Add after = ("{first}",) to {second}, or the other way round.'
                )
    return [members[name] for name in ordered]


def check_methods(transform: Transform) -> None:
    """Checks that the methods which a run calls are there, and take what they are called with.

    Raises:
      TransformError: a method is missing or takes other arguments, or a stage names a stream that
        the transform does not declare.
    """
    name, kind = transform.name(), type(transform)
    if isinstance(transform, CorpusTransform):
        needed = {"fingerprint": 2, "annotate": 2, **{stage.name: 2 for stage in transform.stages}}
        streams = {stream.name for stream in transform.streams}
        if transform.ANNOTATIONS not in streams:
            raise TransformError(
                f"{name}.streams has no stream {transform.ANNOTATIONS!r}, whose rows return to the "
                "shards. Declare one, with the number of the shard as its key."
            )
        for stage in transform.stages:
            for stream in (*stage.reads, *stage.writes, *stage.earlier):
                if stream not in streams:
                    raise TransformError(
                        f"stage {stage.name!r} of {name} names the stream {stream!r}, which it "
                        f"does not declare. Its streams are: {', '.join(sorted(streams))}."
                    )
    elif kind.apply_batch is not Transform.apply_batch:
        needed = {"apply_batch": 1}
    else:
        needed = {"apply": 1}
    for method, count in needed.items():
        what = f"{name}.{method}"
        base = getattr(CorpusTransform, method, None)
        function = getattr(transform, method, None)
        if function is None or getattr(kind, method, None) is base:
            raise TransformError(
                f"{what} is missing. Define it: a run calls it with {count} argument"
                f"{'s' if count > 1 else ''}, beside self."
            )
        try:
            inspect.signature(function).bind(*range(count))
        except TypeError as error:
            raise TransformError(
                f"{what} cannot be called with {count} argument{'s' if count > 1 else ''} beside "
                f"self ({error}). Correct its parameters."
            ) from None


def _members(transforms: Iterable[Transform]) -> dict[str, Transform]:
    members: dict[str, Transform] = {}
    for transform in transforms:
        if isinstance(transform, type):
            raise TransformError(
                f"{transform.__name__} is a class; give an instance, {transform.__name__}()."
            )
        name = transform.name()
        if name in members:
            raise TransformError(
                f"two transforms are called {name}, in {type(members[name]).__module__} and "
                f"{type(transform).__module__}. Rename or leave out one."
            )
        members[name] = transform
    return dict(sorted(members.items()))


def _check_declaration(name: str, transform: Transform) -> None:
    for attribute in ("reads", "updates", "after"):
        value: Any = getattr(transform, attribute)
        if not isinstance(value, (tuple, list)) or not all(isinstance(item, str) for item in value):
            raise TransformError(
                f"{name}.{attribute} is {value!r}; it must be a tuple of names, as in "
                f'{attribute} = ("text",).'
            )
    columns = ["adds"]
    if isinstance(transform, CorpusTransform):
        columns.append("paragraph_columns")
    for attribute in columns:
        added: Any = getattr(transform, attribute)
        if not isinstance(added, Mapping):
            raise TransformError(
                f"{name}.{attribute} is {added!r}; it must be a dict from name to Column, as in "
                f'{attribute} = {{"words": Column(pa.int32(), "Number of words.")}}.'
            )
        for column, declared in added.items():
            is_column = isinstance(declared, Column) and isinstance(declared.type, pa.DataType)
            if not (is_column and isinstance(declared.description, str)):
                raise TransformError(
                    f"{name}.{attribute}[{column!r}] is {declared!r}; it must be a Column with an "
                    'Arrow type and a sentence, as in Column(pa.int32(), "What it means.").'
                )


def _adders(members: Mapping[str, Transform], given: frozenset[str]) -> dict[str, str]:
    adders: dict[str, str] = {}
    for name, transform in members.items():
        for column in transform.adds:
            if column in given:
                raise TransformError(
                    f"{name} adds {column!r}, which the dump readers fill. "
                    "Declare it in `updates`, or choose another name."
                )
            if column in adders:
                raise TransformError(
                    f"{adders[column]} and {name} both add {column!r}. "
                    "Rename the column in one of them."
                )
            adders[column] = name
    return adders


def _sequence(before: Mapping[str, set[str]]) -> list[str]:
    """Returns the names in order; where that leaves a choice, the first by the alphabet."""
    sorter = graphlib.TopologicalSorter(before)
    try:
        sorter.prepare()
    except graphlib.CycleError:
        circle = ", ".join(sorted(_shortest_circle(before)))
        raise TransformError(
            f"these transforms wait for each other in a circle: {circle}. "
            "Split one of them, or drop a column from its `reads`."
        ) from None
    ready: list[str] = []
    ordered: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()])
        ordered.append(ready.pop(0))
        sorter.done(ordered[-1])
    return ordered


def _shortest_circle(before: Mapping[str, set[str]]) -> list[str]:
    """Returns the members of a shortest circle; a longer one has members that are not to blame."""
    circles: list[list[str]] = []
    for start in sorted(before):
        paths = {start: [start]}
        waiting = [start]
        for name in waiting:  # breadth first: it grows meanwhile
            if start in before[name]:
                circles.append(paths[name])
                break
            for other in sorted(before[name] - paths.keys()):
                paths[other] = [*paths[name], other]
                waiting.append(other)
    return min(circles, key=len)


def _reaches(before: Mapping[str, set[str]], start: str, goal: str) -> bool:
    seen: set[str] = set()
    stack = [start]
    while stack:
        name = stack.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            stack.extend(before[name])
    return False

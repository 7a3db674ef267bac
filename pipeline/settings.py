"""Options of transforms, the fields of their dataclasses, set from text.

Nothing here imports Beam, so that listing transforms starts at once.
"""

import argparse
import dataclasses
import json
import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.errors import CopydeskError
from pipeline.flags import add_flag
from pipeline.transform import Flag, Transform


class OptionsError(CopydeskError):
    """A flag has a value it does not take; the message names the flag and what it takes."""


def configure(
    classes: Iterable[type[Transform]], settings: Mapping[str, Mapping[str, str]]
) -> list[Transform]:
    """Returns an instance of each transform with its options set.

    A value is parsed by the type of its field: text as it is, ``int`` and ``float`` as numbers,
    ``bool`` as true or false, anything else as JSON.

    Args:
      classes: the transforms.
      settings: transform to option to value.

    Raises:
      OptionsError: an unknown transform or option, or a value it does not take.
    """
    members = {transform.name(): transform for transform in classes}
    for name in settings:
        if name not in members:
            raise OptionsError(
                f"there is no transform {name!r} to set options of. "
                f"Transforms are: {', '.join(sorted(members)) or 'none'}"
            )
    return [_instance(member, settings.get(name, {})) for name, member in members.items()]


def transform_options(transform: type[Transform]) -> dict[str, Any]:
    """Returns the options of a transform and their defaults (``None`` where there is none)."""
    defaults: dict[str, Any] = {}
    for field in _fields(transform):
        if field.default_factory is not dataclasses.MISSING:
            defaults[field.name] = field.default_factory()
        else:
            defaults[field.name] = None if field.default is dataclasses.MISSING else field.default
    return defaults


def add_transform_flags(
    parser: argparse.ArgumentParser, classes: Iterable[type[Transform]]
) -> None:
    """Adds the flags that transforms declare, in a group of their own."""
    group = parser.add_argument_group("flags of transforms")
    for transform in classes:
        for field, flag in _flags(transform):
            if flag.help:
                add_flag(
                    group,
                    flag.name,
                    metavar=flag.metavar,
                    default=field.default,
                    choices=flag.choices,
                    help=f"{flag.help} Default: %(default)s.",
                )


def flag_settings(
    parser: argparse.ArgumentParser,
    arguments: argparse.Namespace,
    classes: Iterable[type[Transform]],
) -> list[str]:
    """Returns the values of the transforms' flags as ``--set`` takes them.

    Args:
      parser: what :func:`add_transform_flags` added to.
      arguments: what it parsed.
      classes: the transforms.
    """
    settings = []
    for transform in classes:
        for field, flag in _flags(transform):
            name = flag.name.removeprefix("--").replace("-", "_")
            value = getattr(arguments, name)
            if value != parser.get_default(name):
                settings.append(f"{transform.name()}.{field.name}={value}")
    return settings


def _fields(transform: type[Transform]) -> list["dataclasses.Field[Any]"]:
    if not dataclasses.is_dataclass(transform):
        return []
    return [field for field in dataclasses.fields(transform) if field.init]


def _flags(transform: type[Transform]) -> Iterator[tuple["dataclasses.Field[Any]", Flag]]:
    for field in _fields(transform):
        if "flag" in field.metadata:
            yield field, field.metadata["flag"]


def _instance(transform: type[Transform], settings: Mapping[str, str]) -> Transform:
    options = transform_options(transform)
    types = typing.get_type_hints(transform) if settings else {}
    values: dict[str, Any] = {}
    for option, text in settings.items():
        if option not in options:
            raise OptionsError(
                f"{transform.name()} has no option {option!r}. "
                f"Its options are: {', '.join(options) or 'none'}"
            )
        try:
            values[option] = _parse(text, types[option])
        except ValueError as error:
            raise OptionsError(f"{transform.name()}.{option} is {text!r}. {error}") from error
    try:
        return transform(**values)
    except (TypeError, ValueError) as error:
        raise OptionsError(str(error).rstrip(".")) from error


def _parse(text: str, kind: Any) -> Any:
    if kind is str:
        return text
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise ValueError("It must be true or false")
        return text.lower() == "true"
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            raise ValueError(
                f"It must be {'a whole number' if kind is int else 'a number'}"
            ) from None
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise ValueError('It must be JSON, as in ["one", "two"]') from None

"""Options of transforms, the fields of their dataclasses, set from text.

Nothing here imports Beam, so that listing transforms starts at once.
"""

import argparse
import dataclasses
import json
import re
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pipeline.errors import CopydeskError
from pipeline.flags import add_flag
from pipeline.last_words import REMEDY, last_words
from pipeline.transform import Transform, TransformError

_FLAG = re.compile(r"--([a-z][a-z0-9]*(-[a-z0-9]+)*)?")

_PARSERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    str: (str, "text"),
    bool: (lambda text: {"true": True, "false": False}[text.lower()], "true or false"),
    int: (int, "a whole number"),
    float: (float, "a number"),
}
"""Type of an option to its parser and what that expects; all other types are JSON."""


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
      TransformError: a transform cannot be created.
    """
    members = {transform.name(): transform for transform in classes}
    for name in settings:
        if name not in members:
            raise OptionsError(
                f"there is no transform {name!r} to set options of. "
                f"Transforms are: {', '.join(sorted(members)) or 'none'}"
            )
    created = []
    with last_words() as tell:
        for name, member in members.items():
            tell(f"{name} of {member.__module__} was created. {REMEDY}")
            created.append(_instance(member, settings.get(name, {})))
    return created


def option_fields(transform: Transform | type[Transform]) -> list["dataclasses.Field[Any]"]:
    """Returns the fields of a transform that are options; none if it is no dataclass."""
    if not dataclasses.is_dataclass(transform):
        return []
    return [field for field in dataclasses.fields(transform) if field.init]


def add_transform_flags(
    parser: argparse.ArgumentParser, classes: Iterable[type[Transform]]
) -> None:
    """Adds the flags that transforms declare, in a group of their own.

    Raises:
      TransformError: a flag that is taken, or none.
    """
    group = parser.add_argument_group("flags of transforms")
    for transform in classes:
        for field in option_fields(transform):
            flag = field.metadata.get("flag", "--")
            if not _FLAG.fullmatch(flag):
                raise TransformError(
                    f"{transform.name()}.{field.name} cannot have the flag {flag!r}. Write it in "
                    "lower case with dashes, as in --word-limit."
                )
            if keywords := field.metadata.get("argparse"):
                try:
                    add_flag(group, flag, default=field.default, **keywords)
                except (argparse.ArgumentError, ValueError, TypeError) as error:
                    raise TransformError(
                        f"{transform.name()}.{field.name} cannot have the flag {flag!r}: {error}. "
                        "Choose another flag, or mend the arguments of option()."
                    ) from error


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
        for field in option_fields(transform):
            name = field.metadata.get("flag", "").removeprefix("--").replace("-", "_")
            if name and not hasattr(arguments, name):
                raise TransformError(
                    f"{transform.name()}.{field.name} shares the flag {field.metadata['flag']!r}, "
                    "which `copydesk run` has not got. Give option() a help text to make it one."
                )
            if name and (value := getattr(arguments, name)) != parser.get_default(name):
                text = value if isinstance(value, str) else json.dumps(value)
                settings.append(f"{transform.name()}.{field.name}={text}")
    return settings


def _instance(transform: type[Transform], settings: Mapping[str, str]) -> Transform:
    options = [field.name for field in option_fields(transform)]
    types = typing.get_type_hints(transform) if settings else {}
    values: dict[str, Any] = {}
    for option, text in settings.items():
        if option not in options:
            raise OptionsError(
                f"{transform.name()} has no option {option!r}. "
                f"Its options are: {', '.join(options) or 'none'}"
            )
        parse, expected = _PARSERS.get(types[option], (json.loads, 'JSON, as in ["one", "two"]'))
        try:
            values[option] = parse(text)
        except (KeyError, ValueError) as error:
            raise OptionsError(
                f"{transform.name()}.{option} is {text!r}. It must be {expected}"
            ) from error
    try:
        return transform(**values)
    except (TypeError, ValueError) as error:
        raise OptionsError(str(error).rstrip(".")) from error
    except (Exception, SystemExit) as error:
        raise TransformError(
            f"{transform.name()} cannot be created: {type(error).__name__}: {error}. Mend its "
            "__init__, or move it out of the folder."
        ) from error

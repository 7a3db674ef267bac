"""Options of transforms, given as text: ``Extraction.mode=precise``.

A transform's options are the fields of its dataclass. This module needs nothing of Beam, so that
what only lists transforms starts at once.
"""

import dataclasses
import json
import typing
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.errors import CopydeskError
from pipeline.transform import Transform


class OptionsError(CopydeskError):
    """A flag has a value it cannot have; the message names the flag and what it takes."""


def configure(
    classes: Iterable[type[Transform]], settings: Mapping[str, Mapping[str, str]]
) -> list[Transform]:
    """Returns an instance of each transform, its dataclass fields set from text.

    A value is read as its field's type says: text as it is, ``int`` and ``float`` as numbers,
    ``bool`` as true or false, anything else as JSON.

    Args:
      classes: the transforms.
      settings: transform to option to value.

    Raises:
      OptionsError: an unknown transform or option, or a value it cannot take.
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
    if dataclasses.is_dataclass(transform):
        for field in dataclasses.fields(transform):
            if not field.init:
                continue
            if field.default_factory is not dataclasses.MISSING:
                defaults[field.name] = field.default_factory()
            else:
                defaults[field.name] = (
                    None if field.default is dataclasses.MISSING else field.default
                )
    return defaults


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

"""Whether values fit the Arrow type of their column without a change.

Arrow itself rounds 1.5 to 1 in a column of integers, keeps one ``abc`` as three letters in a column
of lists, and drops keys that a struct does not have. Python values of the usual types are checked
by their types alone, a whole column at a time, in some 20 ns a value; any other value is converted
there and back and compared.
"""

import datetime
import itertools
import math
import operator
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

MISFITS = (pa.ArrowException, TypeError, ValueError, OverflowError)
"""Exceptions that Arrow raises for a value that does not fit its column."""

_NOTHING = type(None)

_PLAIN = frozenset({bool, int, float, str, bytes, datetime.date, datetime.datetime})

_KINDS: tuple[tuple[Any, frozenset[type]], ...] = (
    (pa.types.is_boolean, frozenset({bool})),
    (pa.types.is_integer, frozenset({int})),
    (pa.types.is_float64, frozenset({float})),
    (pa.types.is_string, frozenset({str})),
    (pa.types.is_large_string, frozenset({str})),
    (pa.types.is_binary, frozenset({bytes})),
    (pa.types.is_large_binary, frozenset({bytes})),
    (pa.types.is_date32, frozenset({datetime.date})),
)
"""Test of an Arrow type, and the Python types whose values it holds unchanged, if in its range."""


def misfit(value: Any, kind: pa.DataType) -> str:
    """Returns what is wrong with a value as one of a column of some type; empty if it fits.

    The sentence is the same in every run: it shows no value whose text could have an address in it,
    or an order by chance.
    """
    shown = f"{value!r:.200}" if _is_plain(value) else f"a {type(value).__name__}"
    try:
        if fit([value], kind):
            return ""
        kept = f"{pa.array([value], kind)[0].as_py()!r:.200}"
    except MISFITS as error:
        return f"{shown} does not fit {kind}" + (f" ({error})" if _is_plain(value) else "")
    return f"{shown} does not fit {kind}" + (f", where it is {kept}" if _is_plain(value) else "")


def _is_plain(value: Any) -> bool:
    if type(value) in (list, tuple):
        return all(map(_is_plain, value))
    if type(value) is dict:
        return all(map(_is_plain, itertools.chain.from_iterable(value.items())))
    return value is None or type(value) in _PLAIN


def fit(values: Sequence[Any], kind: pa.DataType) -> bool:
    """Returns True if a column of an Arrow type holds some values unchanged.

    ``None`` always fits, a float any column of floats that does not make it infinite, a tuple a
    list or, member by member, a struct, and a dict a struct that has all its keys. Texts are not
    looked into: a lone surrogate, which no column takes, is found when the column is built.

    Args:
      values: Python values.
      kind: the type of the column.

    Raises:
      MISFITS: Arrow refuses a value, as one that is out of range.
    """
    types = {*map(type, values)}
    types.discard(_NOTHING)
    if not types:
        return True
    for is_kind, exact in _KINDS:
        if is_kind(kind):
            if not types <= exact:
                break
            if exact == {int}:
                pa.array(values, kind)  # raises for a number out of range
            return True
    if pa.types.is_timestamp(kind) and kind.unit == "us" and types == {datetime.datetime}:
        zones = {value.tzinfo is None for value in values if value is not None}
        return zones == {kind.tz is None}
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        if types <= {list, tuple}:
            return fit(list(itertools.chain.from_iterable(filter(None, values))), kind.value_type)
    elif pa.types.is_struct(kind):
        if all(issubclass(type_, tuple) for type_ in types):
            rows = [value for value in values if value is not None]
            return {*map(len, rows)} == {kind.num_fields} and all(
                fit(list(map(operator.itemgetter(at), rows)), kind[at].type)
                for at in range(kind.num_fields)
            )
        if types == {dict}:
            names = [kind[at].name for at in range(kind.num_fields)]
            rows = [value for value in values if value is not None]
            return all(row.keys() <= {*names} for row in rows) and all(
                fit([row.get(name) for row in rows], kind[at].type) for at, name in enumerate(names)
            )
    elif pa.types.is_map(kind) and types == {dict}:
        rows = [value for value in values if value is not None]
        return fit([key for row in rows for key in row], kind.key_type) and fit(
            [item for row in rows for item in row.values()], kind.item_type
        )
    return all(value is None or _is_kept(value, kind) for value in values)


def _is_kept(value: Any, kind: pa.DataType) -> bool:
    """Returns True if a value comes back from a column equal; a float may be rounded."""
    kept = pa.array([value], kind)[0].as_py()
    if pa.types.is_floating(kind):
        return not isinstance(value, bool) and (math.isfinite(kept) or not math.isfinite(value))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        # The letters of a text are no list, and the order of a set changes from run to run.
        unlisted = isinstance(value, (str, bytes, set, frozenset))
        return not unlisted and fit(list(value), kind.value_type)
    return bool(kept == value)

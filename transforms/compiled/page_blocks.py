"""Compiled loops that cut a serialised page into blocks of text, each with its place."""

from typing import Any

import numba
import numpy as np
from numba import types

from transforms.compiled.loops import I64, U8, U64, code_point, compiled, lookup, mix, read_only

KINDS = tuple(
    "article main aside nav footer header figure list table form quote button heading code details"
    " hidden".split()
)
"""Kinds of elements around a block; the position is the bit in ``Blocks.inside``. ``hidden`` means
hidden by style or attribute, as pages also do with parts of their articles."""

HIDDEN = 1 << KINDS.index("hidden")

SKIPPED, BREAK, IN_LINE, LINK, STRONG, CELL = range(1, 7)
"""Treatment of an element's tag; 0 for a plain block-level element."""

TREATMENT_BITS = 3
"""Bits of the treatment in the table of tags; the bits above them are the ``KINDS`` of the tag."""

(
    ATTRIBUTE_OF_NAMES,
    ATTRIBUTE_OF_ROLE,
    ATTRIBUTE_OF_STYLE,
    ATTRIBUTE_OF_HIDING,
    ATTRIBUTE_OF_HIDING_IF_TRUE,
) = range(1, 6)


@numba.njit
def byte_hash(data: Any, first: int, end: int) -> Any:
    """FNV-1a (Fowler, Noll and Vo), 64 bits, as :func:`transforms.extraction.blocks.byte_hash`."""
    hashed = np.uint64(0xCBF29CE484222325)
    for at in range(first, end):
        hashed = (hashed ^ np.uint64(data[at])) * np.uint64(0x100000001B3)
    return hashed


@numba.njit
def _interned(strings: Any, bounds: Any, table: Any, count: int, end: int) -> Any:
    """Returns the number of the string between the last of ``bounds`` and ``end``.

    A new string becomes the last one, number ``count``.
    """
    first = bounds[count]
    mask = len(table) - 1
    slot = np.int64(byte_hash(strings, first, end) & np.uint64(mask))
    while table[slot] >= 0:
        other = table[slot]
        place = bounds[other]
        if bounds[other + 1] - place - 1 == end - first:
            same = 0
            while same < end - first and strings[place + same] == strings[first + same]:
                same += 1
            if same == end - first:
                return other
        slot = (slot + 1) & mask
    table[slot] = count
    strings[end] = 0
    bounds[count + 1] = end + 1
    return count


@numba.njit
def _reference(data: Any, at: int) -> tuple[Any, int]:
    """Returns the code point of an XML reference, and its end.

    -1 for a code point beyond ASCII, since libxml2 writes only control characters so (U+FFFD), and
    for an entity that the page did not declare.
    """
    end = at + 2
    while data[end] != 0x3B:
        end += 1
    first, size = data[at + 1], end - at - 1
    code = np.int64(-1)
    if first == 0x23 and data[at + 2] != 0x78:
        code = np.int64(0)
        for place in range(at + 2, end):
            code = 10 * code + np.int64(data[place]) - 0x30
    elif first == 0x61 and size == 3:
        code = np.int64(0x26)
    elif first == 0x6C and data[at + 2] == 0x74:
        code = np.int64(0x3C)
    elif first == 0x67 and data[at + 2] == 0x74:
        code = np.int64(0x3E)
    elif first == 0x71 and size == 4:
        code = np.int64(0x22)
    return code if code < 0x80 else np.int64(-1), end + 1


@numba.njit
def _unescaped(data: Any, at: int, out: Any, end: int) -> tuple[int, int]:
    """Writes the value of an attribute; returns its end in the data and in the output."""
    while data[at] != 0x22:
        if data[at] == 0x26:
            code, at = _reference(data, at)
            if code >= 0:
                out[end] = code
                end += 1
        else:
            out[end] = data[at]
            end += 1
            at += 1
    return at, end


_DISPLAY, _NONE, _VISIBILITY, _HIDDEN_WORD, _TRUE = (
    np.frombuffer(word, np.uint8)
    for word in (b"display:", b"none", b"visibility:", b"hidden", b"true")
)


@numba.njit
def _starts_with(data: Any, at: int, end: int, word: Any) -> bool:
    if at + len(word) > end:
        return False
    same = 0
    while same < len(word) and data[at + same] == word[same]:
        same += 1
    return same == len(word)


@numba.njit
def _hides(style: Any, first: int, end: int, spaces: Any) -> bool:
    """Returns True if a style contains ``display: none`` or ``visibility: hidden``."""
    for at in range(first, end):
        shown = _starts_with(style, at, end, _DISPLAY)
        if not shown and not _starts_with(style, at, end, _VISIBILITY):
            continue
        place = at + (len(_DISPLAY) if shown else len(_VISIBILITY))
        while place < end:
            code, after = code_point(style, place)
            if code >= len(spaces) or not spaces[code]:
                break
            place = after
        if _starts_with(style, place, end, _NONE if shown else _HIDDEN_WORD):
            return True
    return False


@numba.njit
def _closes(data: Any, at: int, mark: int) -> bool:
    """Returns True at the end of a comment or CDATA section: its mark twice and a bracket."""
    return bool(data[at] == mark and data[at + 1] == mark and data[at + 2] == 0x3E)


@numba.njit
def _past(data: Any, at: int) -> int:
    """Returns the end of the tag, comment, CDATA section or processing instruction."""
    if data[at + 1] == 0x21:
        mark = 0x5D if data[at + 2] == 0x5B else 0x2D
        while not _closes(data, at, mark):
            at += 1
        return at + 3
    is_instruction = data[at + 1] == 0x3F
    while data[at] != 0x3E or (is_instruction and data[at - 1] != 0x3F):
        at += 1
    return at + 1


@numba.njit
def _past_element(data: Any, at: int) -> int:
    """Returns the end of the element whose content begins here."""
    depth = 1
    while depth:
        while data[at] != 0x3C:
            at += 1
        following = data[at + 1]
        at = _past(data, at)
        if following == 0x2F:
            depth -= 1
        elif following != 0x21 and following != 0x3F and data[at - 2] != 0x2F:
            depth += 1
    return at


@numba.njit
def _marks(
    data: Any,
    at: int,
    attributes: Any,
    attribute_values: Any,
    roles: Any,
    role_values: Any,
    spaces: Any,
    out: Any,
    end: int,
) -> tuple[int, int, Any]:
    """Writes the names of an element.

    Returns:
      The end of its attributes, the end of the output, and the ``KINDS`` of the element.
    """
    first, inside = end, np.int64(0)
    while data[at] != 0x3E and data[at] != 0x2F:
        begin = at + 1
        at += 2
        while data[at] != 0x3D:
            at += 1
        kind = lookup(attributes, attribute_values, byte_hash(data, begin, at))
        at += 2
        if kind == ATTRIBUTE_OF_NAMES:
            if end > first:
                out[end] = 0x20
                end += 1
            at, end = _unescaped(data, at, out, end)
        elif kind:
            at, after = _unescaped(data, at, out, end)
            if kind == ATTRIBUTE_OF_ROLE:
                inside |= lookup(roles, role_values, byte_hash(out, end, after))
            elif (
                kind == ATTRIBUTE_OF_HIDING
                or (
                    kind == ATTRIBUTE_OF_HIDING_IF_TRUE
                    and (after - end == len(_TRUE) and _starts_with(out, end, after, _TRUE))
                )
                or (kind == ATTRIBUTE_OF_STYLE and _hides(out, end, after, spaces))
            ):
                inside |= HIDDEN
        else:
            while data[at] != 0x22:
                at += 1
        at += 1
    return at, end, inside


@compiled(
    types.UniTuple(types.int64, 5)(
        U8, U64, I64, U64, I64, U64, I64, read_only(types.boolean), types.uint8[::1],
        types.uint8[::1], types.int64[:, ::1], types.int64[:, ::1],
    )
)  # fmt: skip
def page_blocks(
    data: Any,
    tags: Any,
    tag_values: Any,
    attributes: Any,
    attribute_values: Any,
    roles: Any,
    role_values: Any,
    spaces: Any,
    text: Any,
    strings: Any,
    elements: Any,
    blocks: Any,
) -> tuple[int, int, int, int, int]:
    """Collects the blocks of a page; see :func:`transforms.extraction.blocks.page_blocks`.

    Args:
      data: uint8, an element serialised as XML by libxml2, UTF-8.
      tags: hash table of known tags.
      tag_values: int64, treatment (``TREATMENT_BITS`` bits) and ``KINDS`` of each tag.
      attributes: hash table of the attributes that count.
      attribute_values: int64, one of the ``ATTRIBUTE_OF`` constants each.
      roles: hash table of known values of ``role``.
      role_values: int64, the ``KINDS`` of each.
      spaces: bool, True for each code point that is white space; those beyond are not.
      text: receives the lines, each followed by a line break; one byte longer than the data.
      strings: receives the distinct tags and names, each followed by a zero; same length.
      elements: shape (6, most elements); receives per block-level element the number of the
        element around it, the numbers of its tag and names among the strings, the first block in it
        and after it, and the ``KINDS`` of it and all around it.
      blocks: shape (3, most blocks); receives per block the characters in links and in bold type,
        and the number of its element.

    Returns:
      Numbers of elements, blocks, bytes of text, strings and bytes of strings.
    """
    parents, own_tags, names, starts, ends, insides = elements
    linked_sizes, strong_sizes, owners = blocks
    most = elements.shape[1]
    treatments = np.empty(most + 1, np.int64)  # of the open elements
    bounds = np.zeros(2 * most + 2, np.int64)  # of the strings
    slots = 2
    while slots < 4 * (most + 1):
        slots *= 2
    table = np.full(slots, -1, np.int64)
    at = depth = count = found = out = known = 0
    number = -1  # of the innermost block-level element
    in_link = in_strong = linked = strong = 0
    pending = gap = False  # whether the line has any piece, and white space at its end
    size = 0  # of the line, in characters
    run, run_first, run_last = 0, -1, -1  # characters of the piece of text; its first and last ink
    literal = False  # within <![CDATA[
    while at < len(data):
        if data[at] != 0x3C or literal:
            begin = at
            if literal and _closes(data, at, 0x5D):
                literal = False
                at += 3
                continue
            if data[at] == 0x26 and not literal:
                code, at = _reference(data, at)
                if code < 0:
                    continue
            else:
                code, at = code_point(data, at)
            if code < len(spaces) and spaces[code]:
                gap = True
            else:
                if gap and size:
                    text[out] = 0x20
                    out += 1
                    size += 1
                gap = False
                size += 1
                if code < 0x80:
                    text[out] = code
                    out += 1
                else:
                    for place in range(begin, at):
                        text[out] = data[place]
                        out += 1
                if run_first < 0:
                    run_first = run
                run_last = run
            run += 1
            continue
        following = data[at + 1]
        if following == 0x21 and data[at + 2] == 0x5B:  # what it holds is text like any other
            literal = True
            at += 9
            continue
        if run_first >= 0:
            pending = True
            if in_link:
                linked += run_last - run_first + 1
            if in_strong:
                strong += run_last - run_first + 1
            run_first = -1
        run = 0
        if following == 0x21 or following == 0x3F:
            at = _past(data, at)
            continue
        is_end = following == 0x2F
        begin = at + 1
        value = np.int64(0)
        if is_end:
            at = _past(data, at)
            depth -= 1
            treatment = treatments[depth]
            in_link -= treatment == LINK
            in_strong -= treatment == STRONG
        else:
            at = begin
            while data[at] != 0x3E and data[at] != 0x2F and data[at] > 0x20:
                at += 1
            value = lookup(tags, tag_values, byte_hash(data, begin, at))
            treatment = value & ((1 << TREATMENT_BITS) - 1)
            if number < 0 and treatment != CELL:
                treatment = np.int64(0)
        is_block = treatment == 0 or treatment == CELL
        # The cells of a row share its line, unless they hold lines of their own.
        if is_end and treatment == CELL:
            pending = gap = True
            flushes = found > starts[number]
        elif is_end:
            flushes = is_block and pending
        else:
            flushes = pending and (treatment == 0 or treatment == BREAK)
        if flushes:
            if size:
                text[out] = 0x0A
                out += 1
                linked_sizes[found] = min(linked, size)
                strong_sizes[found] = min(strong, size)
                owners[found] = number
                found += 1
                linked = strong = size = 0
            pending = gap = False
        if is_end:
            if is_block:
                ends[number] = found
                number = parents[number]
            if not depth:
                break
            continue
        if is_block:
            end = bounds[known]
            for place in range(begin, at):
                strings[end] = data[place]
                end += 1
            own_tags[count] = _interned(strings, bounds, table, known, end)
            known += own_tags[count] == known
            first = bounds[known]
            at, end, inside = _marks(
                data, at, attributes, attribute_values, roles, role_values, spaces, strings, first
            )
            if number < 0:  # what the page calls its body says nothing of a part of it
                end, inside = first, np.int64(0)
            else:
                inside |= value >> TREATMENT_BITS | insides[number]
            names[count] = _interned(strings, bounds, table, known, end)
            known += names[count] == known
            parents[count] = max(number, 0)
            starts[count] = ends[count] = found
            insides[count] = inside
        else:
            while data[at] != 0x3E:
                at += 1
        is_empty = data[at] == 0x2F or data[at - 1] == 0x2F
        at += 2 if data[at] == 0x2F else 1
        if is_block:
            count += 1
        if is_empty:
            if treatment == CELL:
                pending = gap = True
            if not depth:
                break
            continue
        if treatment in (SKIPPED, BREAK):
            at = _past_element(data, at)
            continue
        if is_block:
            number = count - 1
        in_link += treatment == LINK
        in_strong += treatment == STRONG
        treatments[depth] = treatment
        depth += 1
    return count, found, out, known, bounds[known]


@compiled(
    types.void(
        I64, I64, I64, read_only(types.boolean), types.int64[::1], types.int64[::1],
        types.int64[::1],
    )
)  # fmt: skip
def tree_places(
    parents: Any, starts: Any, ends: Any, marked: Any, outers: Any, depths: Any, nearest: Any
) -> None:
    """Writes the places of the elements of a tree, each of which comes after the one around it.

    Args:
      parents: number of the element around each; 0 for the first.
      starts: first block in each.
      ends: first block after each.
      marked: True for each element that ``nearest`` may name.
      outers: receives the next element around each that holds more blocks; 0 for the first.
      depths: receives the number of elements around each.
      nearest: receives the innermost marked element around each, itself included; -1 without one.
    """
    outers[0] = depths[0] = 0
    nearest[0] = 0 if marked[0] else -1
    for element in range(1, len(parents)):
        parent = parents[element]
        alone = starts[parent] == starts[element] and ends[parent] == ends[element]
        outers[element] = outers[parent] if alone else parent
        depths[element] = depths[parent] + 1
        nearest[element] = element if marked[element] else nearest[parent]


@numba.njit
def _new_table(most: int) -> Any:
    """Returns an empty table for that many keys of 0 or more: the keys, and a number for each."""
    slots = 2
    while slots < 2 * most:
        slots *= 2
    return np.full(slots, -1, np.int64), np.empty(slots, np.int64)


@numba.njit
def _number_of(keys: Any, numbers: Any, key: Any, count: Any) -> Any:
    """Returns the number of a key in a table; a new one gets the number ``count``."""
    slot = np.int64(mix(np.uint64(key)) & np.uint64(len(keys) - 1))
    while keys[slot] >= 0 and keys[slot] != key:
        slot = (slot + 1) & (len(keys) - 1)
    if keys[slot] < 0:
        keys[slot], numbers[slot] = key, count
    return numbers[slot]


@compiled(types.void(I64, types.int64[::1]))
def number_values(values: Any, out: Any) -> None:
    """Writes a number for each value of 0 or more, equal values alike, in order of appearance."""
    keys, numbers = _new_table(len(values))
    count = np.int64(0)
    for at in range(len(values)):
        out[at] = _number_of(keys, numbers, values[at], count)
        count += out[at] == count


@compiled(types.void(I64, I64, types.int64[::1]))
def tree_paths(parents: Any, kinds: Any, paths: Any) -> None:
    """Writes a number for each element's path: its kind, and the kinds of all around it.

    Args:
      parents: number of the element around each, which comes before it.
      kinds: 0 or more.
      paths: receives numbers from 1.
    """
    most = np.int64(0)
    for element in range(len(kinds)):
        most = max(most, kinds[element] + 1)
    keys, numbers = _new_table(len(kinds))
    count = np.int64(1)
    for element in range(len(kinds)):
        above = np.int64(0) if element == 0 else paths[parents[element]]
        paths[element] = _number_of(keys, numbers, above * most + kinds[element], count)
        count += paths[element] == count

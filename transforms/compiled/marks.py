"""Finds the few characters of a text that mean something to a reader of its typography."""

import numpy as np
from numba import types

from transforms.arrays import I64, U8, U32
from transforms.compiled import loops
from transforms.compiled.loops import compiled


@compiled(types.int64[::1](loops.U32, loops.U8))
def places(codes: U32, kinds: U8) -> I64:
    """Returns where the characters are that have a kind, in order.

    Args:
      codes: code points of a text.
      kinds: by code point, 0 for those that are passed over; none beyond has one.
    """
    size = np.uint32(len(kinds))
    count = 0
    for code in codes:
        if code < size and kinds[code]:
            count += 1
    result = np.empty(count, np.int64)
    count = 0
    for place in range(len(codes)):
        code = codes[place]
        if code < size and kinds[code]:
            result[count] = place
            count += 1
    return result

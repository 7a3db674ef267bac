"""The rows of the table ``rejects``."""

import pyarrow as pa
import pytest

from pipeline.rejects import (
    RAW_LIMIT,
    READ_REASONS,
    REJECT_COLUMNS,
    Reject,
    cut_raw,
    read_reject,
)


def test_columns_are_the_fields_of_a_reject_in_order() -> None:
    assert tuple(REJECT_COLUMNS) == Reject._fields


def test_a_reject_fits_the_table() -> None:
    schema = pa.schema([(name, column.type) for name, column in REJECT_COLUMNS.items()])
    rows = [read_reject("a\nb.txt", None, "empty", "Nothing.", b"\xff\0")._asdict()]
    assert pa.Table.from_pylist(rows, schema=schema).to_pylist() == rows


@pytest.mark.parametrize("raw", [b"x" * (RAW_LIMIT + 1), "é" * RAW_LIMIT, "\ud800" * RAW_LIMIT])
def test_raw_is_cut_to_the_limit(raw: bytes | str) -> None:
    assert len(cut_raw(raw)) == RAW_LIMIT
    short = cut_raw(raw[:3])
    assert short == (
        raw[:3] if isinstance(raw, bytes) else raw[:3].encode("utf-8", "surrogatepass")
    )


def test_an_unknown_reason_names_those_there_are() -> None:
    with pytest.raises(KeyError, match="no_text"):
        read_reject("a", 0, "bad_luck", "")


def test_every_reason_is_explained_in_one_sentence() -> None:
    for reason, meaning in READ_REASONS.items():
        assert reason == reason.lower().replace(" ", "_")
        assert meaning.endswith(".")

"""The rows of the table ``rejects``."""

import json
import os
import pathlib
import re

import pyarrow as pa
import pytest

from pipeline.rejects import (
    FAILURES,
    RAW_LIMIT,
    READ_REASONS,
    REJECT_COLUMNS,
    Reject,
    cut_raw,
    read_reject,
    too_many_failures,
)
from tests.separate_runs import Desk, done, only_sentence, query, tree


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


@pytest.mark.parametrize(
    ("reasons", "records", "percent", "too_many"),
    [
        ({}, 0, 0, False),
        ({"no_text": 5}, 10, 50, False),
        ({"no_text": 5, "error": 1}, 10, 50, True),
        ({"no_text": 1}, 1_000_000, 0, True),
        ({"no_text": 10}, 10, 100, False),
        # What a record is is no failure: known, no article, dropped on purpose.
        ({"repeated_dump": 99, "no_text": 1}, 100, 50, False),
        ({"http_status": 60, "unsupported_content": 35, "truncated": 5}, 100, 50, False),
        ({"not_in_my_language": 99}, 100, 50, False),
        ({"time_limit": 2, "memory_limit": 2, "worker_died": 1, "wrong_type": 1}, 10, 50, True),
    ],
)
def test_only_failures_count_against_the_limit(reasons, records, percent, too_many) -> None:
    said = too_many_failures(reasons, records, percent)
    assert bool(said) is too_many
    if said:
        failed = sum(number for reason, number in reasons.items() if reason in FAILURES)
        assert said.startswith(f"{failed:,} of {records:,} records failed")
        assert f"--max-rejects {percent}%" in said


def write_records(path: pathlib.Path, field: str, numbers: range) -> pathlib.Path:
    lines = [{field: f"The text of article {n}, of some words.", "title": f"{n}"} for n in numbers]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.mark.slow
def test_a_run_with_too_many_failures_says_so_and_loses_nothing(
    desk: Desk, tmp_path: pathlib.Path
) -> None:
    good = write_records(tmp_path / "good.jsonl", "text", range(4))
    other = write_records(tmp_path / "other.jsonl", "prose", range(10, 16))
    refused = tmp_path / "refused"
    ended = desk.run([good, other], refused, "--on-too-many-rejects", "refuse")
    assert ended.code == 3
    sentence = only_sentence(ended.err)
    assert "6 of 10 records failed" in sentence
    assert "no_text 6" in sentence
    assert f"The first: {other}, record 0, The record has no text" in sentence
    assert "Nothing was committed" in sentence
    assert not [name for name in tree(refused) if name.endswith((".parquet", ".json", ".arrow"))]
    # The same dumps with what was missing: nothing was taken for known.
    done(desk.run([good, other], refused, "--map", "text=prose"))
    assert query(refused, "SELECT count(*) FROM articles") == [(10,)]

    committed = tmp_path / "committed"
    ended = desk.run([good, other], committed)
    assert ended.code == 3
    assert "The run is committed" in only_sentence(ended.err)
    assert re.search(r"^articles +4$", ended.out, re.MULTILINE)
    assert query(committed, "SELECT reason, count(*) FROM rejects GROUP BY ALL") == [("no_text", 6)]
    # What the sentence advises.
    done(desk.run([good, other], committed, "--map", "text=prose", "--again"))
    assert query(committed, "SELECT count(*) FROM articles") == [(10,)]
    done(desk.run([other], tmp_path / "all", "--max-rejects", "100%"))


@pytest.mark.slow
def test_a_dump_that_could_not_be_read_is_read_once_it_can_be(
    desk: Desk, tmp_path: pathlib.Path
) -> None:
    dumps, warehouse = tmp_path / "dumps", tmp_path / "warehouse"
    dumps.mkdir()
    write_records(dumps / "good.jsonl", "text", range(4))
    (dumps / "late.jsonl").symlink_to(tmp_path / "mount" / "late.jsonl")
    os.mkfifo(dumps / "pipe.jsonl")
    done(desk.run(dumps, warehouse))
    assert query(
        warehouse, "SELECT parse_filename(source_file), reason FROM rejects ORDER BY ALL"
    ) == [("late.jsonl", "unreadable"), ("pipe.jsonl", "unreadable")]
    assert "Nothing is new" in done(desk.run(dumps, warehouse)).out
    (tmp_path / "mount").mkdir()
    write_records(tmp_path / "mount" / "late.jsonl", "text", range(4, 6))
    done(desk.run(dumps, warehouse))
    assert query(warehouse, "SELECT count(*) FROM articles") == [(6,)]
    assert query(warehouse, "SELECT count(*) FROM rejects") == [(2,)]


@pytest.mark.slow
def test_what_was_not_understood_is_a_row_of_warnings_and_in_the_summary(
    desk: Desk, tmp_path: pathlib.Path
) -> None:
    records = [
        {"text": f"The text of article {n}, of some words.", "date": date, "mood": "calm"}
        for n, date in enumerate(["2021-03-04", "the day before", "2021-03-05"])
    ]
    dump = tmp_path / "a.jsonl"
    dump.write_text("".join(json.dumps(record) + "\n" for record in records))
    ended = done(desk.run([dump], tmp_path / "warehouse"))
    assert re.search(r"^warnings +2\n +unread_date +1\n +unread_fields +1$", ended.out, re.M)
    found = query(
        tmp_path / "warehouse", "SELECT reason, record_index, detail FROM warnings ORDER BY ALL"
    )
    assert [row[:2] for row in found] == [("unread_date", 1), ("unread_fields", 0)]
    assert "'the day before'" in found[0][2]
    assert query(tmp_path / "warehouse", "SELECT warnings, rejects FROM runs") == [(2, 0)]

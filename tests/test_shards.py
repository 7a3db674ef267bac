"""The tables of a shard, against the articles they are made of."""

import dataclasses
import datetime
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Paragraph, RemovedLine, paragraph_id
from pipeline.dumps import DumpOptions
from pipeline.shards import COUNT_COLUMNS, AccountingError, Shard, shard_tables, write_shard
from pipeline.tasks.finish import finish_shard
from pipeline.tasks.job import Job, Output
from pipeline.transform import CorpusTransform, Stream, Tables

RUN = "20240101T000000Z-0000"
SCHEMA = pa.schema([("article_id", pa.string()), ("language", pa.string()), *COUNT_COLUMNS.items()])

words = st.lists(st.sampled_from(["war", "peace,", "—", "naïve"]), max_size=4).map(" ".join)
fates = st.lists(st.tuples(words, st.booleans()), max_size=6)


def article(number: int, lines: list[tuple[str, bool]]) -> dict[str, Any]:
    """Returns an article of lines, each with whether it is kept."""
    marked = [(place, line, kept) for place, (line, kept) in enumerate(lines, 1) if line]
    return {
        "source_file": "dump.txt",
        "record_index": number,
        "article_id": f"{number:024x}",
        "language": "en",
        "lines": [line for line, _ in lines],
        "paragraphs": [Paragraph(place, line) for place, line, kept in marked if kept],
        "removed_lines": [
            RemovedLine(place, line, "rule_v1") for place, line, k in marked if not k
        ],
    }


@given(st.lists(fates, max_size=4))
def test_every_line_is_a_row_of_its_article(given_lines: list[list[tuple[str, bool]]]) -> None:
    articles = [article(number, lines) for number, lines in enumerate(given_lines)]
    tables = shard_tables(articles, [], SCHEMA)
    assert tables["paragraphs"].to_pylist() == [
        {
            "article": row,
            "line_number": line,
            "paragraph_id": paragraph_id(member["article_id"], line),
            "text": text,
            "word_count": len(text.split()),
            "language": "en",
        }
        for row, member in enumerate(articles)
        for line, text in member["paragraphs"]
    ]
    assert tables["removed_lines"].to_pylist() == [
        {"article": row, "line_number": line, "text": text, "rule": rule}
        for row, member in enumerate(articles)
        for line, text, rule in member["removed_lines"]
    ]
    assert tables["articles"].to_pylist() == [
        {
            "article_id": member["article_id"],
            "language": "en",
            "word_count": sum(len(text.split()) for _, text in member["paragraphs"]),
            "paragraph_count": len(member["paragraphs"]),
            "removed_line_count": len(member["removed_lines"]),
            "line_count": sum(bool(line) for line in member["lines"]),
        }
        for member in articles
    ]


def test_ids_of_paragraphs_grow_beyond_four_digits() -> None:
    lines = [("", True)] * 12_345
    for place in (0, 98, 9_998, 9_999, 12_344):
        lines[place] = ("text", True)
    ids = shard_tables([article(7, lines)], [], SCHEMA)["paragraphs"].column("paragraph_id")
    assert ids.to_pylist() == [
        paragraph_id(f"{7:024x}", line) for line in (1, 99, 9_999, 10_000, 12_345)
    ]


@pytest.mark.parametrize("fate", ["paragraphs", "removed_lines"])
def test_a_line_without_a_place_or_with_two_is_an_error(fate: str) -> None:
    lost = article(0, [("kept", True), ("removed", False)])
    lost[fate] = []
    with pytest.raises(AccountingError, match="is in neither"):
        shard_tables([lost], [], SCHEMA)
    twice = article(0, [("kept", True), ("removed", False)])
    twice[fate] = twice[fate] * 2
    with pytest.raises(AccountingError, match="do not add up"):
        shard_tables([twice], [], SCHEMA)


@dataclasses.dataclass
class _Cuts(CorpusTransform):
    """Leaves ``rest`` of the first paragraph, and removes ``part`` of it."""

    rest: str = ""
    part: str = ""
    streams: ClassVar = (Stream("annotations", pa.schema({"shard": pa.uint64()}), key="shard"),)

    def annotate(self, tables: Tables, annotations: pa.Table) -> Tables:
        paragraphs, removed = tables["paragraphs"], tables["removed_lines"]
        line = {"article": 0, "line_number": 1, "text": self.part, "rule": "part_v1"}
        cut = paragraphs.set_column(3, "text", pa.array([self.rest]))
        part = pa.Table.from_pylist([line], schema=removed.schema)
        return {**tables, "paragraphs": cut, "removed_lines": pa.concat_tables([removed, part])}


def finish(folder: Path, language: str, line: str, rest: str, part: str) -> Output:
    """Finishes a shard of one line, of which a part is removed."""
    tables = shard_tables([article(0, [(line, True)]) | {"language": language}], [], SCHEMA)
    write_shard(str(folder / "shard"), tables)
    now = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    transforms = (_Cuts(rest, part),)
    job = Job(transforms, DumpOptions(), str(folder), str(folder), RUN, 1, now, 1, {})
    return finish_shard(job, Shard(1, str(folder / "shard"), 1, 1), []).output


@pytest.mark.parametrize(
    ("language", "line", "rest", "part", "words"),
    [
        ("en", "Read on: war and peace", "war and peace", "Read on:", 3),
        ("zh-cn", "\u8bf7\u770b\uff1a\u6218\u4e89\u4e0e\u548c\u5e73",
         "\u6218\u4e89\u4e0e\u548c\u5e73", "\u8bf7\u770b\uff1a", 5),
    ],
)  # fmt: skip
def test_a_part_of_a_line_may_be_removed(
    tmp_path: Path, language: str, line: str, rest: str, part: str, words: int
) -> None:
    output = finish(tmp_path, language, line, rest, part)
    assert (output.counts["lines"], output.counts["removed_parts"]) == (1, 1)
    for table in ("articles", "paragraphs"):
        [path] = [file.path for file in output.files if file.table == table]
        assert pq.read_table(tmp_path / path)["word_count"].to_pylist() == [words]


@pytest.mark.parametrize("rest", ["war and", "Read on: war and peace"])
def test_a_part_of_a_line_that_is_not_what_was_cut_off_is_an_error(
    tmp_path: Path, rest: str
) -> None:
    with pytest.raises(AccountingError, match="0001 was cut"):
        finish(tmp_path, "en", "Read on: war and peace", rest, "Read")

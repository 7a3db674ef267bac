"""Logs: dumps of JSON Lines to which records are appended, read from where they ended."""

import json
import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.article import Article
from pipeline.dumps import Block, DumpOptions, numbered, parse_block, read_range, split_dump
from pipeline.dumps.inputs import FoundDump, find_dumps
from pipeline.dumps.ranges import count_records
from pipeline.new_dumps import TakenDumps, describe
from pipeline.rejects import Reject
from pipeline.tasks.hashes import hash_dump
from pipeline.warehouse import Input
from tests.separate_runs import Desk, done, query, rows, run_arguments

OPTIONS = DumpOptions()


def read(
    path: Path, taken: TakenDumps, growing: bool = False, noted: list[Input] | None = None
) -> list[Article | Reject]:
    """Reads what is new of a dump as a run does, cut into small ranges, and notes it as taken."""
    found = [FoundDump(str(path), path.stat().st_size)]
    new = taken.new(found, {str(path)} if growing else ())
    described = describe(new, OPTIONS)
    taken.add(described)
    if noted is not None:
        noted += described
    items: list[Article | Reject] = []
    for dump in new:
        ranges = split_dump(dump.part, OPTIONS, 64)
        for part in numbered(ranges, [count_records(part, OPTIONS) for part in ranges]):
            for block in read_range(part, OPTIONS):
                items += parse_block(block, OPTIONS) if isinstance(block, Block) else [block]
    return items


def records(items: list[Article | Reject]) -> list[tuple[int, str]]:
    return [(item["record_index"], item["document"]) for item in items if isinstance(item, dict)]


LINES = st.lists(
    st.one_of(
        st.text("ab é\u2028", max_size=60).map(lambda text: json.dumps({"text": f"x{text}"})),
        st.sampled_from(["", "  ", "\r"]),
    ),
    min_size=2,
    max_size=12,
)


@given(LINES, st.lists(st.integers(0, 400), max_size=5), st.booleans(), st.booleans())
@example(['{"text": "a"}', '{"text": "b"}', '{"text": "c"}'], [27, 28], False, False)
@example(['{"text": "a"}', '{"text": "b"}', '{"text": "c"}'], [20], False, False)
def test_read_in_parts_it_gives_the_records_of_the_whole(lines, cuts, growing, again) -> None:
    content = "\n".join(['{"text": "first"}', '{"text": "second"}', *lines, ""]).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        path.write_bytes(content)
        expected = records(read(path, TakenDumps(OPTIONS)))
        taken, items, noted = TakenDumps(OPTIONS), [], []
        for cut in [*sorted({min(len(content), 38 + cut) for cut in cuts}), len(content)]:
            path.write_bytes(content[:cut])
            if again:  # another process, which knows what is recorded and nothing else
                taken = TakenDumps(OPTIONS)
                taken.add(noted)
            items += read(path, taken, growing, noted)
        found = records(items)
        assert sorted(set(found)) == sorted(found) == expected
        if growing:  # only complete lines are read
            assert len(found) == len(items)
        assert read(path, taken) == []


def test_a_line_that_was_cut_is_read_again_under_its_number(tmp_path):
    path, taken = tmp_path / "log", TakenDumps(OPTIONS)
    path.write_bytes(b'{"text": "one"}\n{"text": "tw')
    first = read(path, taken)
    assert [type(item) for item in first] == [dict, Reject]
    with path.open("ab") as file:
        file.write(b'o"}\n{"text": "three"}\n')
    assert first[1].record_index == 1
    assert records(read(path, taken)) == [(1, "two"), (2, "three")]


def test_its_beginning_decides_on_the_order_of_days(tmp_path):
    path, taken = tmp_path / "log", TakenDumps(OPTIONS)
    path.write_bytes(b'{"text": "one", "date": "28/02/2024"}\n{"text": "two"}\n')
    read(path, taken)
    with path.open("ab") as file:
        file.write(b'{"text": "three", "date": "03/04/2024"}\n')
    [article] = read(path, taken)
    assert str(article["published_at"]).startswith("2024-04-03")


def test_one_whose_beginning_changed_is_read_as_a_whole(tmp_path):
    path, taken = tmp_path / "log", TakenDumps(OPTIONS)
    path.write_bytes(b'{"text": "one"}\n{"text": "two"}\n')
    assert len(read(path, taken)) == 2
    path.write_bytes(b'{"text": "One"}\n{"text": "two"}\n{"text": "three"}\n')
    assert records(read(path, taken)) == [(0, "One"), (1, "two"), (2, "three")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"One text.\n", b"One text.\nAnother line.\n"),
        (b'[{"text": "one"}]', b'[{"text": "one"}] '),
        (b"text,title\na,b\n", b"text,title\na,b\nc,d\n"),
        ('{"text": "one"}\n'.encode("utf-16"), '{"text": "one"}\n{"text": "2"}\n'.encode("utf-16")),
    ],
    ids=["text", "JSON", "CSV", "UTF-16"],
)
def test_other_dumps_that_grew_are_read_as_a_whole(tmp_path, before, after):
    path, taken, other = tmp_path / "dump", TakenDumps(OPTIONS), TakenDumps(OPTIONS)
    path.write_bytes(before)
    assert read(path, taken)
    path.write_bytes(after)
    assert read(path, taken) == read(path, other) != []


def test_of_one_that_is_written_to_only_complete_lines_are_read(tmp_path):
    path, taken = tmp_path / "log", TakenDumps(OPTIONS)
    path.write_bytes(b'{"text": "one"}\n{"text": "tw')
    [found] = find_dumps([str(path)])
    [new] = taken.new([found], {str(path)})
    with path.open("ab") as file:  # while it is read
        file.write(b'o"}\n')
    [block] = read_range(split_dump(new.part, OPTIONS, 1 << 20)[0], OPTIONS)
    assert isinstance(block, Block)
    assert block.payload == b'{"text": "one"}\n'
    taken.add(describe([new], OPTIONS))
    assert records(read(path, taken)) == [(1, "two")]


@pytest.mark.slow
def test_runs_over_one_that_grows_have_no_rejects(desk: Desk, corpus, whole, tmp_path):
    log, warehouse = tmp_path / "corpus.jsonl", tmp_path / "warehouse"
    for stop in (20, 20, 41, 60):
        log.write_bytes(b"".join(corpus[:stop]))
        done(desk.start([run_arguments(log, warehouse)])())
    assert query(warehouse, "SELECT articles, rejects FROM runs ORDER BY started_at") == [
        (20, 0),
        (21, 0),
        (19, 0),
    ]
    ids = "SELECT article_id, record_index FROM articles ORDER BY ALL"
    assert query(warehouse, ids) == query(whole, ids)
    assert rows(warehouse)["rejects"] == []


def test_dumps_too_large_to_hash_here_are_left_to_the_workers_of_a_cluster(tmp_path):
    taken = TakenDumps(OPTIONS)
    contents = {"same.json": b'["a"]', "other.json": b'["b"]', "log.jsonl": b'{"text": "c"}\n'}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    taken.add(describe(taken.new(find_dumps([str(tmp_path)])), OPTIONS))
    (tmp_path / "other.json").write_bytes(b'["B"]')
    with (tmp_path / "log.jsonl").open("ab") as file:
        file.write(b'{"text": "d"}\n')
    (tmp_path / "new.json").write_bytes(b'["e"]')
    found = find_dumps([str(tmp_path)])
    names = {
        most: {os.path.basename(dump.path): dump for dump in taken.new(found, most_bytes=most)}
        for most in (None, 100, 0)
    }
    assert names[None] == names[100]
    assert set(names[None]) == {"log.jsonl", "new.json", "other.json"}
    # Beyond the limit those of a known size come with what they were, as far as it is known.
    assert set(names[0]) == {*contents, "new.json"}
    job = SimpleNamespace(dump_options=OPTIONS)
    hashed = {name: hash_dump(job, dump).output.inputs for name, dump in names[0].items()}
    assert hashed.pop("same.json") == ()
    assert [dump for [dump] in hashed.values()] == describe(list(names[None].values()), OPTIONS)
    # What was read of the log is not read again.
    assert names[0]["log.jsonl"] == names[None]["log.jsonl"]
    assert names[0]["log.jsonl"].part.start == len(contents["log.jsonl"])

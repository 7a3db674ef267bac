"""The whole of it, from dumps to a warehouse: what a user may rely on, tried by real runs."""

import concurrent.futures
import csv
import dataclasses
import gzip
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from apache_beam.runners.portability.local_job_service import LocalJobServicer

from pipeline.warehouse import Warehouse
from tests.bench.corpus import Settings, write_corpus
from tests.conftest import REPOSITORY, run_command
from tests.separate_runs import (
    COMMITTED,
    COUNTS,
    KILL_POINTS,
    Conditions,
    Desk,
    Ended,
    Reader,
    counts_agree,
    problems,
    query,
    rows,
    run_arguments,
    tree,
    wait_until_gone,
)
from tests.warehouse_rows import SCHEMA

pytestmark = pytest.mark.slow

COPY, AGENCY = "003_ff7cb0a21bd3674e.txt", "004_6b7a9078bdc0757f.txt"

SEED_PAIRS = {(11, 11), (15, 17), (19, 19), (29, 7)}
"""Line of a paragraph in the copy, line of its source in the agency's article."""

NAMED = ("source_file", "record_index")
"""Columns that say where in its file a record stood, which another split of a corpus changes."""


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("output"))


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Lines of a JSONL corpus of 60 articles with copies of every kind among them."""
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(Settings(60, seed="end to end", text="seeds", gold=False), folder)
    return (folder / "articles.jsonl").read_bytes().splitlines(keepends=True)


def all_of(tasks: Mapping[Any, Callable[[], Any]]) -> dict[Any, Any]:
    """Returns what each of some functions returns; two at a time, as there are cores."""
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        futures = {name: threads.submit(task) for name, task in tasks.items()}
        return {name: future.result() for name, future in futures.items()}


def done(ended: Ended) -> Ended:
    assert ended.code == 0, ended.err
    return ended


def only_sentence(shown: str) -> str:
    """Returns what ``copydesk`` complained of: one line beside those of the progress."""
    [sentence] = [line for line in shown.splitlines() if line.startswith("copydesk: ")]
    assert "Traceback" not in shown
    return sentence


# --- the seeds -----------------------------------------------------------------------------------


class TestSeeds:
    def test_exactly_four_pairs_are_near_with_the_agency_as_their_source(self, seed_run):
        found = query(
            seed_run.warehouse,
            """
            SELECT parse_filename(a.source_file), parse_filename(b.source_file),
                   split_part(l.paragraph_id, '-', 2)::INT,
                   split_part(l.source_paragraph_id, '-', 2)::INT, l.kind, l.similarity
            FROM paragraph_links AS l
            JOIN paragraphs AS p ON p.paragraph_id = l.paragraph_id
            JOIN paragraphs AS s ON s.paragraph_id = l.source_paragraph_id
            JOIN articles AS a ON a.article_id = p.article_id
            JOIN articles AS b ON b.article_id = s.article_id
            """,
        )
        assert {row[:2] for row in found} == {(COPY, AGENCY)}
        assert {row[2:4] for row in found} == SEED_PAIRS
        assert len(found) == 4
        assert {row[4] for row in found} == {"near"}

    def test_paragraphs_say_the_same_as_the_links(self, seed_run):
        marked = query(
            seed_run.warehouse,
            """
            SELECT p.paragraph_id, p.duplicate_of, p.similarity, p.cluster_id
            FROM paragraphs AS p WHERE p.is_duplicate ORDER BY ALL
            """,
        )
        links = query(
            seed_run.warehouse,
            "SELECT paragraph_id, source_paragraph_id, similarity, source_paragraph_id "
            "FROM paragraph_links ORDER BY ALL",
        )
        assert marked == links

    def test_unique_text_of_the_copy_lacks_the_four_and_nothing_else(self, seed_run):
        kept = query(
            seed_run.warehouse,
            """
            SELECT split_part(paragraph_id, '-', 2)::INT, p.text
            FROM paragraphs AS p JOIN articles AS a USING (article_id)
            WHERE parse_filename(a.source_file) = ? ORDER BY position
            """,
            COPY,
        )
        [(text, unique, count)] = query(
            seed_run.warehouse,
            "SELECT text, unique_text, duplicate_paragraph_count FROM articles "
            "WHERE parse_filename(source_file) = ?",
            COPY,
        )
        copied = {line for line, _ in SEED_PAIRS}
        assert text == "\n\n".join(paragraph for _, paragraph in kept)
        assert unique == "\n\n".join(paragraph for line, paragraph in kept if line not in copied)
        assert count == 4

    def test_other_articles_are_unique(self, seed_run):
        others = query(
            seed_run.warehouse,
            "SELECT text = unique_text, duplicate_paragraph_count FROM articles "
            "WHERE parse_filename(source_file) <> ?",
            COPY,
        )
        assert others == [(True, 0)] * 4

    def test_every_labelled_line_is_where_it_belongs(self, seed_run, shared_data):
        with open(shared_data / "gold" / "seed_lines.tsv", encoding="utf-8", newline="") as file:
            labelled = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        place = {
            (name, line): rule
            for name, line, rule in query(
                seed_run.warehouse,
                """
                SELECT parse_filename(source_file), line_number, rule FROM (
                  SELECT article_id, split_part(paragraph_id, '-', 2)::INT AS line_number,
                         'paragraph' AS rule FROM paragraphs
                  UNION ALL SELECT article_id, line_number, rule FROM removed_lines
                ) JOIN articles USING (article_id)
                """,
            )
        }
        lines = {(row["file"], int(row["line"])): row for row in labelled}
        content = [key for key, row in lines.items() if row["label"] == "content"]
        unwanted = [
            key for key, row in lines.items() if row["label"] in ("boilerplate", "duplicate")
        ]
        assert (len(content), len(unwanted)) == (82, 20)
        lost = [key for key in content if place[key] not in ("paragraph", "field:title")]
        kept = [key for key in unwanted if place[key] in ("paragraph", "field:title")]
        assert not lost
        assert not kept
        assert place.keys() == {key for key, row in lines.items() if row["label"] != "blank"}


OWN_ARTICLE = [
    ("keep", "Ferries stay in port as ice closes the northern channel"),
    ("remove", "Share this articleShare this article"),
    ("keep", "Ice up to forty centimetres thick closed the northern channel on Tuesday, and the "
             "harbour authority told all ferries to stay in port until an icebreaker arrives."),
    ("keep", "Around two thousand passengers were waiting in the terminal on Tuesday evening, and "
             "the operator opened two halls of the old customs house for the night."),
    ("remove", ">> Read more: Icebreakers wait for a new contract"),
    ("keep", "The authority said that it would measure the ice again at dawn, and that small boats "
             "should not leave the inner basin before the result is known."),
    ("remove", "Copyright 2024 Northern Channel Courier. All rights reserved."),
]  # fmt: skip

OWN_COPY = [
    ("near", "Ice up to forty centimetres thick closed the northern channel Tuesday, and the "
             "harbour authority told ferries to stay in port until an icebreaker arrives."),
    ("other", "On the island itself shops were open as usual, since flour, fuel and medicine for "
              "three weeks had been stored in the school before the first frost."),
    ("near", "Around two thousand passengers were waiting in the terminal on Tuesday night, and "
             "the operator opened two halls of the former customs house for them."),
]  # fmt: skip


def test_dumps_of_our_own_come_out_as_marked(desk, tmp_path):
    inputs = tmp_path / "dumps"
    inputs.mkdir()
    early = {
        "url": "https://courier.example/ice",
        "date": "2024-01-09T20:00:00Z",
        "title": OWN_ARTICLE[0][1],
        "text": "\n\n".join(line for _, line in OWN_ARTICLE),
    }
    late = {
        "url": "https://gazette.example/1",
        "date": "2024-01-10T05:00:00Z",
        "title": "Island copes without ferries",
        "text": "\n\n".join(line for _, line in OWN_COPY),
    }
    # The later one comes first, so that only its time makes it the copy.
    (inputs / "dump.jsonl").write_text(f"{json.dumps(late)}\n{json.dumps(early)}\n")
    warehouse = tmp_path / "warehouse"
    done(desk.run(inputs, warehouse))
    removed = {text for (text,) in query(warehouse, "SELECT text FROM removed_lines")}
    kept = {text for (text,) in query(warehouse, "SELECT text FROM paragraphs")}
    title = OWN_ARTICLE[0][1]
    assert {line for mark, line in OWN_ARTICLE if mark == "remove"} <= removed - {title}
    assert {line for mark, line in OWN_ARTICLE if mark == "keep"} - {title} <= kept
    [(unique,)] = query(warehouse, "SELECT unique_text FROM articles WHERE url = ?", late["url"])
    assert unique == "\n\n".join(line for mark, line in OWN_COPY if mark == "other")
    links = query(
        warehouse,
        "SELECT p.text, s.text FROM paragraph_links AS l "
        "JOIN paragraphs AS p ON p.paragraph_id = l.paragraph_id "
        "JOIN paragraphs AS s ON s.paragraph_id = l.source_paragraph_id",
    )
    assert set(links) == {(OWN_COPY[0][1], OWN_ARTICLE[2][1]), (OWN_COPY[2][1], OWN_ARTICLE[3][1])}


# --- nothing vanishes ----------------------------------------------------------------------------

PAGE = """<!doctype html><html><head><title>Bridge reopens</title></head><body>
<nav><a href="/">Home</a></nav><article><h1>Bridge reopens after repairs</h1>
<p>The bridge over the river was opened again on Friday after eleven weeks of repairs, and the
first buses crossed it shortly before six in the morning.</p>
<p>The city had planned for fourteen weeks; a mild autumn let the crews pour the concrete of the
last two spans earlier than they had expected in the summer.</p>
</article><footer>Imprint</footer></body></html>"""


@dataclasses.dataclass(frozen=True)
class Mixed:
    """A warehouse of mixed dumps, good and broken.

    Attributes:
      warehouse: its folder.
      records: source file -> records in it.
      texts: the lines of every plain-text article, by its source file and record.
    """

    warehouse: Path
    records: Mapping[str, int]
    texts: Mapping[tuple[str, int], Counter[str]]


def text_lines(text: str) -> Counter[str]:
    return Counter(line.strip() for line in text.split("\n") if line.strip())


@pytest.fixture(scope="session")
def mixed(desk: Desk, corpus: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Mixed:
    folder = tmp_path_factory.mktemp("mixed")
    inputs = folder / "dumps"
    inputs.mkdir()
    records: dict[str, int] = {}
    texts: dict[tuple[str, int], Counter[str]] = {}

    def put(name: str, content: bytes, count: int) -> None:
        (inputs / name).write_bytes(content)
        records[str(inputs / name)] = count

    def put_records(name: str, lines: Sequence[bytes], packed: bytes) -> None:
        put(name, packed, len(lines))
        for number, line in enumerate(lines):
            texts[str(inputs / name), number] = text_lines(json.loads(line)["text"])

    for seed in sorted((REPOSITORY / "seeds").glob("*.txt")):
        put(seed.name, seed.read_bytes(), 1)
        texts[str(inputs / seed.name), 0] = text_lines(seed.read_text(encoding="utf-8"))
    put_records("plain.jsonl", corpus[:20], b"".join(corpus[:20]))
    put_records("packed.jsonl.gz", corpus[20:35], gzip.compress(b"".join(corpus[20:35])))
    broken = [
        *corpus[35:40],
        b"{broken\n",
        b"[1, 2]\n",
        b'{"title": "no text"}\n',
        b"\n",
        b"null\n",
    ]
    put("broken.jsonl", b"".join(broken), 9)
    for number, line in enumerate(corpus[35:40]):
        texts[str(inputs / "broken.jsonl"), number] = text_lines(json.loads(line)["text"])
    windows = (
        "Café crème\r\n\r\nThe price of a coffee in the café rose to three euros \u2013 again.\r\n"
    )
    put("windows.txt", windows.encode("cp1252"), 1)
    texts[str(inputs / "windows.txt"), 0] = text_lines(windows)
    # A name in Latin-1, which is no UTF-8, is told by its escapes; others stay as they are.
    latin = os.fsdecode("caf\u00e9.txt".encode("latin-1"))
    put(latin, b"The pier was closed on Monday after a storm.\n", 1)
    records[str(inputs / latin.replace("\udce9", r"\udce9"))] = records.pop(str(inputs / latin))
    put("two\nlines [*]? 'x'.txt", b"The pier was opened again on Tuesday.\n", 1)
    put("page.html", PAGE.encode(), 1)
    put("page.html.gz", gzip.compress(PAGE.replace("Friday", "Sunday").encode()), 1)
    put("empty.txt", b"", 1)
    put("blank.txt", b" \n\n \n", 1)
    put("noise.bin", bytes(random.Random(7).randbytes(4096)), 1)
    cut = gzip.compress(b"".join(corpus[40:60]))
    put("cut.jsonl.gz", cut[: len(cut) // 2], 0)  # counted below: what could be saved of it
    put("not-gzip.jsonl.gz", b"\x1f\x8b\x08\x00garbage that is not deflated", 1)
    warehouse = folder / "warehouse"
    done(desk.run(inputs, warehouse, batch_bytes=20_000))
    del records[str(inputs / "cut.jsonl.gz")]
    return Mixed(warehouse, records, texts)


class TestNothingVanishes:
    def test_every_record_is_an_article_or_a_reject(self, mixed):
        counted = dict(
            query(
                mixed.warehouse,
                """
                SELECT source_file, count(*) FROM (
                  SELECT source_file FROM articles UNION ALL SELECT source_file FROM rejects
                ) GROUP BY ALL
                """,
            )
        )
        cut = [name for name in counted if name.endswith("cut.jsonl.gz")]
        assert len(cut) == 1
        del counted[cut[0]]
        assert counted == mixed.records

    def test_a_cut_off_dump_gives_what_is_whole_and_one_reject(self, mixed):
        rejects = query(
            mixed.warehouse,
            "SELECT reason, length(detail) > 0 FROM rejects WHERE source_file LIKE '%cut.jsonl.gz'",
        )
        assert len(rejects) == 1
        [(articles,)] = query(
            mixed.warehouse, "SELECT count(*) FROM articles WHERE source_file LIKE '%cut.jsonl.gz'"
        )
        assert 0 < articles < 20

    def test_every_line_of_a_text_is_a_paragraph_or_a_removed_line(self, mixed):
        found: dict[tuple[str, int], Counter[str]] = {}
        for name, record, line in query(
            mixed.warehouse,
            """
            SELECT a.source_file, a.record_index, t.text FROM (
              SELECT article_id, text FROM paragraphs
              UNION ALL SELECT article_id, text FROM removed_lines
            ) AS t JOIN articles AS a USING (article_id)
            """,
        ):
            found.setdefault((name, record), Counter())[line] += 1
        wrong = {key: lines for key, lines in mixed.texts.items() if found.get(key) != lines}
        assert not wrong

    def test_every_reject_has_a_reason_and_what_was_there(self, mixed):
        reasons = dict(
            query(
                mixed.warehouse,
                "SELECT parse_filename(source_file) || coalesce(' ' || record_index, ''), reason "
                "FROM rejects",
            )
        )
        assert reasons["broken.jsonl 5"] == "invalid_json"
        assert reasons["broken.jsonl 6"] == "not_a_record"
        assert reasons["broken.jsonl 7"] == "no_text"
        assert query(
            mixed.warehouse,
            "SELECT decode(raw) FROM rejects WHERE source_file LIKE '%broken.jsonl' "
            "AND record_index = 5",
        ) == [("{broken",)]
        assert {"empty.txt", "blank.txt 0", "not-gzip.jsonl.gz"} <= reasons.keys()
        assert not query(mixed.warehouse, "FROM rejects WHERE coalesce(detail, '') = ''")

    def test_the_sums_of_the_run_are_those_of_its_rows(self, mixed):
        [(records, articles, rejects, lines, paragraphs, removed)] = query(
            mixed.warehouse,
            "SELECT records, articles, rejects, lines, paragraphs, removed_lines FROM runs",
        )
        counts = [
            query(mixed.warehouse, f"SELECT count(*) FROM {table}")[0][0]
            for table in ("articles", "rejects", "paragraphs", "removed_lines")
        ]
        assert [articles, rejects, paragraphs, removed] == counts
        assert records == articles + rejects
        assert lines == paragraphs + removed
        assert not problems(mixed.warehouse)


# --- the same rows, whatever the circumstances ---------------------------------------------------


def put_split(folder: Path, lines: Sequence[bytes], files: int, seed: int) -> Path:
    """Writes lines to files, in another order and under names that sort against it."""
    mixed_up = list(lines)
    chance = random.Random(seed)
    chance.shuffle(mixed_up)
    folder.mkdir(parents=True)
    names = [f"{number:03d}.jsonl" for number in range(files)]
    chance.shuffle(names)
    for number, name in enumerate(names):
        (folder / name).write_bytes(b"".join(mixed_up[number::files]))
    return folder


@pytest.fixture(scope="session")
def whole(desk: Desk, corpus: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of the corpus in one file, read in one run."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "dumps").mkdir()
    (folder / "dumps" / "corpus.jsonl").write_bytes(b"".join(corpus))
    done(desk.run(folder / "dumps", folder / "warehouse"))
    return folder / "warehouse"


@pytest.fixture(scope="session")
def variants(
    desk: Desk, corpus: list[bytes], mixed: Mixed, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Path]:
    """Warehouses of the same dumps, read under other circumstances."""
    folder = tmp_path_factory.mktemp("variants")
    mixed_dumps = mixed.warehouse.parent / "dumps"
    moved = folder / "moved"
    shutil.copytree(mixed_dumps, moved)
    seeds = folder / "other seeds"
    shutil.copytree(REPOSITORY / "seeds", seeds)
    thirds = put_split(folder / "thirds", corpus, 3, seed=1)
    single = put_split(folder / "single", corpus, len(corpus), seed=2)
    files = sorted(path for path in mixed_dumps.iterdir())
    random.Random(3).shuffle(files)

    def task(
        name: str, inputs: Path | Sequence[Path], *options: str, **conditions: Any
    ) -> Callable[[], Path]:
        def work() -> Path:
            done(desk.run(inputs, folder / name, *options, **conditions))
            return folder / name

        return work

    return all_of(
        {
            "seeds": task("w1", seeds, "--processes", "1", "--partitions", "3"),
            "thirds": task(
                "w2", thirds, "--processes", "2", "--partitions", "16", batch_bytes=30_000
            ),
            "single": task("w3", single, "--processes", "1", "--partitions", "3"),
            "files": task("w4", files, "--processes", "2", "--partitions", "3"),
            "moved": task("w5", moved, "--processes", "0", "--partitions", "1", batch_bytes=9_000),
        }
    )


class TestSameRows:
    @pytest.mark.parametrize("variant", ["thirds", "single"])
    def test_for_any_split_and_order_of_a_corpus(self, whole, variants, variant):
        assert rows(variants[variant], NAMED) == rows(whole, NAMED)

    @pytest.mark.parametrize("variant", ["files", "moved"])
    def test_for_mixed_dumps_named_in_any_order_or_lying_elsewhere(self, mixed, variants, variant):
        # What a reject says names the dump with its folder.
        assert rows(variants[variant], ("detail",)) == rows(mixed.warehouse, ("detail",))

    def test_for_seeds_lying_elsewhere(self, seed_run, variants):
        assert rows(variants["seeds"]) == rows(seed_run.warehouse)

    def test_for_a_job_server_of_beams_that_runs_the_portable_pipeline(self, mixed, tmp_path):
        """As on Flink: a graph handed over, workers elsewhere that share nothing but storage."""
        servicer = LocalJobServicer(staging_dir=str(tmp_path / "jobs"))
        port = servicer.start_grpc_server(0)
        try:
            finished = run_command(
                [sys.executable, "-m", "pipeline",
                 *map(str, run_arguments(mixed.warehouse.parent / "dumps", tmp_path / "out")),
                 "--staging", str(tmp_path / "shared"), "--partitions", "3",
                 "--runner", "PortableRunner", "--job_endpoint", f"localhost:{port}",
                 "--environment_type", "LOOPBACK"],
            )  # fmt: skip
        finally:
            servicer.stop()
        assert finished.code == 0, finished.err
        assert "running on PortableRunner" in finished.err
        assert rows(tmp_path / "out", ("detail",)) == rows(mixed.warehouse, ("detail",))
        assert not list((tmp_path / "shared").iterdir())
        assert not problems(tmp_path / "out")

    def test_and_the_rows_are_worth_comparing(self, whole):
        kinds = dict(query(whole, "SELECT kind, count(*) FROM paragraph_links GROUP BY kind"))
        assert set(kinds) == {"exact", "near", "contained"}
        assert query(whole, "SELECT count(*) FROM articles") == [(60,)]


# --- again, and in parts -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def halves(desk: Desk, corpus: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the corpus in two halves and three warehouses.

    ``first`` holds the first half, ``both`` the second half on top of it.
    """
    folder = tmp_path_factory.mktemp("halves")
    for name, lines in (("a", corpus[:30]), ("b", corpus[30:])):
        (folder / f"{name}.jsonl").write_bytes(b"".join(lines))
    done(desk.run(folder / "a.jsonl", folder / "first"))
    shutil.copytree(folder / "first", folder / "both")
    done(desk.run(folder / "b.jsonl", folder / "both", "--partitions", "3"))
    return folder


Classes = dict[str, str]


def exact_classes(warehouse: Path) -> Classes:
    """Returns paragraph -> the first by id of those it equals, itself among them."""
    equal = query(
        warehouse,
        "SELECT paragraph_id, source_paragraph_id FROM paragraph_links WHERE kind = 'exact'",
    )
    first = {name: name for (name,) in query(warehouse, "SELECT paragraph_id FROM paragraphs")}

    def find(name: str) -> str:
        while first[name] != name:
            name = first[name]
        return name

    for one, two in equal:
        one, two = sorted((find(one), find(two)))
        first[two] = one
    return {name: find(name) for name in first}


def text_links(warehouse: Path, classes: Classes) -> set[tuple[Any, ...]]:
    """Returns the links between different texts, whoever printed them and whichever came first."""
    found = set()
    for later, source, kind, similarity, own, other in query(
        warehouse,
        "FROM paragraph_links SELECT * EXCLUDE (run_id) WHERE kind <> 'exact'",
    ):
        ends = frozenset(((classes[later], own), (classes[source], other)))
        found.add((ends, kind, similarity))
    return found


class TestInParts:
    def test_two_runs_find_the_copies_that_one_finds(self, halves, whole):
        classes = exact_classes(whole)
        assert exact_classes(halves / "both") == classes
        links = text_links(whole, classes)
        assert text_links(halves / "both", classes) == links
        assert len(links) > 40

    def test_what_was_committed_first_is_the_source(self, halves):
        [(backwards,)] = query(
            halves / "both",
            """
            SELECT count(*) FROM paragraph_links AS l
            JOIN paragraphs AS p ON p.paragraph_id = l.paragraph_id
            JOIN paragraphs AS s ON s.paragraph_id = l.source_paragraph_id
            WHERE p.run_id < s.run_id
            """,
        )
        assert backwards == 0
        [(across,)] = query(
            halves / "both",
            """
            SELECT count(*) FROM paragraph_links AS l
            JOIN paragraphs AS p ON p.paragraph_id = l.paragraph_id
            JOIN paragraphs AS s ON s.paragraph_id = l.source_paragraph_id
            JOIN articles AS a ON a.article_id = p.article_id
            JOIN articles AS b ON b.article_id = s.article_id
            WHERE p.run_id > s.run_id AND a.published_at < b.published_at
            """,
        )
        assert across > 0, "no pair of this corpus shows what committed sources are for"

    def test_where_the_sources_came_first_directions_are_those_of_one_run(
        self, halves, whole, desk, corpus, tmp_path
    ):
        by_time = sorted(corpus, key=lambda line: json.loads(line)["date"])
        for name, lines in (("1", by_time[:30]), ("2", by_time[30:])):
            (tmp_path / f"{name}.jsonl").write_bytes(b"".join(lines))
            done(desk.run(tmp_path / f"{name}.jsonl", tmp_path / "warehouse"))
        assert rows(tmp_path / "warehouse", NAMED) == rows(whole, NAMED)

    def test_the_first_half_is_untouched_by_the_second(self, halves):
        before = rows(halves / "first")["articles"]
        assert set(before) < set(rows(halves / "both")["articles"])
        assert not problems(halves / "both")


class TestRepeated:
    """The same dump twice, in one run and in the next."""

    @pytest.fixture(scope="class")
    @staticmethod
    def warehouse(
        desk: Desk, corpus: list[bytes], tmp_path_factory: pytest.TempPathFactory
    ) -> Path:
        folder = tmp_path_factory.mktemp("repeated")
        seeds = REPOSITORY / "seeds"
        for name in ("one", "two"):
            (folder / name).mkdir()
            # The copy comes twice, its source once: links must not be doubled with it.
            shutil.copy(seeds / COPY, folder / name)
        shutil.copy(seeds / AGENCY, folder / "one")
        (folder / "one" / "corpus.jsonl").write_bytes(b"".join([*corpus[:30], *corpus[5:8]]))
        done(
            desk.run(
                [folder / "two", folder / "one"],
                folder / "warehouse",
                "--partitions",
                "3",
                batch_bytes=20_000,
            )
        )
        return folder / "warehouse"

    def test_gives_one_article_and_one_reject_each(self, warehouse):
        assert query(
            warehouse,
            "SELECT parse_filename(source_file), record_index, stage FROM rejects "
            "WHERE reason = 'repeated_dump' ORDER BY ALL",
        ) == [
            (COPY, 0, "RepeatedDumps"),
            *(("corpus.jsonl", number, "RepeatedDumps") for number in (30, 31, 32)),
        ]
        assert query(warehouse, "SELECT count(*) FROM articles") == [(32,)]

    def test_leaves_what_the_first_by_name_gives(self, warehouse):
        [(kept,)] = query(
            warehouse, "SELECT source_file FROM articles WHERE source_file LIKE ?", f"%{COPY}"
        )
        assert Path(kept).parent.name == "one"
        [(detail,)] = query(
            warehouse, "SELECT detail FROM rejects WHERE source_file LIKE ?", f"%{COPY}"
        )
        assert kept in detail

    def test_doubles_no_paragraph_and_no_link(self, warehouse):
        assert not problems(warehouse)
        links = query(
            warehouse,
            """
            SELECT split_part(l.paragraph_id, '-', 2)::INT,
                   split_part(l.source_paragraph_id, '-', 2)::INT
            FROM paragraph_links AS l JOIN paragraphs AS p ON p.paragraph_id = l.paragraph_id
            JOIN articles AS a USING (article_id) WHERE a.source_file LIKE ?
            """,
            f"%{COPY}",
        )
        assert sorted(links) == sorted(SEED_PAIRS)

    def test_again_in_a_later_run_under_another_name_changes_only_rejects(
        self, warehouse, desk, corpus
    ):
        before = rows(warehouse)
        later = warehouse.parent / "later.jsonl"
        later.write_bytes(b"".join(corpus[3:9]))
        done(desk.run(later, warehouse))
        after = rows(warehouse)
        for table in ("articles", "paragraphs", "paragraph_links", "removed_lines"):
            assert after[table] == before[table], table
        assert len(after["rejects"]) == len(before["rejects"]) + 6
        assert not problems(warehouse)


class TestNothingNew:
    def test_a_second_run_changes_no_byte(self, halves, desk, tmp_path):
        warehouse = tmp_path / "warehouse"
        shutil.copytree(halves / "first", warehouse)
        with Warehouse(str(warehouse)).open_for_writing(SCHEMA):
            pass  # the catalog of a copy names the folder it was copied from
        before = tree(warehouse)
        (tmp_path / "elsewhere").mkdir()
        shutil.copy(halves / "a.jsonl", tmp_path / "elsewhere" / "a.jsonl")
        ended = done(desk.run(tmp_path / "elsewhere", warehouse))
        assert "Nothing is new" in ended.out
        assert tree(warehouse) == before


class TestAgain:
    """A dump that was read wrongly at first, and once more with the right names."""

    @pytest.fixture(scope="class")
    @staticmethod
    def runs(
        desk: Desk, corpus: list[bytes], tmp_path_factory: pytest.TempPathFactory
    ) -> tuple[Path, list[Ended]]:
        folder = tmp_path_factory.mktemp("again")
        dump = folder / "dump.jsonl"
        records = [json.loads(line) for line in corpus[:4]]
        for record in records[1:]:
            record["inhalt"] = record.pop("text")
        dump.write_text("".join(json.dumps(record) + "\n" for record in records))
        warehouse = folder / "warehouse"
        mapped = ("--map", "text=inhalt")
        runs = [
            done(desk.run(dump, warehouse, *options))
            for options in ((), mapped, (*mapped, "--again"), mapped)
        ]
        return warehouse, runs

    def test_without_a_word_it_is_known_and_the_word_is_told(self, runs):
        for ended in (runs[1][1], runs[1][3]):
            assert "Nothing is new" in ended.out
            assert "--again" in ended.out

    def test_what_was_rejected_becomes_articles_and_what_is_there_a_reject(self, runs):
        assert query(
            runs[0],
            "SELECT run, reason, count(*) FROM (SELECT dense_rank() OVER (ORDER BY run_id) AS run, "
            "reason FROM rejects) GROUP BY ALL ORDER BY ALL",
        ) == [(1, "no_text", 3), (2, "repeated_dump", 1)]
        assert query(runs[0], "SELECT count(*), count(DISTINCT run_id) FROM articles") == [(4, 2)]
        assert not problems(runs[0])

    def test_a_dump_is_listed_once(self, runs):
        newest = Warehouse(str(runs[0])).latest()
        assert newest is not None
        assert len(newest.inputs) == 1


# --- refusals ------------------------------------------------------------------------------------


class TestRefusals:
    def test_a_second_writer_is_told_who_writes(self, halves, desk, tmp_path):
        warehouse = tmp_path / "warehouse"
        shutil.copytree(halves / "first", warehouse)
        with Warehouse(str(warehouse)).open_for_writing(SCHEMA):
            before = tree(warehouse)
            ended = desk.run(halves / "b.jsonl", warehouse)
            assert ended.code == 1
            assert f"process {os.getpid()}" in only_sentence(ended.err)
            assert tree(warehouse) == before
        assert not wait_until_gone(ended.session)

    def test_a_warehouse_of_a_newer_copydesk_is_left_alone(self, halves, desk, tmp_path):
        warehouse = tmp_path / "warehouse"
        shutil.copytree(halves / "first", warehouse)
        manifest = warehouse / "manifests" / "1.json"
        newer = json.loads(manifest.read_text()) | {"schema_version": 99, "version": "77.0"}
        manifest.write_text(json.dumps(newer))
        before = tree(warehouse)
        ended = desk.run(halves / "b.jsonl", warehouse)
        assert ended.code == 1
        assert "77.0" in only_sentence(ended.err)
        assert tree(warehouse) == before

    @pytest.mark.skipif(not Path("/proc").is_dir(), reason="nobody, root neither, can write /proc")
    def test_a_place_where_nobody_may_write(self, halves, desk):
        ended = desk.run(halves / "b.jsonl", Path("/proc/warehouse"))
        assert ended.code == 1
        assert "/proc/warehouse" in only_sentence(ended.err)

    def test_a_full_disk_fails_with_one_sentence_and_the_old_state(self, halves, desk, tmp_path):
        warehouse = tmp_path / "warehouse"
        shutil.copytree(halves / "first", warehouse)
        with Warehouse(str(warehouse)).open_for_writing(SCHEMA):
            pass
        before = rows(warehouse)
        ended = desk.run(halves / "b.jsonl", warehouse, file_bytes=60_000)
        assert ended.code == 1
        sentence = only_sentence(ended.err)
        assert "while running" not in sentence
        assert rows(warehouse) == before
        assert not wait_until_gone(ended.session)
        done(desk.run(halves / "b.jsonl", warehouse))
        assert not problems(warehouse)


# --- killed --------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Killed:
    """A run that was killed, and the run after it.

    Attributes:
      code: how the first ended.
      orphaned: worker processes that outlived it.
      during: rows that a reader saw between the two.
      recovered: how the second ended.
      after: rows after it.
      wrong: what is wrong with the warehouse then.
      elsewhere: what lies in the staging folder outside the warehouse: before, and after it.
    """

    code: int
    orphaned: list[int]
    during: Mapping[str, list[str]]
    recovered: Ended
    after: Mapping[str, list[str]]
    wrong: list[str]
    elsewhere: tuple[list[str], list[str]]


@pytest.fixture(scope="session")
def killed(
    desk: Desk, halves: Path, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Killed]:
    folder = tmp_path_factory.mktemp("killed")

    def task(number: int, point: str) -> Callable[[], Killed]:
        def work() -> Killed:
            warehouse = folder / str(number)
            shutil.copytree(halves / "first", warehouse)
            with Warehouse(str(warehouse)).open_for_writing(SCHEMA):
                pass
            arguments = run_arguments(halves / "b.jsonl", warehouse, "--partitions", "2")
            staging = folder / f"staging of {number}"
            staging.mkdir()
            more = ["--staging", staging] if number % 2 else []
            ended = desk.start(
                [[*arguments, *more]], Conditions(kill_at=point, batch_bytes=20_000)
            )()
            orphaned = wait_until_gone(ended.session)
            during, left = rows(warehouse), os.listdir(staging)
            recovered = desk.start([arguments])()
            return Killed(
                ended.code,
                orphaned,
                during,
                recovered,
                rows(warehouse),
                problems(warehouse),
                (left, os.listdir(staging)),
            )

        return work

    return all_of({point: task(number, point) for number, point in enumerate(KILL_POINTS)})


class TestKilled:
    @pytest.mark.parametrize("point", KILL_POINTS)
    def test_readers_see_the_old_state_and_the_next_run_completes(self, killed, halves, point):
        run = killed[point]
        assert run.code == -signal.SIGKILL
        assert not run.orphaned, "worker processes outlived the run"
        swapped = point == KILL_POINTS[-1]
        assert run.during == rows(halves / ("both" if swapped else "first"))
        assert run.recovered.code == 0, run.recovered.err
        known = KILL_POINTS.index(point) >= COMMITTED
        assert ("Nothing is new" in run.recovered.out) == known
        assert run.after == rows(halves / "both")
        assert not run.wrong
        before, after = run.elsewhere
        elsewhere = KILL_POINTS.index(point) % 2
        committing = KILL_POINTS.index(point) >= KILL_POINTS.index("the run's own row is written")
        # Beside the commit the staged shards are removed: they may be gone or not.
        assert len(before) == elsewhere or (committing and not before)
        assert not after

    @pytest.mark.parametrize("sign", ["staging/*/shards/*/*.arrow", "data/*/*.parquet"])
    def test_killed_from_outside_by_what_lies_in_the_warehouse(self, halves, desk, tmp_path, sign):
        """The real command, killed as soon as something has appeared, wherever it then is."""
        warehouse = tmp_path / "warehouse"
        inputs = tmp_path / "dumps"
        inputs.mkdir()
        shutil.copy(halves / "a.jsonl", inputs)
        with subprocess.Popen(
            [sys.executable, "-m", "pipeline",
             *map(str, run_arguments(inputs, warehouse))],
            cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:  # fmt: skip
            deadline = time.monotonic() + 60
            while not any(warehouse.glob(sign)) and process.poll() is None:
                assert time.monotonic() < deadline
                time.sleep(0.001)
            process.kill()
        assert not wait_until_gone(process.pid)
        if process.returncode != 0 and not any(warehouse.glob("manifests/*.json")):
            assert not (warehouse / "news.duckdb").exists()
        done(desk.run(inputs, warehouse))
        assert rows(warehouse) == rows(halves / "first")
        assert not problems(warehouse)


# --- readers while a writer commits --------------------------------------------------------------


@pytest.fixture(scope="session")
def readers(
    desk: Desk, corpus: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Ended, list[Mapping[str, Any]]]:
    """Ten commits of three articles each, under the eyes of two readers."""
    folder = tmp_path_factory.mktemp("readers")
    dumps = [folder / f"{number}.jsonl" for number in range(10)]
    for number, dump in enumerate(dumps):
        dump.write_bytes(b"".join(corpus[3 * number : 3 * number + 3]))
    warehouse = folder / "warehouse"
    warehouse.mkdir()
    wait = desk.start([run_arguments(dump, warehouse) for dump in dumps])
    reading = [Reader(warehouse, folder / f"reader-{number}.json") for number in range(2)]
    ended = wait()
    return warehouse, ended, [reader.stop() for reader in reading]


class TestReaders:
    def test_they_never_see_an_error_or_a_mixture(self, readers):
        warehouse, ended, seen = readers
        assert ended.code == 0, ended.err
        snapshots: dict[int, set[tuple[int, ...]]] = {}
        for reader in seen:
            assert not reader["errors"]
            for figures in reader["seen"]:
                assert counts_agree(figures), figures
                snapshots.setdefault(figures[0], set()).add(tuple(figures))
            numbers = [figures[0] for figures in reader["seen"]]
            assert numbers == sorted(numbers), "a reader went back in time"
        assert all(len(figures) == 1 for figures in snapshots.values())
        assert len(snapshots) > 4, "the readers saw too few of the commits to prove anything"
        [last] = query(warehouse, COUNTS)
        assert last[0] == 10
        assert last[1] == 30

    def test_meanwhile_small_files_were_merged(self, readers):
        newest = Warehouse(str(readers[0])).latest()
        assert any("-merged." in file.path for file in newest.files)
        assert any("-merged." in file.path for file in newest.index_files)

    def test_one_that_stays_keeps_its_snapshot(self, readers):
        for reader in readers[2]:
            assert reader["held"]
            assert len({tuple(figures) for figures in reader["held"]}) == 1

    def test_ten_runs_find_the_copies_that_one_finds(self, readers, halves):
        classes = exact_classes(halves / "first")
        assert exact_classes(readers[0]) == classes
        assert text_links(readers[0], classes) == text_links(halves / "first", classes)
        assert not problems(readers[0])


# --- transforms of the user's own ----------------------------------------------------------------

OWN_TRANSFORMS = '''
"""What a user might drop in."""

import dataclasses
import os
import signal

import pyarrow as pa

from pipeline.transform import Column, Drop, Transform


@dataclasses.dataclass
class ReadingTime(Transform):
    """Adds how long an average reader needs.

    Args:
      words_per_minute: reading speed.
    """

    reads = ("text",)
    adds = {"reading_seconds": Column(pa.int32(), "Estimated reading time, in seconds.")}
    words_per_minute: int = 230

    def apply(self, article):
        words = len(article["text"].split())
        return article | {"reading_seconds": round(60 * words / self.words_per_minute)}


class Mishaps(Transform):
    """Does to an article what its title says."""

    reads = ("title", "reading_seconds")
    adds = {
        "mishap": Column(pa.string(), "What happened; nothing, as a rule."),
        "mishap_count": Column(pa.int64(), "How often."),
    }

    def apply(self, article):
        what = article["title"]
        if what == "raise":
            raise KeyError("no such thing")
        if what == "drop":
            raise Drop("not_wanted", "The title says so.")
        if what == "wrong type":
            return article | {"mishap": "wrong type", "mishap_count": "many"}
        if what == "hang":
            while True:
                pass
        if what == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "leave":
            os._exit(3)
        if what == "eat":
            hoard = []
            while True:
                hoard.append(bytearray(64 << 20))
        if what == "return nothing":
            return None
        if what == "forget":
            return article
        if what == "lose":
            return {"mishap": None, "mishap_count": 0}
        if what in ("hoard", "hoard too"):
            hoard = bytearray(300 << 20)
            raise ValueError("no room for a second one")
        return article | {"mishap": None, "mishap_count": 0}


class BatchMishaps(Transform):
    """Does to a batch what a title in it says."""

    reads = ("title", "mishap")
    adds = {"batch_mishap": Column(pa.bool_(), "Whether there was one; never.")}

    def apply_batch(self, articles):
        titles = [article["title"] for article in articles]
        if "batch raise" in titles:
            raise KeyError("no such thing")
        if "batch hang" in titles:
            while True:
                pass
        if "batch die" in titles:
            os.kill(os.getpid(), signal.SIGKILL)
        results = [article | {"batch_mishap": False} for article in articles]
        for place, title in enumerate(titles):
            if title == "batch drop":
                results[place] = Drop("not_wanted", "A batch has its own.")
        return results[1:] if "batch short" in titles else results
'''

OWN_TABLE = '''
"""A table of the user's own, over the whole corpus."""

import pyarrow as pa

from pipeline.transform import Column, CorpusTransform, Stage, Stream, Table

TITLES = pa.schema([("key", pa.uint64()), ("title", pa.string())])
ANNOTATIONS = pa.schema([("shard", pa.uint64())])


class Titles(CorpusTransform):
    """Counts the articles of each length of title."""

    reads = ("title",)
    paragraph_columns = {
        "is_titled": Column(
            pa.bool_(), "Whether its article has a title.", after="position",
            counted="paragraphs with a title", run_column="titled_paragraphs",
        )
    }
    tables = {
        "title_lengths": Table(
            "A length of titles.",
            {
                "length": Column(pa.int64(), "Characters."),
                "size": Column(pa.string(), "short or long.", counted="lengths of titles"),
            },
            after="paragraphs",
        )
    }
    sql = "titles.sql"
    streams = (
        Stream("titles", TITLES, key="key"),
        Stream("annotations", ANNOTATIONS, key="shard"),
        Stream(
            "title_lengths", pa.schema([("length", pa.int64()), ("size", pa.string())]), key=""
        ),
    )
    stages = (Stage("measure", reads=("titles",), writes=("annotations", "title_lengths")),)

    def fingerprint(self, shard, tables):
        titles = [title or "" for title in tables["articles"]["title"].to_pylist()]
        rows = [{"key": len(title), "title": title} for title in titles]
        return {"titles": pa.Table.from_pylist(rows, schema=TITLES)}

    def measure(self, tables, earlier):
        lengths = sorted({len(row["title"]) for row in tables["titles"].to_pylist()}, reverse=True)
        rows = [{"length": n, "size": "long" if n > 40 else "short"} for n in lengths]
        return {
            "annotations": ANNOTATIONS.empty_table(),
            "title_lengths": pa.Table.from_pylist(rows, schema=self.streams[2].schema),
        }

    def annotate(self, tables, annotations):
        paragraphs = tables["paragraphs"]
        titled = tables["articles"]["title"].is_valid().take(paragraphs["article"])
        return {**tables, "paragraphs": paragraphs.append_column("is_titled", titled)}
'''

OWN_SQL = """
CREATE VIEW longest_title AS SELECT max(length) AS length FROM title_lengths;
COMMENT ON VIEW longest_title IS 'The longest title.';

-- check: no title is longer than 10,000 characters
SELECT length FROM title_lengths WHERE length > 10_000;

-- check: no title is long
SELECT length FROM title_lengths WHERE size = 'long';
"""

MISHAPS = {
    "raise": ("Mishaps", "error"),
    "hoard": ("Mishaps", "error"),
    "hoard too": ("Mishaps", "error"),
    "drop": ("Mishaps", "not_wanted"),
    "wrong type": ("Mishaps", "wrong_type"),
    "hang": ("clean", "time_limit"),
    "die": ("clean", "worker_died"),
    "leave": ("clean", "worker_died"),
    "eat": ("clean", "memory_limit"),
    "return nothing": ("Mishaps", "error"),
    "forget": ("Mishaps", "error"),
    "lose": ("Mishaps", "error"),
    "batch raise": ("BatchMishaps", "error"),
    "batch short": ("BatchMishaps", "error"),
    "batch drop": ("BatchMishaps", "not_wanted"),
    "batch hang": ("clean", "time_limit"),
    "batch die": ("clean", "worker_died"),
}
"""Title -> stage and reason of its reject."""


def copied_repository(folder: Path) -> Path:
    """Returns a copy of what a run needs of the repository."""
    for name in ("pipeline", "transforms"):
        shutil.copytree(
            REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    (folder / "warehouse").mkdir()
    shutil.copy(REPOSITORY / "warehouse" / "README.md", folder / "warehouse" / "README.md")
    return folder


@pytest.fixture(scope="session")
def extended(corpus: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copied repository with transforms of the user's own, and the warehouse ``out`` it made."""
    folder = copied_repository(tmp_path_factory.mktemp("extended") / "repository")
    (folder / "transforms" / "own.py").write_text(OWN_TRANSFORMS)
    (folder / "transforms" / "titles.py").write_text(OWN_TABLE)
    (folder / "transforms" / "titles.sql").write_text(OWN_SQL)
    lines = list(corpus[:20])
    for number, title in enumerate(MISHAPS):
        record = json.loads(corpus[number % 20]) | {
            "title": title,
            "url": f"https://x.example/{number}",
        }
        lines.insert(2 * number, json.dumps(record).encode() + b"\n")
    (folder / "dump.jsonl").write_bytes(b"".join(lines))
    finished = run_command(
        [sys.executable, "-m", "pipeline", "run", "--input", "dump.jsonl", "--warehouse", "out",
         "--document-seconds", "3", "--document-memory", "640", "--processes", "2",
         "--set", "ReadingTime.words_per_minute=100"],
        cwd=folder,
    )  # fmt: skip
    assert finished.code == 0, finished.err
    (folder / "report.txt").write_text(finished.out)
    return folder


class TestOwnTransforms:
    def test_its_table_is_in_its_place_sorted_and_counted(self, extended):
        [(length, rows)] = query(
            extended / "out", "SELECT (FROM longest_title), count(*) FROM title_lengths"
        )
        assert rows > 1
        manifest = json.loads((extended / "out" / "manifests" / "1.json").read_text())
        names = ["articles", "paragraphs", "paragraph_links", "title_lengths"]
        assert list(manifest["columns"])[:4] == names
        lengths = [row[0] for row in query(extended / "out", "SELECT length FROM title_lengths")]
        assert lengths == sorted(lengths)
        assert lengths[-1] == length
        [(titled,)] = query(extended / "out", "SELECT count(*) FROM paragraphs WHERE is_titled")
        assert query(
            extended / "out",
            "SELECT title_lengths, titled_paragraphs FROM runs",
        ) == [(rows, titled)]
        report = (extended / "report.txt").read_text()
        assert re.search(rf"^lengths of titles +{rows}\n  (short|long) ", report, re.MULTILINE)
        assert re.search(r"^paragraphs with a title +[1-9]", report, re.MULTILINE)

    def test_its_checks_are_verified(self, extended):
        done = run_command(
            [sys.executable, "-m", "pipeline", "verify", "--warehouse", "out"], cwd=extended
        )
        long = query(extended / "out", "SELECT count(*) FROM title_lengths WHERE size = 'long'")
        assert "10,000" not in done.out
        assert ("no title is long" in done.out) == (long[0][0] > 0)

    def test_its_column_is_in_the_catalog_with_its_meaning(self, extended):
        wrong = query(
            extended / "out",
            r"""
            SELECT reading_seconds, text FROM articles
            WHERE reading_seconds IS DISTINCT FROM
              round_even(60 * len(regexp_extract_all(text, '\S+')) / 100, 0)::INT
            """,
        )
        assert not wrong
        assert query(
            extended / "out",
            "SELECT data_type, comment FROM duckdb_columns() "
            "WHERE table_name = 'articles' AND column_name = 'reading_seconds'",
        ) == [("INTEGER", "Estimated reading time, in seconds.")]

    def test_its_column_is_in_the_parquet_with_its_type(self, extended):
        import pyarrow as pa
        import pyarrow.parquet as pq

        files = list((extended / "out").glob("data/articles/**/*.parquet"))
        assert files
        for file in files:
            field = pq.read_schema(file).field("reading_seconds")
            assert field.type == pa.int32()
            assert field.metadata[b"description"] == b"Estimated reading time, in seconds."

    def test_its_column_is_in_the_data_dictionary(self, extended):
        dictionary = extended / "warehouse" / "README.md"
        line = "| reading_seconds | INTEGER | Estimated reading time, in seconds. |"
        assert line not in dictionary.read_text()
        done = run_command(
            [sys.executable, "-m", "pipeline.warehouse.dictionary", "warehouse/README.md"],
            cwd=extended,
        )
        assert done.code == 0, done.err
        assert line in dictionary.read_text().splitlines()

    def test_it_is_listed_in_its_place(self, extended):
        listed = run_command([sys.executable, "-m", "pipeline", "transforms"], cwd=extended).out
        assert "adds: reading_seconds" in listed
        assert listed.index("Boilerplate") < listed.index("ReadingTime") < listed.index("Mishaps")

    def test_its_version_and_options_are_recorded_with_the_run(self, extended):
        [(settings,)] = query(extended / "out", "SELECT settings FROM runs")
        recorded = json.loads(settings)["transforms"]["ReadingTime"]
        assert recorded == {"version": 1, "words_per_minute": 100}

    @pytest.mark.parametrize("title", MISHAPS)
    def test_a_mishap_is_a_reject_with_its_stage_and_reason(self, extended, title):
        number = 2 * list(MISHAPS).index(title)
        [(stage, reason, detail, raw)] = query(
            extended / "out",
            "SELECT stage, reason, detail, raw FROM rejects WHERE record_index = ?",
            number,
        )
        if title == "eat" and stage == "Mishaps":
            stage = "clean"  # an allocation that is refused may come before the watch over memory
        assert (stage, reason) == MISHAPS[title]
        assert len(detail) > 10
        assert len(raw) > 100

    def test_what_was_raised_is_told(self, extended):
        [(detail,)] = query(extended / "out", "SELECT detail FROM rejects WHERE record_index = 0")
        assert "KeyError" in detail
        assert "no such thing" in detail
        assert query(
            extended / "out", "SELECT detail FROM rejects WHERE reason = 'not_wanted' ORDER BY 1"
        ) == [("A batch has its own.",), ("The title says so.",)]

    @pytest.mark.parametrize(
        ("title", "part"),
        [
            ("return nothing", "NoneType"),
            ("forget", "without mishap, mishap_count"),
            ("lose", ", article_id, "),
            ("batch short", "0 results for one article"),
        ],
    )
    def test_a_broken_contract_is_told(self, extended, title, part):
        number = 2 * list(MISHAPS).index(title)
        [(detail,)] = query(
            extended / "out", "SELECT detail FROM rejects WHERE record_index = ?", number
        )
        assert part in detail

    def test_the_others_are_as_without_the_mishaps(self, extended):
        assert query(extended / "out", "SELECT count(*) FROM articles") == [(20,)]
        assert query(extended / "out", "SELECT count(*) FROM rejects") == [(len(MISHAPS),)]
        assert not problems(extended / "out")


def test_a_transform_that_loses_a_line_ends_the_run_with_one_sentence(corpus, tmp_path):
    folder = copied_repository(tmp_path / "repository")
    (folder / "transforms" / "loser.py").write_text(
        '"""Loses lines."""\n'
        "from pipeline.transform import Transform\n\n\n"
        "class Loser(Transform):\n"
        '    """Loses the first paragraph of every article."""\n\n'
        '    reads = ("text",)\n'
        '    updates = ("paragraphs",)\n\n'
        "    def apply(self, article):\n"
        '        return article | {"paragraphs": article["paragraphs"][1:]}\n'
    )
    (folder / "dump.jsonl").write_bytes(b"".join(corpus[:3]))
    finished = run_command(
        [sys.executable, "-m", "pipeline", "run", "--input", "dump.jsonl", "--warehouse", "out"],
        cwd=folder,
    )
    assert finished.code == 1
    sentence = only_sentence(finished.err)
    assert "while running" not in sentence
    assert not list((folder / "out" / "manifests").iterdir())


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("def broken(:\n", ["transforms.own", "SyntaxError"]),
        (
            '"""Own."""\nfrom pipeline.transform import Transform\n\n\nclass Own(Transform):\n'
            '    """Own."""\n\n    reads = ("no_such_column",)\n',
            ["Own", "'no_such_column'"],
        ),
    ],
)
def test_a_transform_that_cannot_work_is_told_before_anything_runs(source, parts, tmp_path):
    folder = copied_repository(tmp_path / "repository")
    (folder / "transforms" / "own.py").write_text(source)
    shutil.copytree(REPOSITORY / "seeds", folder / "seeds")
    finished = run_command(
        [sys.executable, "-m", "pipeline", "run", "--input", "seeds", "--warehouse", "out"],
        cwd=folder,
    )
    assert finished.code == 1
    sentence = only_sentence(finished.err)
    for part in parts:
        assert part in sentence
    assert not (folder / "out").exists()

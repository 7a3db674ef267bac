"""The whole of it, from dumps to a warehouse: what a user may rely on, tried by real runs."""

import csv
import dataclasses
import gzip
import json
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from apache_beam.runners.portability.local_job_service import LocalJobServicer

from tests.conftest import REPOSITORY, built_once, run_command
from tests.separate_runs import (
    AGENCY,
    COPY,
    NAMED,
    SEED_PAIRS,
    Desk,
    all_of,
    done,
    problems,
    query,
    rows,
    run_arguments,
)

# --- the seeds -----------------------------------------------------------------------------------


class TestSeeds:
    def test_exactly_four_pairs_are_near_with_the_agency_as_their_source(self, seed_run):
        found = query(
            seed_run.warehouse,
            """
            SELECT parse_filename(a.source_file), parse_filename(b.source_file),
                   split_part(l.paragraph_id, '-', 2)::INT,
                   split_part(l.source_paragraph_id, '-', 2)::INT, l.kind, l.reuse, l.direction,
                   len(l.fragments)
            FROM paragraph_links AS l
            JOIN paragraphs AS p ON p.paragraph_id = l.paragraph_id
            JOIN paragraphs AS s ON s.paragraph_id = l.source_paragraph_id
            JOIN articles AS a ON a.article_id = p.article_id
            JOIN articles AS b ON b.article_id = s.article_id
            """,
        )
        assert {row[:2] for row in found} == {(COPY, AGENCY)}
        assert {row[4] for row in found} == {"near"}
        near = [row[2:] for row in found]
        assert {row[:2] for row in near} == SEED_PAIRS
        assert len(near) == 4
        # One of them is a quotation of a statesman, as the agency has it.
        assert {row[4] for row in near} == {"agency"}
        assert sorted(row[3] for row in near) == ["quotation", "wire", "wire", "wire"]
        # The words of one of them go on beyond a border, into the sentence before.
        assert sorted(row[5] for row in near) == [0, 0, 0, 1]

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
            "FROM paragraph_links WHERE kind = 'near' ORDER BY ALL",
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


@pytest.mark.slow
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
    return built_once(tmp_path_factory, "mixed", lambda folder: mix(folder, desk, corpus))


def mix(folder: Path, desk: Desk, corpus: list[bytes]) -> Mixed:
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
    # A name in Latin-1, which is no UTF-8, is written with escapes; others stay as they are.
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
    done(desk.run(inputs, warehouse, "--processes", "2", batch_bytes=20_000))
    del records[str(inputs / "cut.jsonl.gz")]
    return Mixed(warehouse, records, texts)


@pytest.mark.slow
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
def variants(
    desk: Desk, corpus: list[bytes], mixed: Mixed, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Path]:
    """Warehouses of the same dumps, read under other circumstances."""
    return built_once(
        tmp_path_factory, "variants", lambda folder: vary(folder, desk, corpus, mixed)
    )


def vary(folder: Path, desk: Desk, corpus: list[bytes], mixed: Mixed) -> Mapping[str, Path]:
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
            "seeds": task("w1", seeds, "--partitions", "3"),
            "thirds": task(
                "w2", thirds, "--processes", "2", "--partitions", "16", batch_bytes=30_000
            ),
            "single": task("w3", single, "--processes", "1", "--partitions", "3"),
            "files": task("w4", files, "--partitions", "3"),
            "moved": task("w5", moved, "--partitions", "1", batch_bytes=9_000),
        }
    )


@pytest.mark.slow
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
        assert set(kinds) == {"exact", "near", "contained", "passage"}
        assert query(whole, "SELECT count(*) FROM articles") == [(60,)]

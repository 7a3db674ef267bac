"""Runs onto a warehouse that holds something already, and runs that must not happen."""

import json
import os
import shutil
from pathlib import Path

import pytest

from pipeline.warehouse import Warehouse
from tests.conftest import REPOSITORY
from tests.separate_runs import (
    AGENCY,
    COPY,
    NAMED,
    SEED_PAIRS,
    Desk,
    Ended,
    done,
    exact_classes,
    only_sentence,
    problems,
    query,
    rows,
    text_links,
    tree,
    wait_until_gone,
)
from tests.warehouse_rows import SCHEMA

pytestmark = pytest.mark.slow


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
            WHERE p.run_id < s.run_id AND l.direction IN ('common', 'unknown')
            """,
        )
        assert backwards == 0
        # Whatever a credit or a date says of who has it from whom: what is committed stays.
        [(taken_back,)] = query(
            halves / "both",
            """
            SELECT count(*) FROM paragraphs AS p
            JOIN paragraphs AS s ON s.paragraph_id = p.duplicate_of WHERE p.run_id < s.run_id
            """,
        )
        assert taken_back == 0
        [(across,)] = query(
            halves / "both",
            """
            SELECT count(*) FROM paragraphs AS p
            JOIN paragraphs AS s ON s.paragraph_id = p.duplicate_of
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
        # How many articles have a passage is counted over those that are known by then.
        varying = (*NAMED, "holders", "holder_outlets")
        assert rows(tmp_path / "warehouse", varying) == rows(whole, varying)

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
                   split_part(l.source_paragraph_id, '-', 2)::INT, l.kind
            FROM paragraph_links AS l JOIN paragraphs AS p ON p.paragraph_id = l.paragraph_id
            JOIN articles AS a USING (article_id) WHERE a.source_file LIKE ?
            """,
            f"%{COPY}",
        )
        assert sorted(link[:2] for link in links if link[2] == "near") == sorted(SEED_PAIRS)
        assert len(links) == len(SEED_PAIRS)
        # Three words of a passage stand in the paragraph above.
        assert query(warehouse, "SELECT sum(len(fragments)) FROM paragraph_links") == [(1,)]

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
        # The catalog of a copy names the folder it was copied from; `data` is exchanged with it.
        for _ in range(2):
            with Warehouse(str(warehouse)).open_for_writing(SCHEMA):
                pass
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
            record["leib"] = record.pop("text")
        dump.write_text("".join(json.dumps(record) + "\n" for record in records))
        warehouse = folder / "warehouse"
        mapped = ("--map", "text=leib")
        runs = [
            done(desk.run(dump, warehouse, "--max-rejects", "100%", *options))
            for options in ((), mapped, (*mapped, "--again"), mapped)
        ]
        return warehouse, runs

    def test_without_again_it_is_known_and_the_flag_is_named(self, runs):
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
    def test_a_second_writer_is_refused_and_learns_who_writes(self, halves, desk, tmp_path):
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
        ended = desk.run(halves / "b.jsonl", warehouse, "--processes", "2", file_bytes=60_000)
        assert ended.code == 1
        sentence = only_sentence(ended.err)
        assert "while running" not in sentence
        assert rows(warehouse) == before
        assert not wait_until_gone(ended.session)
        done(desk.run(halves / "b.jsonl", warehouse))
        assert not problems(warehouse)

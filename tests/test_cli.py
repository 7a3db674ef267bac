import os
import re
import shutil
import subprocess
import sys

import duckdb
import pyarrow.parquet as pq
import pytest

from pipeline import cli, commands
from pipeline.plan import discover
from pipeline.run import RunReport
from pipeline.transform import Drop, Transform
from tests.conftest import REPOSITORY, copydesk


def report(**changes) -> RunReport:
    fields = {
        "run_id": "20260131T235959Z-0123abcd",
        "dumps": 5,
        "new_dumps": 5,
        "articles": 5,
        "paragraphs": 1_234,
        "rejects": 0,
        "counted": {
            "near-duplicates": {"": 4},
            "links between paragraphs": {"near": 4},
            "lines removed": {"share_prompt.1": 2, "breadcrumb.1": 7, "caption.1": 2},
            "rejects": {},
        },
        "seconds": 3.14,
        "warehouse": "warehouse",
    }
    return RunReport(**(fields | changes))


class TestUsage:
    @pytest.mark.parametrize("command", cli.COMMANDS)
    def test_help_of_every_command_names_each_flag_with_its_meaning(self, command, capsys):
        with pytest.raises(SystemExit) as ended:
            cli.main([command, "--help"])
        assert ended.value.code == 0
        shown = capsys.readouterr().out
        assert f"usage: copydesk {command}" in shown
        for flag in re.findall(r"^  (--[a-z-]+)", shown, flags=re.MULTILINE):
            meaning = re.search(rf"^  {flag}\b.*\n?((?: {{10,}}.*\n)*)", shown, flags=re.MULTILINE)
            assert meaning
            assert len(meaning.group(0).split()) > 3, f"{flag} is not explained"

    def test_help_lists_every_command(self, capsys):
        with pytest.raises(SystemExit):
            cli.main(["--help"])
        listed = re.findall(r"^    (\w+)\b", capsys.readouterr().out, flags=re.MULTILINE)
        assert listed == list(cli.COMMANDS)

    def test_help_of_run_gives_units_and_defaults(self, capsys):
        with pytest.raises(SystemExit):
            cli.main(["run", "--help"])
        shown = " ".join(capsys.readouterr().out.split())
        for part in ("20 seconds", "2048 MiB", "33554432 bytes", "DAYS", "Default: warehouse"):
            assert part in shown

    @pytest.mark.parametrize(
        "arguments", [["--help"], ["shell", "--help"], ["run", "--help"], ["nonsense"]]
    )
    def test_what_needs_no_beam_does_not_wait_for_it(self, arguments):
        code = (
            "import sys\n"
            "from pipeline import cli\n"
            "try: cli.main(sys.argv[1:])\n"
            "except SystemExit: pass\n"
            "assert 'apache_beam' not in sys.modules, 'Beam was imported'"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], cwd=REPOSITORY, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    def test_listing_transforms_does_not_import_beam(self):
        code = (
            "import sys\n"
            "from pipeline import cli\n"
            "assert cli.main(['transforms']) == 0\n"
            "assert 'apache_beam' not in sys.modules, 'Beam was imported'"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize(
        ("arguments", "parts"),
        [
            (["walk"], ["'walk'", "run", "shell", "transforms", "verify"]),
            (["run"], ["--input PATH"]),
            (["run", "--input", "seeds", "--warehouse", "seeds/."], ["seeds/warehouse"]),
            (["run", "seeds"], ["'seeds'", "--input seeds"]),
            (["run", "--input", "seeds", "--warehose", "w"], ["--warehose", "--warehouse?"]),
            (["run", "--input", "seeds", "--streamin"], ["--streamin", "--streaming?"]),
            (["run", "--input", "seeds", "--processes", "many"], ["--processes", "'many'"]),
            (["run", "--input", "seeds", "--processes", "-1"], ["--processes is -1", "0 or more"]),
            (["run", "--input", "seeds", "--runner", "Spark"], ["'Spark'", "FlinkRunner"]),
            (["run", "--input", "seeds", "--runner", "PortableRunner"], ["--job_endpoint HOST"]),
            (["run", "--input", "seeds", "--direct_num_workers", "x"], ["direct_num_workers"]),
            (["run", "--input", "seeds", "--set", "Extraction.mood=x"], ["'mood'", "mode"]),
            (["run", "--input", "seeds", "--set", "Extraction.mode=x"], ["fast, precise, recall"]),
            (
                ["run", "--input", "seeds", "--extraction", "best"],
                ["--extraction", "'best'", "recall"],
            ),
            (["run", "--input", "seeds", "--extractoin", "fast"], ["--extraction?"]),
            (
                ["run", "--input", "seeds", "--near-duplicate-window", "-7"],
                ["--near-duplicate-window", "is -7"],
            ),
            (["transforms", "--warehouse", "w"], ["--warehouse"]),
            (["verify", "--fix"], ["--fix"]),
            (["export"], ["--to"]),
            (["export", "--to", "x", "--format", "xml"], ["'xml'", "parquet", "jsonl", "csv"]),
            (["export", "--to", "x", "--shard-rows", "0"], ["--shard-rows must be 1 or more"]),
        ],
    )
    def test_wrong_usage_ends_with_2_and_says_what_is_right(self, arguments, parts, capsys):
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        assert ended.value.code == 2
        shown = capsys.readouterr().err
        for part in parts:
            assert part in shown
        usage, sentence = shown.splitlines()[-2:]
        assert shown.count("usage:") == 1
        assert usage.startswith("usage: ")
        assert ": error: " in sentence

    def test_debug_may_come_before_the_command(self, seed_run, capsys):
        arguments = ["status", "--json", "--warehouse", str(seed_run.warehouse)]
        assert cli.main(["--debug", *arguments]) == cli.main(arguments) == 0
        assert cli.main(["--debug", "status", "--warehouse", "none"]) == 1
        assert "Traceback" in capsys.readouterr().err

    def test_no_command_is_wrong_usage_with_help(self, capsys):
        assert cli.main([]) == 2
        assert "COMMAND" in capsys.readouterr().err

    def test_beams_options_pass_through(self):
        options = commands.run_options(*cli.parse(
            ["run", "--input", "seeds", "--runner", "FlinkRunner", "--flink_master", "host:8081",
             "--an_option_of_the_job_server=7"]
        ))  # fmt: skip
        everything = options.get_all_options(retain_unknown_options=True)
        assert everything["flink_master"] == "host:8081"
        assert everything["an_option_of_the_job_server"] == "7"
        assert everything["runner"] == "FlinkRunner"

    def test_flags_of_transforms_set_their_options(self):
        def transforms(*flags):
            options = commands.run_options(*cli.parse(["run", "--input", "seeds", *flags]))
            return {step.name(): step for step in options.transforms(discover())}

        given = transforms("--extraction=recall", "--near-duplicate-window=30")
        assert given["Extraction"].mode == "recall"
        assert given["NearDuplicates"].window_days == 30
        assert transforms("--max-document-bytes=5")["Extraction"].max_document_bytes == 5
        assert transforms()["Extraction"].max_document_bytes == 8 << 20

    def test_set_overrides_the_flag_of_a_transform(self):
        arguments = ["run", "--input=seeds", "--set=Extraction.mode=precise", "--extraction=recall"]
        options = commands.run_options(*cli.parse(arguments))
        assert options.transform_settings()["Extraction"] == {"mode": "precise"}


class TestRun:
    def test_seeds_end_in_a_table_and_the_next_command(self, seed_run):
        shown = seed_run.finished.out
        assert re.search(r"^dumps read +5$", shown, flags=re.MULTILINE)
        assert re.search(r"^articles +5$", shown, flags=re.MULTILINE)
        assert re.search(r"^near-duplicates +4$", shown, flags=re.MULTILINE)
        assert re.search(r"^rejects +0$", shown, flags=re.MULTILINE)
        assert re.search(r"^seconds +\d+\.\d$", shown, flags=re.MULTILINE)
        assert shown.splitlines()[-1].startswith("Next: ")

    def test_nothing_but_progress_is_on_standard_error(self, seed_run):
        for word in ("WARNING", "Traceback", "apitools", "apache_beam"):
            assert word not in seed_run.finished.err

    def test_a_second_run_says_that_nothing_is_new_and_changes_nothing(self, seed_run, desk):
        before = {path: path.stat().st_mtime_ns for path in seed_run.warehouse.rglob("*.*")}
        again = desk.call("run", "--input", "seeds", "--warehouse", seed_run.warehouse)
        assert again.code == 0, again.err
        assert "Nothing is new" in again.out
        assert "holds 5 dumps already" in again.out
        after = {path: path.stat().st_mtime_ns for path in seed_run.warehouse.rglob("*.*")}
        assert {path: at for path, at in after.items() if path.name != ".lock"} == {
            path: at for path, at in before.items() if path.name != ".lock"
        }

    @pytest.mark.parametrize("missing", ["nowhere", "nowhere/*.txt"])
    def test_a_wrong_path_fails_with_one_sentence(self, missing, desk, tmp_path):
        warehouse = tmp_path / "warehouse"
        done = desk.call("run", "--input", missing, "--warehouse", warehouse)
        assert done.code == 1
        [sentence] = done.err.strip().splitlines()
        assert sentence.startswith("copydesk: ")
        assert missing in sentence
        assert not warehouse.exists()

    def test_an_empty_folder_fails_with_one_sentence(self, desk, tmp_path):
        empty = tmp_path / "empty"
        empty.mkdir()
        done = desk.call("run", "--input", empty, "--warehouse", tmp_path / "warehouse")
        assert done.code == 1
        [sentence] = done.err.strip().splitlines()
        assert str(empty) in sentence
        assert not (tmp_path / "warehouse").exists()

    def test_a_warehouse_that_is_a_file_fails_with_one_sentence(self, desk, tmp_path):
        place = tmp_path / "warehouse"
        place.write_text("kept")
        done = desk.call("run", "--input", "seeds", "--warehouse", place)
        assert done.code == 1
        [sentence] = done.err.strip().splitlines()
        assert str(place) in sentence
        assert place.read_text() == "kept"

    def test_debug_shows_the_traceback_and_the_sentence(self, desk, tmp_path):
        done = desk.call("run", "--debug", "--input", "nowhere", "--warehouse", tmp_path / "w")
        assert done.code == 1
        assert "Traceback" in done.err
        assert done.err.strip().splitlines()[-1].startswith("copydesk: ")


class TestReport:
    def test_breakdowns_add_up_and_come_largest_first(self):
        counted = report().counted | {"rejects": {"empty": 1}}
        shown = commands.render_report(report(counted=counted), "copydesk").splitlines()
        start = next(i for i, line in enumerate(shown) if line.startswith("lines removed"))
        assert [line.split() for line in shown[start : start + 4]] == [
            ["lines", "removed", "11"],
            ["breadcrumb.1", "7"],
            ["caption.1", "2"],
            ["share_prompt.1", "2"],
        ]
        assert ["empty", "1"] in [line.split() for line in shown]

    def test_figures_stand_in_one_column(self):
        table = commands.render_report(report(), "copydesk").partition("\n\n")[0].splitlines()
        assert len({len(line) for line in table}) == 1

    def test_known_dumps_are_counted_beside_new_ones(self):
        shown = commands.render_report(report(dumps=7, new_dumps=5), "copydesk")
        assert re.search(r"^dumps read +5$", shown, flags=re.MULTILINE)
        assert re.search(r"^dumps known already +2$", shown, flags=re.MULTILINE)

    def test_the_next_command_names_a_warehouse_that_is_not_the_default(self):
        assert commands.render_report(report(), "copydesk").endswith("Next: copydesk shell")
        elsewhere = commands.render_report(report(warehouse="my news"), "bin/copydesk")
        assert elsewhere.endswith("Next: bin/copydesk shell --warehouse 'my news'")


class TestShell:
    def test_it_queries_the_catalog_with_arguments_passed_on(self, seed_run):
        done = copydesk(
            "shell", "--warehouse", seed_run.warehouse, "-csv", "-noheader",
            "-c", "SELECT count(*) FROM articles",
        )  # fmt: skip
        assert (done.code, done.out) == (0, "5\n"), done.err

    def test_it_reads_queries_from_a_pipe(self, seed_run):
        query = "SELECT count(*) FROM paragraph_links WHERE kind = 'near';"
        done = copydesk(
            "shell", "--warehouse", seed_run.warehouse, "-list", "-noheader", stdin=query
        )
        assert (done.code, done.out) == (0, "4\n"), done.err

    def test_it_cannot_change_the_catalog(self, seed_run):
        done = copydesk("shell", "--warehouse", seed_run.warehouse, "-c", "CREATE TABLE t (a INT)")
        assert done.code != 0
        assert "read-only" in done.err

    def test_the_current_duckdb_reads_the_same_catalog(self, seed_run):
        with duckdb.connect(seed_run.warehouse / "news.duckdb", read_only=True) as connection:
            assert connection.execute("SELECT count(*) FROM articles").fetchone() == (5,)

    def test_without_a_catalog_it_says_how_to_make_one(self, tmp_path, capsys):
        assert cli.main(["shell", "--warehouse", str(tmp_path / "none")]) == 1
        assert "copydesk run --input PATH" in capsys.readouterr().err

    def test_of_a_damaged_catalog_it_says_how_to_build_it_anew(self, tmp_path, capsys):
        (tmp_path / "news.duckdb").write_bytes(b"no database")
        assert cli.main(["shell", "--warehouse", str(tmp_path)]) == 1
        assert f"copydesk catalog --warehouse {tmp_path}" in capsys.readouterr().err

    @pytest.mark.parametrize("change", ["copied", "moved"])
    def test_it_shows_the_warehouse_it_is_given(self, seed_run, change, tmp_path, monkeypatch):
        first, second = tmp_path / "first", tmp_path / "it's [1] * {x}"
        shutil.copytree(seed_run.warehouse, first)
        shutil.copytree(first, second)
        if change == "moved":
            shutil.rmtree(first)
        else:  # another number of articles is in the first
            for path in first.glob("files/articles/*.parquet"):
                rows = pq.read_table(path).slice(0, 1)
                pq.write_table(rows, path)
        # As a user may have it, which hides from the catalog where it lies.
        (tmp_path / ".duckdbrc").write_text(f"SET temp_directory = '{tmp_path}';\n")
        monkeypatch.setenv("HOME", str(tmp_path))
        done = copydesk("shell", "--warehouse", second, "-csv", "-noheader",
                        "-c", "SELECT count(*) FROM articles")  # fmt: skip
        assert (done.code, done.out) == (0, "5\n"), done.err


class TestFiles:
    def test_they_are_the_files_of_the_newest_snapshot(self, seed_run, capfdbinary):
        warehouse = str(seed_run.warehouse)
        assert cli.main(["files", "--warehouse", warehouse]) == 0
        every = capfdbinary.readouterr().out.decode().splitlines()
        assert cli.main(["files", "articles", "--warehouse", warehouse]) == 0
        articles = capfdbinary.readouterr().out.decode().splitlines()
        assert set(articles) < set(every)
        sql = "SELECT count(*), count(DISTINCT article_id) FROM read_parquet(?)"
        assert duckdb.connect().execute(sql, [articles]).fetchone() == (5, 5)
        assert {path.split("/")[-2] for path in every} == {
            "articles", "paragraphs", "paragraph_links", "removed_lines", "rejects", "runs",
            "story_merges", "warnings",
        }  # fmt: skip

    def test_an_unknown_table_is_named_with_those_there_are(self, seed_run, capsys):
        assert cli.main(["files", "article", "--warehouse", str(seed_run.warehouse)]) == 1
        sentence = capsys.readouterr().err
        assert "'article'" in sentence
        assert "articles, paragraph_links, paragraphs" in sentence

    @pytest.mark.parametrize("command", [["files"], ["catalog"], ["export", "--to", "corpus"]])
    def test_without_a_warehouse_it_says_how_to_make_one(self, command, tmp_path, capsys):
        place = tmp_path / "none"
        assert cli.main([*command, "--warehouse", str(place)]) == 1
        assert "copydesk run --input PATH" in capsys.readouterr().err
        assert not place.exists()


class TestCatalog:
    def test_it_is_rebuilt_alone(self, seed_run, tmp_path, capsys):
        shutil.copytree(seed_run.warehouse, tmp_path, dirs_exist_ok=True)
        (tmp_path / "news.duckdb").unlink()
        shutil.rmtree(tmp_path / "data")
        kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("[fim]*/**/*.*")}
        assert cli.main(["catalog", "--warehouse", str(tmp_path)]) == 0
        assert "show manifest 1" in capsys.readouterr().out
        with duckdb.connect(tmp_path / "news.duckdb", read_only=True) as connection:
            assert connection.execute("SELECT count(*) FROM articles").fetchone() == (5,)
        assert len(pq.read_table(tmp_path / "data/articles")) == 5
        assert kept == {path: path.stat().st_mtime_ns for path in tmp_path.glob("[fim]*/**/*.*")}
        assert cli.main(["verify", "--warehouse", str(tmp_path)]) == 0


class TestTransforms:
    def test_they_are_listed_in_the_order_they_run(self, capsys):
        assert cli.main(["transforms"]) == 0
        shown = capsys.readouterr().out
        names = re.findall(r"^\d+\. (\w+) \(version \d+\): \S.*\.$", shown, flags=re.MULTILINE)
        assert names.index("Extraction") < names.index("Boilerplate") < names.index("Language")
        assert "adds: language, language_confidence" in shown
        assert "mode='fast'" in shown

    def test_a_contradiction_is_one_sentence(self, monkeypatch, capsys):
        class Dangling(Transform):
            """Reads what is not there."""

            reads = ("no_such_column",)

            def apply(self, article):
                raise Drop("never")

        monkeypatch.setattr("pipeline.plan.discover", lambda: [Dangling])
        assert cli.main(["transforms"]) == 1
        [sentence] = capsys.readouterr().err.strip().splitlines()
        assert "Dangling reads 'no_such_column'" in sentence

    def test_an_installation_without_any_says_what_is_wrong(self, tmp_path):
        # A folder that comes before the package, as what an uninstalled copydesk leaves behind.
        (tmp_path / "transforms").mkdir()
        (tmp_path / "transforms" / "__init__.py").touch()
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", "transforms"],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        assert "no transform is installed" in done.stderr
        assert "Install copydesk again" in done.stderr


class TestVerify:
    def test_a_sound_warehouse_is_called_sound(self, seed_run, capsys):
        assert cli.main(["verify", "--warehouse", str(seed_run.warehouse)]) == 0
        shown = capsys.readouterr().out
        assert "is sound" in shown
        assert "5 articles" in shown

    def test_a_damaged_file_is_named(self, seed_run, tmp_path, capsys):
        copied = tmp_path / "warehouse"
        shutil.copytree(seed_run.warehouse, copied)
        victim = sorted(copied.glob("data/paragraphs/**/*.parquet"))[0]
        victim.write_bytes(victim.read_bytes()[:-100])
        assert cli.main(["verify", "--warehouse", str(copied)]) == 1
        shown = capsys.readouterr()
        assert victim.name in shown.out
        assert "damaged" in shown.err

    def test_an_empty_folder_is_no_warehouse(self, tmp_path, capsys):
        assert cli.main(["verify", "--warehouse", str(tmp_path)]) == 1
        assert "nothing was ever committed" in capsys.readouterr().err

"""Transforms and tables of the user's own, dropped into ``transforms/``."""

import contextlib
import json
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, built_once, linked_repository, run_command
from tests.separate_runs import Conditions, Desk, Ended, only_sentence, problems, query

pytestmark = pytest.mark.slow

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


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no words")


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
        if what == "mute":
            raise Mute
        if what == "drop":
            raise Drop("not_wanted", "The title says so.")
        if what == "drop for nothing":
            raise Drop(None)
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
        if what == "round":
            return article | {"mishap": None, "mishap_count": 1.5}
        if what == "add":
            return article | {"mishap": None, "mishap_count": 0, "more": 1}
        if what == "change":
            return article | {"mishap": None, "mishap_count": 0, "outlet": "Another"}
        if what == "clear":
            article.clear()
            return article
        if what == "append":
            article["authors"].append("Nobody")
            return article | {"mishap": None, "mishap_count": 0}
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
    "mute": ("Mishaps", "error"),
    "drop": ("Mishaps", "not_wanted"),
    "drop for nothing": ("Mishaps", "error"),
    "wrong type": ("Mishaps", "wrong_type"),
    "hang": ("Mishaps", "time_limit"),
    "die": ("Mishaps", "worker_died"),
    "leave": ("Mishaps", "worker_died"),
    "eat": ("Mishaps", "memory_limit"),
    "return nothing": ("Mishaps", "error"),
    "forget": ("Mishaps", "error"),
    "lose": ("Mishaps", "error"),
    "round": ("Mishaps", "wrong_type"),
    "add": ("Mishaps", "error"),
    "change": ("Mishaps", "error"),
    "clear": ("Mishaps", "error"),
    "append": ("Mishaps", "error"),
    "batch raise": ("BatchMishaps", "error"),
    "batch short": ("BatchMishaps", "error"),
    "batch drop": ("BatchMishaps", "not_wanted"),
    "batch hang": ("BatchMishaps", "time_limit"),
    "batch die": ("BatchMishaps", "worker_died"),
}
"""Title -> stage and reason of its reject."""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Ended]]:
    """Runs ``copydesk`` in a repository, in forks of a process that has imported no transform."""
    with contextlib.closing(Desk(tmp_path_factory.mktemp("own"), warm=False)) as desk:

        def call(folder: Path, *words: str) -> Ended:
            conditions = Conditions("--processes" in words, folder=str(folder))
            return desk.start([words], conditions)()

        yield call


RUN = ("run", "--input", "dump.jsonl", "--warehouse", "out")
SEEDS = ("run", "--input", "seeds", "--warehouse", "out")


@pytest.fixture(scope="session")
def extended(corpus: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copied repository with transforms of the user's own, and the warehouse ``out`` it made."""
    return built_once(tmp_path_factory, "extended", lambda folder: extend(folder, corpus))


def extend(folder: Path, corpus: list[bytes]) -> Path:
    folder = linked_repository(folder / "repository")
    (folder / "warehouse").mkdir()
    shutil.copy(REPOSITORY / "warehouse" / "README.md", folder / "warehouse" / "README.md")
    (folder / "transforms" / "own.py").write_text(OWN_TRANSFORMS)
    (folder / "transforms" / "titles.py").write_text(OWN_TABLE)
    (folder / "transforms" / "titles.sql").write_text(OWN_SQL)
    lines = list(corpus[: len(MISHAPS)])
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


def test_a_corpus_wide_method_that_hangs_is_named(own, corpus, tmp_path):
    folder = linked_repository(tmp_path / "repository")
    head = re.search(r"    def measure\(.*\):\n", OWN_TABLE)[0]
    stuck = OWN_TABLE.replace(head, f"{head}        while True:\n            pass\n")
    (folder / "transforms" / "titles.py").write_text(stuck)
    (folder / "transforms" / "titles.sql").write_text(OWN_SQL)
    (folder / "dump.jsonl").write_bytes(b"".join(corpus[:3]))
    ended = own(folder, *RUN, "--document-seconds", "0.4", "--processes", "1")
    assert ended.code == 1
    assert "Titles.measure had not ended after 12 seconds" in only_sentence(ended.err)
    assert "--document-seconds" in ended.err
    assert not list((folder / "out" / "manifests").iterdir())


class TestOwnTransforms:
    def test_its_table_has_its_place_is_sorted_and_counted(self, extended):
        [(length, rows)] = query(
            extended / "out", "SELECT (FROM longest_title), count(*) FROM title_lengths"
        )
        assert rows > 1
        manifest = json.loads((extended / "out" / "manifests" / "1.json").read_text())
        names = ["articles", "paragraphs", "paragraph_links", "story_merges", "title_lengths"]
        assert list(manifest["columns"])[:5] == names
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
        assert (stage, reason) == MISHAPS[title]
        assert len(detail) > 10
        assert len(raw) > 100

    def test_what_was_raised_is_in_the_reject(self, extended):
        [(detail,)] = query(extended / "out", "SELECT detail FROM rejects WHERE record_index = 0")
        assert "KeyError" in detail
        assert "no such thing" in detail
        line = OWN_TRANSFORMS.split("\n").index('            raise KeyError("no such thing")') + 1
        assert f"(transforms/own.py, line {line})" in detail
        assert query(
            extended / "out", "SELECT detail FROM rejects WHERE reason = 'not_wanted' ORDER BY 1"
        ) == [("A batch has its own.",), ("The title says so.",)]

    @pytest.mark.parametrize(
        ("title", "part"),
        [
            ("return nothing", "NoneType"),
            ("forget", "without mishap, mishap_count"),
            ("lose", ", article_id, "),
            ("round", "Column 'mishap_count': 1.5 does not fit int64"),
            ("add", "apply set more, which Mishaps must declare in `adds`"),
            ("change", "apply changed outlet, which Mishaps must declare in `updates`"),
            ("clear", "without mishap, mishap_count"),
            ("append", "apply changed authors, which Mishaps must declare in `updates`"),
            ("batch short", "0 results for one article"),
        ],
    )
    def test_a_broken_contract_is_named(self, extended, title, part):
        number = 2 * list(MISHAPS).index(title)
        [(detail,)] = query(
            extended / "out", "SELECT detail FROM rejects WHERE record_index = ?", number
        )
        assert part in detail

    def test_the_others_are_as_without_the_mishaps(self, extended):
        assert query(extended / "out", "SELECT count(*) FROM articles") == [(len(MISHAPS),)]
        assert query(extended / "out", "SELECT count(*) FROM rejects") == [(len(MISHAPS),)]
        assert not problems(extended / "out")


def test_a_transform_that_loses_a_line_ends_the_run_with_one_sentence(own, corpus, tmp_path):
    folder = linked_repository(tmp_path / "repository")
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
    finished = own(folder, *RUN)
    assert finished.code == 1
    sentence = only_sentence(finished.err)
    assert "while running" not in sentence
    assert not list((folder / "out" / "manifests").iterdir())


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("def broken(:\n", ["transforms.own", "SyntaxError"]),
        ("raise SystemExit(0)\n", ["transforms.own cannot be imported: SystemExit: 0"]),
        (
            '"""Own."""\nfrom pipeline.transform import Transform\n\n\nclass Own(Transform):\n'
            '    """Own."""\n\n    def __init__(self):\n        raise KeyError("x")\n',
            ["Own cannot be created: KeyError: 'x'"],
        ),
        (
            '"""Own."""\nfrom pipeline.transform import Transform\n\n\nclass Own(Transform):\n'
            '    """Own."""\n\n    def __init__(self):\n        self.act = lambda: 1\n\n'
            "    def apply(self, article):\n        return article\n",
            ["Own cannot be sent to worker processes", "in its method setup"],
        ),
        (
            '"""Own."""\nimport pyarrow as pa\nfrom pipeline.transform import Column, Transform\n\n'
            '\nclass Own(Transform):\n    """Own."""\n\n'
            '    adds = {"own": Column(pa.string(), None)}\n\n'
            "    def apply(self, article):\n        return article\n",
            ["Own.adds['own'] is", "a Column with an Arrow type and a sentence"],
        ),
        (
            '"""Own."""\nfrom pipeline.transform import Transform\n\n\nclass Own(Transform):\n'
            '    """Own."""\n\n    reads = ("no_such_column",)\n',
            ["Own", "'no_such_column'"],
        ),
        (
            '"""Own."""\nfrom pipeline.transform import Transform\n\n\nclass Own(Transform):\n'
            '    """Own."""\n\n    def aply(self, article):\n        return article\n',
            ["Own.apply is missing"],
        ),
        (
            '"""Own."""\nimport pyarrow as pa\nfrom pipeline.transform import Column, Transform\n\n'
            '\nclass Own(Transform):\n    """Own."""\n\n'
            '    adds = {"TEXT": Column(pa.string(), "A text.")}\n\n'
            "    def apply(self, article):\n        return article\n",
            ["Own adds 'TEXT' to 'articles', which Boilerplate fills as 'text'"],
        ),
        (
            '"""Own."""\nimport dataclasses\nfrom pipeline.transform import Transform, option\n\n\n'
            '@dataclasses.dataclass\nclass Own(Transform):\n    """Own."""\n\n'
            '    place: str = option("", "--warehouse", help="A place.")\n\n'
            "    def apply(self, article):\n        return article\n",
            ["Own.place cannot have the flag '--warehouse'"],
        ),
    ],
)
def test_a_transform_that_cannot_work_is_named_before_anything_runs(source, parts, own, tmp_path):
    folder = linked_repository(tmp_path / "repository")
    (folder / "transforms" / "own.py").write_text(source)
    finished = own(folder, *SEEDS)
    assert finished.code == 1
    sentence = only_sentence(finished.err)
    for part in parts:
        assert part in sentence
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("import", "the process ended while transforms.own was imported."),
        ("__init__", "the process ended while Own of transforms.own was created."),
    ],
)
@pytest.mark.parametrize(
    ("death", "code"), [("os._exit(7)", 7), ("os.kill(os.getpid(), 9)", -9), ("os.abort()", -6)]
)
def test_a_transform_that_ends_the_command_is_named(place, said, death, code, tmp_path):
    folder = linked_repository(tmp_path / "repository")
    (folder / "transforms" / "own.py").write_text(
        '"""Own."""\nimport os\n\nfrom pipeline.transform import Transform\n\n'
        f"{death if place == 'import' else ''}\n\nclass Own(Transform):\n"
        f'    """Own."""\n\n    def __init__(self):\n        {death}\n'
    )
    for command in (SEEDS, ["transforms"]):
        # Its last words come from another process: a pipe ends when that has, too.
        finished = run_command([sys.executable, "-m", "pipeline", *command], cwd=folder)
        assert finished.code == code
        assert said in only_sentence(finished.err)
        assert finished.err.count("copydesk: ") == 1
    assert not (folder / "out").exists()


def test_who_stops_the_command_while_a_transform_is_imported_is_told_that_alone(tmp_path):
    folder = linked_repository(tmp_path / "repository")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        (folder / "transforms" / "own.py").write_text(
            f'"""Own."""\nimport os\nimport time\n\nos.kill(os.getpid(), {int(number)})\n'
            "time.sleep(1)\n"
        )
        finished = run_command([sys.executable, "-m", "pipeline", "transforms"], cwd=folder)
        assert finished.code == 128 + number
        assert "The warehouse holds what was committed" in only_sentence(finished.err)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        (
            "sorted({len(row[",
            "sorted({len(row[0][",
            ["Titles.measure failed with KeyError: 0 (transforms/titles.py, line ", "committed"],
        ),
        (
            "titles = [title or",
            "os._exit(3)\n        titles = [title or",
            ["clean_batch", "the worker process died again", "in Titles.fingerprint"],
        ),
        (
            "    def fingerprint(",
            "    def setup(self):\n        os._exit(3)\n\n    def fingerprint(",
            ["the worker process died again", "in Titles.setup", "committed"],
        ),
        (
            "    def fingerprint(",
            "    def setup(self):\n        raise SystemExit(3)\n\n    def fingerprint(",
            ["Titles cannot be set up: SystemExit: 3 (transforms/titles.py, line ", "committed"],
        ),
        (
            "lengths = sorted(",
            "os._exit(3)\n        lengths = sorted(",
            ["pipeline.tasks.corpus.run_stages(Titles)", "died again", "committed"],
        ),
    ],
)
def test_a_corpus_wide_transform_that_fails_ends_the_run_with_its_name(
    old, new, parts, own, corpus, tmp_path
):
    folder = linked_repository(tmp_path / "repository")
    assert old in OWN_TABLE
    source = OWN_TABLE.replace(old, new, 1).replace(
        "import pyarrow", "import os\nimport pyarrow", 1
    )
    (folder / "transforms" / "titles.py").write_text(source)
    (folder / "transforms" / "titles.sql").write_text(OWN_SQL)
    (folder / "dump.jsonl").write_bytes(b"".join(corpus[:3]))
    finished = own(folder, *RUN, "--processes", "1")
    assert finished.code == 1
    sentence = only_sentence(finished.err)
    for part in parts:
        assert part in sentence
    assert not list((folder / "out" / "manifests").iterdir())


def test_sql_that_duckdb_refuses_ends_the_run_before_it_reads(own, corpus, tmp_path):
    folder = linked_repository(tmp_path / "repository")
    (folder / "transforms" / "titles.py").write_text(OWN_TABLE)
    broken = OWN_SQL.replace("max(length)", "max(lenght)")
    (folder / "transforms" / "titles.sql").write_text(broken)
    (folder / "dump.jsonl").write_bytes(b"".join(corpus[:3]))
    finished = own(folder, *RUN)
    assert finished.code == 1
    assert "lenght" in only_sentence(finished.err)
    assert "writing" not in finished.err

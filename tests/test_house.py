"""What the house promises: its imports, its commands, its documents, its lock files."""

import ast
import contextlib
import functools
import graphlib
import importlib
import io
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator

import grimp
import pytest

from pipeline import cli, errors
from pipeline.commands import run_options
from tests.conftest import REPOSITORY, copydesk, linked_repository, run_command

DOCUMENTS = sorted(
    path
    for path in REPOSITORY.glob("**/*.md")
    if not any(part.startswith(".") for part in path.relative_to(REPOSITORY).parts)
)
MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {
    # file: packages it has at least
    "requirements.lock": 41,
    "requirements-dev.lock": 41,
    "requirements-bench.lock": 41,
    "requirements-httpfs.lock": 2,
}


def named(path: pathlib.Path) -> str:
    return str(path.relative_to(REPOSITORY))


def modules(package: str) -> list[pathlib.Path]:
    return sorted((REPOSITORY / package).rglob("*.py"))


def imports(path: pathlib.Path) -> Iterator[str]:
    """Yields every module a file imports, wherever in the file it does."""
    package = ".".join(path.relative_to(REPOSITORY).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, base]).rstrip(".")
            yield from (f"{base}.{alias.name}" for alias in node.names)


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


class TestImports:
    """What import-linter, which `make lint` runs, does not see."""

    def test_no_code_imports_the_tests(self):
        for path in modules("pipeline") + modules("transforms"):
            assert not {module for module in imports(path) if is_within(module, "tests")}, path

    def test_beams_type_checks_stay_on(self):
        for path in modules("pipeline") + modules("tests"):
            found = set(imports(path))
            if any(is_within(module, "apache_beam") for module in found):
                assert "__future__.annotations" not in found, path

    def test_no_module_imports_itself_by_way_of_others(self):
        graph = grimp.build_graph("pipeline", "transforms", cache_dir=None)
        order = graphlib.TopologicalSorter(
            {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
        )
        order.prepare()  # raises CycleError, which names the circle

    @pytest.mark.parametrize(
        ("code", "absent"),
        [
            (
                "from pipeline import plan, run; plan.discover()",
                {"trafilatura", "lxml", "duckdb", "numba", "re2", "striprtf"},
            ),
            (
                "import importlib; from pipeline.tasks import task_modules; "
                "from pipeline.plan import discover; "
                "[importlib.import_module(name) for name in task_modules(discover())]",
                {"apache_beam", "trafilatura", "lxml", "duckdb"},
            ),
        ],
        ids=["to plan a run", "to work on texts"],
    )
    def test_a_run_waits_for_no_import_it_does_not_need(self, code, absent):
        done = subprocess.run(
            [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"],
            cwd=REPOSITORY, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert not {
            name for name in done.stdout.split() if any(is_within(name, heavy) for heavy in absent)
        }

    def test_the_tree_of_errors_is_whole(self):
        for path in (REPOSITORY / "pipeline").rglob("*.py"):
            if path.name != "__main__.py":
                importlib.import_module(named(path.with_suffix("")).replace("/", "."))

        def below(kind: type, depth: int = 0) -> Iterator[tuple[int, str, str]]:
            for child in sorted(kind.__subclasses__(), key=lambda child: child.__name__):
                if child.__module__.startswith("pipeline."):
                    yield depth, child.__name__, child.__module__
                    yield from below(child, depth + 1)

        drawn = re.findall(r"^    (.*)[├└]── (\w+) +([\w.]+) ", errors.__doc__, flags=re.MULTILINE)
        found = [(len(indent) // 4, name, module) for indent, name, module in drawn]
        assert found == list(below(errors.CopydeskError))

    def test_every_file_that_is_no_code_is_installed(self):
        data = PROJECT["tool"]["setuptools"].get("package-data", {})
        for package in ("pipeline", "transforms"):
            for path in (REPOSITORY / package).rglob("*.*"):
                if path.suffix != ".py" and path.parent.name != "__pycache__":
                    assert any(path.match(pattern) for pattern in data.get(package, [])), path


def recipe(target: str) -> list[str]:
    """Returns the commands of a target as a reader sees them, without make's own signs."""
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, flags=re.MULTILINE)
    assert found, f"the Makefile has no target {target}"
    lines = [line.strip().lstrip("@") for line in found.group(1).splitlines()]
    return [line.replace("$(BIN)", ".venv/bin").replace(" $(ARGS)", "") for line in lines]


class TestMakefile:
    def test_help_is_the_default_and_lists_every_target(self):
        done = subprocess.run(
            ["make"], cwd=REPOSITORY, capture_output=True, text=True, check=True
        ).stdout
        listed = re.findall(r"^  make (\S+) +\S", done, flags=re.MULTILINE)
        phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE.replace("\\\n", " "), flags=re.MULTILINE)
        assert phony
        assert listed == phony.group(1).split()

    def test_git_ignores_what_a_run_makes(self, seed_run):
        paths = [f"warehouse/{path.name}" for path in sorted(seed_run.warehouse.iterdir())]
        if not ((REPOSITORY / ".git").exists() and shutil.which("git")):
            pytest.skip("not in a clone")
        assert run_command(["git", "check-ignore", *paths]).out.splitlines() == paths

    def test_only_one_target_deletes_a_warehouse_and_asks_first(self, seed_run, tmp_path):
        news = tmp_path / "news"
        shutil.copytree(seed_run.warehouse, news)
        (news / "README.md").touch()
        (news / "sql").mkdir()
        for folder in ("pipeline", "transforms", "tests"):
            (tmp_path / folder).mkdir()

        def deletes(target: str, answer: str, warehouse: str = "news") -> bool:
            before = sorted(news.iterdir())
            command = ["make", "-f", REPOSITORY / "Makefile", target, f"WAREHOUSE={warehouse}"]
            subprocess.run(
                command, cwd=tmp_path, input=answer, text=True, capture_output=True, check=False
            )
            return sorted(news.iterdir()) != before

        assert not deletes("clean", "yes\n")
        assert not deletes("clean-warehouse", "no\n")
        assert not deletes("clean-warehouse", "")
        assert not deletes("clean-warehouse", "yes\n", warehouse=".")  # is none
        assert deletes("clean-warehouse", "yes\n")
        assert sorted(path.name for path in news.iterdir()) == ["README.md", "sql"]

    def test_contributing_quotes_what_ci_runs(self):
        text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
        script = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
        commands = [line for line in script.splitlines() if line.startswith("make ")]
        assert "```bash\n" + "\n".join(commands) + "\n```" in text
        assert "```bash\n" + "\n".join(recipe("lint")) + "\n```" in text
        assert f"`make test` is `{recipe('test')[0]}`" in text


def commands(path: pathlib.Path) -> list[str]:
    """Returns the shell commands a document shows, behind a dollar sign or between backticks."""
    text = path.read_text(encoding="utf-8")
    shown = re.findall(r"^\$ (.*)$", text, flags=re.MULTILINE)
    return shown + re.findall(r"`((?:make|copydesk) [^`]*)`", text.replace("\n  ", " "))


class TestDocuments:
    @pytest.mark.parametrize("path", DOCUMENTS, ids=named)
    def test_links_lead_somewhere(self, path):
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            place = (path.parent / file) if file else path
            assert place.exists(), f"{target} leads nowhere"
            if anchor:
                titles = re.findall(r"^#+ (.*)$", place.read_text(encoding="utf-8"), re.MULTILINE)
                anchors = {
                    re.sub(r"[^\w -]", "", t).strip().lower().replace(" ", "-") for t in titles
                }
                assert anchor in anchors, f"{target} leads nowhere"

    @pytest.mark.parametrize("path", DOCUMENTS, ids=named)
    def test_make_targets_and_subcommands_exist(self, path):
        targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, flags=re.MULTILINE))
        for command in commands(path):
            words = re.sub(r"'[^']*'", "", command).split()
            if words[0] == "make":
                named_targets = {word for word in words[1:] if re.fullmatch(r"[a-z][a-z-]*", word)}
                assert named_targets <= targets, command
            elif words[0].endswith("copydesk") and len(words) > 1 and words[1] != "COMMAND":
                assert words[1] in cli.COMMANDS or words[1].startswith("-"), command

    @pytest.mark.parametrize("path", DOCUMENTS, ids=named)
    def test_flags_exist(self, path):
        from apache_beam.options import pipeline_options as beam

        known = {"--version"}
        for command in cli.COMMANDS:
            known |= set(flags_of(command))
        known |= set(re.findall(r"'(--\w+)'", pathlib.Path(beam.__file__).read_text()))
        for command in commands(path):
            if "copydesk" in command:
                given = set(re.findall(r"(?<!\S)--[a-z_-]+", command))
                assert given <= known, command

    def test_seeds_are_described_as_they_are(self):
        text = (REPOSITORY / "seeds" / "README.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| `(.*?)` \| ([\d,]+) \| (\d+) \|", text, flags=re.MULTILINE)
        found = []
        for path in sorted((REPOSITORY / "seeds").glob("*.txt")):
            content = path.read_bytes()
            lines = content.decode().split("\n")
            found.append(
                (path.name, f"{len(content):,}", str(sum(bool(line.strip()) for line in lines)))
            )
        assert rows == found

    def test_the_changelog_is_kept(self):
        text = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
        versions = re.findall(r"^## \[(.+?)\]( - \d{4}-\d\d-\d\d)?$", text, flags=re.MULTILINE)
        assert versions[0][0] in ("Unreleased", PROJECT["project"]["version"])
        assert all(date for version, date in versions if version != "Unreleased")
        assert set(re.findall(r"^### (.*)$", text, flags=re.MULTILINE)) <= {
            "Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"
        }  # fmt: skip

    def test_the_licence_is_the_one_that_is_named(self):
        assert PROJECT["project"]["license"] == "Apache-2.0"
        text = (REPOSITORY / "LICENSE").read_text(encoding="utf-8")
        assert "Apache License\n                           Version 2.0, January 2004" in text
        assert "END OF TERMS AND CONDITIONS" in text


@functools.cache
def flags_of(command: str) -> list[str]:
    with contextlib.redirect_stdout(io.StringIO()) as shown, pytest.raises(SystemExit):
        cli.main([command, "--help"])
    return re.findall(r"--[a-z-]+", shown.getvalue())


def locked(name: str) -> dict[str, list[tuple[str, int]]]:
    """Returns the packages of a lock file: name to its releases, each with its number of hashes.

    A package has two releases where one is for older and one for newer Pythons.
    """
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    entries = re.findall(
        r"^([a-z0-9-]+)==([^ ;\\]+).*\\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
        text,
        flags=re.MULTILINE,
    )
    packages: dict[str, list[tuple[str, int]]] = {}
    for package, release, hashes in entries:
        packages.setdefault(package, []).append((release, hashes.count("--hash")))
    return packages


class TestLocks:
    @pytest.mark.parametrize("name", LOCKS)
    def test_every_package_has_its_release_and_hashes(self, name):
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        requirements = re.findall(r"^[A-Za-z0-9].*$", text, flags=re.MULTILINE)
        assert sum(map(len, locked(name).values())) == len(requirements) >= LOCKS[name]

    @pytest.mark.parametrize("name", LOCKS)
    def test_no_index_and_no_path_is_named(self, name):
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        assert not re.search(r"://|--(index|extra-index|find-links|trusted-host)| @ |^/", text)

    def test_they_hold_what_the_project_needs(self):
        needed = PROJECT["project"]["dependencies"]
        groups = PROJECT["dependency-groups"]
        for name, requirements in (
            ("requirements.lock", [*needed, *groups["build"]]),
            ("requirements-dev.lock", [*needed, *groups["build"], *groups["dev"]]),
            ("requirements-bench.lock", groups["bench"]),
            ("requirements-httpfs.lock", groups["httpfs"]),
        ):
            packages = locked(name)
            for requirement in requirements:
                package, relation, release, below = re.fullmatch(
                    r"([\w.-]+)(==|>=)([\d.]+)(?:,<([\d.]+))?", requirement
                ).groups()
                for found, _ in packages[re.sub(r"[-_.]+", "-", package).lower()]:
                    assert found == release if relation == "==" else at_least(found, release)
                    assert below is None or not at_least(found, below)

    def test_tools_run_on_the_releases_that_users_get(self):
        for package, entry in locked("requirements.lock").items():
            assert locked("requirements-dev.lock")[package] == entry


def at_least(release: str, least: str) -> bool:
    numbers = [int(number) for number in re.findall(r"\d+", release)]
    return numbers >= [int(number) for number in least.split(".")]


def blocks(path: pathlib.Path, language: str) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def sessions(path: pathlib.Path) -> list[tuple[str, str]]:
    """Returns the commands of a document's console blocks with the output shown under each.

    A command goes on as long as a quotation mark is open or a line ends in a backslash.
    """
    found = []
    for block in blocks(path, "console"):
        for session in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = session.splitlines(keepends=True)
            end = 1
            while "".join(lines[:end]).count('"') % 2 or lines[end - 1].endswith("\\\n"):
                end += 1
            found.append(("".join(lines[:end]).strip(), "".join(lines[end:])))
    return found


README = REPOSITORY / "README.md"
RUNS = REPOSITORY / "docs" / "runs.md"
WATCHING = REPOSITORY / "docs" / "watch.md"
QUERIES = [
    (command, shown)
    for command, shown in sessions(README)
    if " shell " in command and "warehouse/data" not in command
]


class TestReadme:
    def test_the_run_prints_what_is_shown(self, seed_run):
        [shown] = [shown for command, shown in sessions(README) if command == "make pipeline"]

        def without_accidents(text: str) -> list[str]:
            lines = text.strip().splitlines()
            return [re.sub(r"[\d.]+$", "…", line) for line in lines if "Next: " not in line]

        table, printed = without_accidents(shown), without_accidents(seed_run.finished.out)
        assert [line.split() for line in table] == [line.split() for line in printed]

    def test_there_are_queries(self):
        assert len(QUERIES) >= 8

    @pytest.mark.parametrize(("command", "shown"), QUERIES)
    def test_queries_answer_what_is_shown(self, command, shown, seed_run):
        words = shlex.split(command)
        assert words[:2] == [".venv/bin/copydesk", "shell"]
        done = copydesk("shell", "--warehouse", seed_run.warehouse, *words[2:])
        assert done.code == 0, done.err
        assert done.out == shown

    def test_the_rows_can_be_taken_elsewhere_as_shown(self, seed_run, tmp_path):
        shutil.copytree(seed_run.warehouse, tmp_path / "warehouse")
        programs = {
            ".venv/bin/copydesk": [sys.executable, "-m", "pipeline"],
            ".venv/bin/python": [sys.executable],
        }
        text = README.read_text(encoding="utf-8")
        section = text[text.index("## Take it elsewhere") :].split("\n## ")[0]
        commands = [(c, shown) for c, shown in sessions(README) if f"$ {c}" in section]
        assert len(commands) >= 4
        for command, shown in commands:
            words = shlex.split(command)
            done = run_command([*programs[words[0]], *words[1:]], tmp_path)
            assert done.code == 0, done.err
            run_and_part = r"\d{8}T\d{6}Z-[0-9a-f]+-[0-9a-f]{16}"
            printed = re.sub(run_and_part, "…", done.out).splitlines()
            expected = re.sub(run_and_part, "…", shown.rstrip("\n")).splitlines()
            # A run on several cores may spread the five articles over several files.
            assert printed[: len(expected)] == expected

    def test_the_transform_runs_as_it_stands(self, tmp_path):
        [source] = blocks(README, "python")
        linked_repository(tmp_path)
        (tmp_path / "transforms" / "reading_time.py").write_text(source, encoding="utf-8")
        program = [sys.executable, "-m", "pipeline"]
        [option] = re.findall(r"`--set (ReadingTime\.\S+)`", README.read_text(encoding="utf-8"))
        done = run_command(
            [*program, "run", "--input", "seeds", "--warehouse", "news", "--set", option], tmp_path
        )
        assert done.code == 0, done.err
        query = """
            SELECT count(*), bool_and(abs(reading_seconds - 60 * word_count / 180) < 1)
            FROM articles"""
        done = run_command(
            [*program, "shell", "--warehouse", "news", "-csv", "-noheader", "-c", query], tmp_path
        )
        assert done.out == "5,true\n", done.err

    def test_the_commands_for_a_damaged_warehouse_run(self, seed_run, desk, tmp_path):
        def run(command: str) -> int:
            copydesk_, *words = shlex.split(command)
            assert copydesk_ == ".venv/bin/copydesk"
            places = {"news": str(tmp_path / "news"), "dumps": str(tmp_path / "dumps")}
            return desk.call(*(places.get(word, word) for word in words)).code

        shutil.copytree(seed_run.warehouse, tmp_path / "news")
        (tmp_path / "news" / "manifests" / "1.json").unlink()
        shown = [c for c, _ in sessions(RUNS) if re.search(r" (verify|repair|--again) ", c)]
        assert [run(command) for command in shown[:3]] == [1, 0, 0]
        [articles] = (tmp_path / "news" / "files" / "articles").iterdir()
        shutil.rmtree(tmp_path / "news" / "data")  # whose links would bring it back
        articles.unlink()
        assert run(shown[0]) == 1
        shutil.copytree(REPOSITORY / "seeds", tmp_path / "dumps")
        assert [run(command) for command in shown[3:]] == [0, 0, 0]
        assert desk.call("verify", "--warehouse", tmp_path / "news").code == 0


class TestCommands:
    """What documents show of copydesk, read as the command line reads it."""

    @pytest.mark.parametrize("path", DOCUMENTS, ids=named)
    def test_arguments_are_valid(self, path, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        for source in blocks(path, "toml"):
            (tmp_path / "own.toml").write_text(source, encoding="utf-8")
        for words in commands_of(path):
            args, rest = cli.parse(words)
            if words[0] in ("run", "watch"):
                run_options(args, rest)

    def test_some_documents_show_some(self):
        shown = {named(path): {words[0] for words in commands_of(path)} for path in DOCUMENTS}
        assert {"run", "watch", "shell", "export"} <= shown["README.md"]
        assert {"verify", "repair"} <= shown["docs/runs.md"]
        assert shown["docs/watch.md"] == {"watch", "status"}

    def test_the_guide_to_watching_shows_how_far_it_is(self, seed_run, desk):
        shown = [words for words in commands_of(WATCHING) if words[0] == "status"]
        text, figures = (
            desk.call(*words, "--warehouse", seed_run.warehouse).out
            for words in sorted(shown, key=len)
        )
        rows = json.loads(figures)["rows"]
        assert rows["articles"] == 5
        assert re.search(r"articles +5\b", text)


def commands_of(path: pathlib.Path) -> list[list[str]]:
    """Returns the words behind ``copydesk`` of the commands in a document's console blocks."""
    shown = [shlex.split(command.replace("\\\n", " ")) for command, _ in sessions(path)]
    return [words[1:] for words in shown if pathlib.PurePath(words[0]).name == "copydesk"]

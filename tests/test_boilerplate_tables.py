"""Tables of labels and patterns: their examples, their limits, a user's own rows."""

import pathlib
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.separate_runs import Desk, done, query
from transforms.boilerplate.context import split
from transforms.boilerplate.engine import LONGEST, TableError, Tables, tables
from transforms.boilerplate.fields import FIELDS, KINDS, WHERE
from transforms.boilerplate.patterns import Automaton, fold, folded_lines
from transforms.boilerplate.transform import Boilerplate
from transforms.text import has_words, word_count

FOLDER = pathlib.Path(__file__).parent.parent / "transforms" / "boilerplate" / "tables"
TABLE = tables()
EXAMPLES = [
    (number, line, taken)
    for number, row in enumerate(TABLE.rows)
    for taken, lines in ((True, row.takes), (False, row.leaves))
    for line in lines
]
GUIDE = FOLDER.parents[2] / "docs" / "rules.md"
[OWN] = re.findall(r"^```toml\n(.*?)^```", GUIDE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
BODY = [
    "The city council voted on Tuesday to close the old harbour bridge for repairs that will take "
    "at least eighteen months.",
    "Ferries will carry commuters across the river until the work is done, and the fare will stay "
    "the same.",
]


@pytest.mark.parametrize(("number", "line", "taken"), EXAMPLES)
def test_a_row_takes_and_leaves_its_own_examples(number: int, line: str, taken: bool) -> None:
    assert (number in TABLE.rows_of(line)) is taken, TABLE.rows[number].source


def test_every_pattern_and_bag_has_examples_of_both_kinds() -> None:
    rows = [row for row in TABLE.rows if "[[labels]]" not in row.source]
    assert [row.source for row in rows if not row.takes or not row.leaves] == []


def test_every_label_is_taken_by_its_row() -> None:
    lost = [
        (row.source, label)
        for number, row in enumerate(TABLE.rows)
        for label in row.labels
        if number not in TABLE.rows_of(label)
    ]
    assert lost == []


def test_no_label_stands_in_two_rows_of_a_language() -> None:
    seen: dict[tuple[str, str], str] = {}
    twice = []
    for row in TABLE.rows:
        for label in row.labels:
            if seen.setdefault((row.language, label), row.source) != row.source:
                twice.append((label, row.source))
    assert twice == []


def test_every_rule_of_the_registry_says_what_it_removes() -> None:
    for rule in TABLE.rules.values():
        assert rule.kind in KINDS
        assert rule.about.endswith(".")
    assert {row.where for row in TABLE.rows} <= set(WHERE)
    assert Boilerplate().removes() == {rule.name: rule.about for rule in TABLE.rules.values()}


# --- what a line may be ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("LATEST NEWS", "link_heading_v4"),
        ("Latest news:", "link_heading_v4"),
        ("12 Comments", "comments_v3"),
        ("Leave a replyLeave a reply", "comments_v3"),
        ("À lire aussi", "link_heading_v4"),
        ("A lire aussi", "link_heading_v4"),
        ("Subscribe\u00a0to our newsletter", "newsletter_v4"),
    ],
)
def test_how_a_line_is_written_does_not_matter(line: str, rule: str) -> None:
    match = TABLE.match(line)
    assert match is not None
    assert match.rule == rule


def test_a_whole_story_that_ends_in_a_notice_stays() -> None:
    notice = "© 2021 Harbour Times. All rights reserved."
    assert TABLE.match(notice) is not None
    story = " ".join([*BODY * 4, notice])
    assert len(story) > LONGEST
    assert TABLE.rows_of(story) == []
    assert TABLE.match(" ".join([BODY[0], BODY[1], BODY[1], notice])) is None


@given(
    st.lists(
        st.text(min_size=1, max_size=60).map(str.strip).filter(bool)
        | st.sampled_from([line for _, line, _ in EXAMPLES]),
        min_size=1,
        max_size=8,
    )
)
def test_lines_match_together_as_one_by_one(lines: list[str]) -> None:
    assert TABLE.match_lines(lines) == [TABLE.match(line) for line in lines]


def test_no_pattern_backtracks() -> None:
    """An engine that does would not come back from this line."""
    table = Tables(
        [
            (
                "own",
                "[rules]\nslow_v1 = { kind = 'prompt', about = 'Slow.' }\n"
                "[[patterns]]\nrule = 'slow_v1'\nline = '^(?:(?:a+)+ ?)+$'\n",
            )
        ]
    )
    assert table.match("a" * (LONGEST - 1) + "!") is None


# --- rows of a user -------------------------------------------------------------------------------


def test_own_rows_count_for_the_outlets_they_name(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN, "utf-8")
    step = Boilerplate(rules=str(path))
    path.unlink()  # a worker elsewhere does not see it
    step.setup()
    notice = "The next ferry leaves at noon from pier four."
    article = {"lines": [*BODY, notice, BODY[0], "News from the quay"], "title": "Bridge closes"}
    article |= {"authors": [], "field_lines": [], "document_type": "text", "outlet": None}
    there = step.apply(article | {"outlet": "The Harbour Times"})
    elsewhere = step.apply(article | {"outlet": "The Hill Courier"})
    rules = {line.text: line.rule for line in there["removed_lines"]}
    assert rules[notice] == "ferry_notice_v1"
    assert rules["News from the quay"] == "link_heading_v4"
    assert notice in elsewhere["text"]
    assert "ferry_notice_v1" in step.removes()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("[[labels]", "own.toml is no TOML"),
        ("colour = 'red'", "own.toml has 'colour', which is not read. Write bags, labels,"),
        ("[[labels]]\nlabels = ['x']", r"row 1 of \[\[labels\]\] names no rule"),
        ("[[labels]]\nrule = 'x_v1'\nlabels = ['x']", "there is no rule 'x_v1'.*advertisement_v3"),
        ("[[labels]]\nrule = 'tags_v4'\nlabel = ['x']", "'label', which is not read. Write about,"),
        ("[[labels]]\nrule = 'tags_v4'\nlabels = 'x'", "labels is 'x'. It must be a list of texts"),
        ("[[labels]]\nrule = 'tags_v4'\nmost = 'x'", "most is 'x'. It must be a number"),
        ("[[labels]]\nrule = 'tags_v4'\nwhere = 'up'", "where is 'up'. It must be anywhere, out"),
        ("[rules]\nx_v1 = { kind = 'odd', about = 'X.' }", "kind 'odd'. Kinds are links, menu"),
        ("[rules]\nx_v1 = 'X.'", "rule 'x_v1' needs `about`"),
        ("[[patterns]]\nrule = 'tags_v4'", r"row 1 of \[\[patterns\]\]: it has no pattern. Write"),
        ("[[patterns]]\nrule = 'tags_v4'\nholds = 'a(?=b)'", "cannot be used.*without look-around"),
        ("[[patterns]]\nrule = 'tags_v4'\nholds = 'Ab'", "in lower case"),
        ("[[patterns]]\nrule = 'tags_v4'\nholds = 'a\\\\b'", "knows ASCII only"),
        ("[[patterns]]\nrule = 'tags_v4'\nline = '{nobody}'", "there are no words {nobody}"),
        ("[[patterns]]\nrule = 'tags_v4'\nline = '('", "cannot be used: missing"),
        ("[[patterns]]\nrule = 'tags_v4'\nstarts = ''", "starts holds '', which has no words"),
        ("[[patterns]]\nrule = 'tags_v4'\nis = ['quay', ' ']", "is holds ' ', which has no words"),
        ("[[patterns]]\nrule = 'tags_v4'\nis = 'quay'\nunless = []", "unless is empty"),
        ("[[labels]]\nrule = 'tags_v4'\nlabels = []", "labels is empty. Write a text"),
        ("[[labels]]\nrule = 'tags_v4'\nlabels = ['']", "labels holds '', which has no letter"),
        ("[[labels]]\nrule = 'tags_v4'\nheads = ['-']", "heads holds '-', which has no letter"),
        ("[[labels]]\nrule = 'tags_v4'\nmost = 3", "no words that a line.*one of labels, heads"),
        ("[[labels]]\nrule = 'tags_v4'\nlabels = ['x']\noutlets = []", "outlets is empty"),
        ("[[labels]]\nrule = 'tags_v4'\nlabels = ['x']\nleast = 0", "least is 0.*from 1 on"),
        ("[[labels]]\nrule = 'tags_v4'\nlabels = ['x']\nleast = 9\nmost = 3", "least is 9.*3 wor"),
        ("[[labels]]\nrule = 'tags_v4'\nlabels = ['x']\nleast = 17", "most is 16 words"),
        ("[[bags]]\nrule = 'tags_v4'\nwords = ['x']", "no words that a line.*one of makers"),
        ("[[labels]]\nrule = 'tags_v4'\nlabels = ['x']\ntakes = ['y']", "not take the line 'y'"),
        ("[[labels]]\nrule = 'tags_v4'\nlabels = ['x']\nleaves = ['X']", "takes the line 'X', wh"),
        ("[rules]\ntags_v4 = { kind = 'menu', about = 'X.' }", "'tags_v4' is declared already"),
        ("[rules]\nx_v1 = { kind = 'menu', about = 3 }", "about 3. Write a sentence"),
        ("[words]\nsaid = ['x']", "words {said} are listed already"),
        ("[words]\nx = 3", "words 'x': the list is 3. It must be a text or a list"),
        ("patterns = 3", r"patterns is no list of rows. Begin each with \[\[patterns\]\]"),
        (
            "[labels]\nrule = 'tags_v4'",
            r"labels is no list of rows. Begin each with \[\[labels\]\]",
        ),
        ("rules = 3", r"rules is 3. Write its entries below \[rules\]"),
        ("language = 3", "language is 3. It must be a text"),
    ],
)
def test_an_error_names_the_file_the_row_and_the_remedy(
    table: str, message: str, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(table, "utf-8")
    with pytest.raises(TableError, match=message) as raised:
        Boilerplate(rules=str(path))
    assert "own.toml" in str(raised.value)


@pytest.mark.parametrize("outlets", ["", "outlets = ['The Harbour Times']\n"])
@pytest.mark.parametrize(
    "pattern", ["line = '.*'", "line = '[a-z]'", "holds = 'the'", "starts = '(?:the )?'"]
)
def test_a_row_that_takes_articles_is_refused(pattern: str, outlets: str) -> None:
    own = f"[[patterns]]\nrule = 'tags_v4'\n{outlets}{pattern}\n"
    with pytest.raises(
        TableError, match=r"row 1 of .* takes \d+ of \d+ lines that are the article"
    ):
        tables(own, "patterns.toml")  # as the file beside it is called


def test_only_the_message_is_printed(tmp_path: pathlib.Path, capfd: pytest.CaptureFixture) -> None:
    (tmp_path / "own.toml").write_text("[[patterns]]\nrule = 'tags_v4'\nline = 'quay['", "utf-8")
    with pytest.raises(TableError, match=r"cannot be used: missing \]: \[\. Patterns"):
        Boilerplate(rules=str(tmp_path / "own.toml"))
    assert capfd.readouterr() == ("", "")


def test_the_guide_names_every_field_and_choice() -> None:
    guide = GUIDE.read_text("utf-8")
    missing = [name for name in (*FIELDS, *KINDS, *WHERE) if f"`{name}" not in guide]
    assert missing == []
    own = Tables([(path.name, path.read_text("utf-8")) for path in FOLDER.glob("*.toml")])
    assert own.rules == TABLE.rules


def test_the_command_runs_with_own_rows(desk: Desk, tmp_path: pathlib.Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    (tmp_path / "story.txt").write_text("\n".join(["Bridge", *BODY, "From the quay"]), "utf-8")
    warehouse = tmp_path / "warehouse"
    flags = ["--rules", str(tmp_path / "own.toml")]
    done(desk.run(tmp_path / "story.txt", warehouse, *flags))
    [(rule,)] = query(warehouse, "SELECT rule FROM removed_lines WHERE text = 'From the quay'")
    assert rule == "link_heading_v4"
    (tmp_path / "own.toml").write_text("[[labels]]\nrule = 'x_v1'", "utf-8")
    refused = desk.run(tmp_path / "story.txt", warehouse, "--again", *flags)
    assert refused.code == 2
    assert "row 1 of [[labels]]" in refused.err
    assert "there is no rule 'x_v1'" in refused.err


def test_a_missing_file_is_named_before_anything_runs(tmp_path: pathlib.Path) -> None:
    with pytest.raises(
        ValueError, match=r"--rules .*nothing.toml cannot be read.*Name a TOML file"
    ):
        Boilerplate(rules=str(tmp_path / "nothing.toml"))


def test_planning_a_run_compiles_no_table() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "from transforms.boilerplate.transform import Boilerplate; "
         "Boilerplate(); import sys; print('re2' in sys.modules, 'numba' in sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert loaded.stdout.split() == ["False", "False"]


def test_a_notice_is_all_an_article_says() -> None:
    """Nothing is emptied: the only sentence stays, and the record says so."""
    notice = (
        "Sign up for our daily newsletter, and receive the best of the harbour in your inbox on "
        "every morning of the week."
    )
    parts = split(["Harbour news", notice])
    assert [line.text for line in parts.paragraphs] == [notice]
    assert parts.spared == 1
    assert split(["Harbour news", *BODY, notice]).spared == 0


# --- what finds the patterns ----------------------------------------------------------------------

LINES = st.text(st.sampled_from("abyAB ©\t\u00a0\u2019é漢。.:-1"), min_size=1).filter(str.strip)


@given(st.lists(LINES, min_size=1, max_size=6), st.integers(1, 14))
def test_lines_folded_or_counted_together_are_as_they_are_alone(lines: list[str], least: int):
    assert folded_lines(lines) == [fold(line).encode() for line in lines]
    assert [has_words(line, least) for line in lines] == [
        word_count(line) >= least for line in lines
    ]


def test_an_automaton_finds_what_each_of_its_patterns_finds_alone():
    patterns = ("^by [a-z]+$", "photo", "^photo|^by", "(?:^|[^a-z])share(?:[^a-z]|$)", "b", "^b")
    automaton = Automaton()
    numbers = [automaton.add(pattern) for pattern in (*patterns, patterns[0])]
    automaton.compile()
    assert numbers == [*range(len(patterns)), 0]
    for line in ("by ann", "photo by ann", "share", "shared", "", "a b"):
        found = [at for at, pattern in enumerate(patterns) if re.search(pattern, line)]
        assert sorted(automaton.found_in(line.encode())) == found

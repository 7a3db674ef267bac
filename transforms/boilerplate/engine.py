"""Tables of labels and patterns, and the lines that their rows match.

The tables are TOML files in ``tables/``; ``docs/rules.md`` says what a row holds. A row matches
a line by its own words:

- a *label* is the whole line, compared by :func:`transforms.text.key`: a look-up in a dictionary;
- a *bag* is a line of listed words only, such as a date or the buttons of a share bar;
- a *head* is a label before a colon: ``Read also: ...``;
- a *pattern* is a regular expression over the folded line.

All patterns of all rows are one automaton of RE2 (Cox, "Regular Expression Matching in the Wild",
2010), which reads a line once, in time linear in its length, however many patterns there are. A
second one looks for the further conditions of a row (``and``, ``unless``), in lines in which the
first found something.
"""

import functools
import pathlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from transforms.agencies import agency_names
from transforms.boilerplate.fields import MOST_WORDS, check_row, check_rule, parsed
from transforms.boilerplate.patterns import (
    FORMS,
    Automaton,
    TableError,
    folded_lines,
    quoted,
    whole_pattern,
)
from transforms.text import DIGIT_RUN, ends_sentence, key, without_accents, word_count

LONGEST = 600
"""Characters of the longest line that a row may take: three or four sentences. No label, notice or
prompt is longer; a paragraph is, which may end in one."""

OWN_WORDS = 8
"""Words of a sentence from which on it says something of its own. A line that begins with a notice
and goes on with such a sentence of the writer's is the article's."""

_SENTENCE_END = re.compile(rb"(?<=[.!?])(?<! [dm]r\.)(?<! [ms][st]\.)[\"')]* ")
_LONGEST_LABEL = 100
_LONGEST_HEAD = 40


class Rule(NamedTuple):
    """A rule of the registry.

    Attributes:
      name: as ``removed_lines.rule`` has it.
      about: what the lines are that it removes.
      kind: one of ``KINDS``.
    """

    name: str
    about: str
    kind: str


class Match(NamedTuple):
    """The row that a line matches by its own words.

    Attributes:
      rule: name of the rule.
      kind: its kind.
      where: where the row decides, one of ``WHERE``.
      row: number of the row in ``Tables.rows``.
    """

    rule: str
    kind: str
    where: str
    row: int

    @property
    def firm(self) -> bool:
        """Whether the row decides wherever the line stands."""
        return self.where == "anywhere"


class Row(NamedTuple):
    """A row of a table.

    Attributes:
      source: file and number of the row, for messages.
      rule: name of its rule.
      about: what it takes.
      language: code of the language its words are in, ``any`` for all.
      where: one of ``WHERE``.
      least, most: words of a line it may take.
      open: whether it takes only lines that do not end as sentences do.
      capitals: whether its heads count in capitals only.
      outlets: outlets whose lines it is for, in lower case; empty for all.
      needs: further patterns that a line must hold, as numbers in the second automaton.
      unless: patterns that it must not hold.
      each: pattern that every long sentence of it must hold; ``None`` for no such demand.
      labels: whole lines, as keys.
      takes, leaves: its examples.
    """

    source: str
    rule: str
    about: str
    language: str
    where: str
    least: int
    most: int
    open: bool
    capitals: bool
    outlets: frozenset[str]
    needs: tuple[int, ...]
    unless: tuple[int, ...]
    each: int | None
    labels: tuple[str, ...]
    takes: tuple[str, ...]
    leaves: tuple[str, ...]


class Bag(NamedTuple):
    """A row that takes lines of listed words only.

    Attributes:
      row: its number in ``Tables.rows``.
      makers: words of which the line must hold at least one.
      share: words of the line for each maker, at most.
      words: all its words.
      digits: whether the line holds a number: ``no``, ``may`` or ``must``.
    """

    row: int
    makers: frozenset[str]
    share: int
    words: frozenset[str]
    digits: str


# --- tables ---------------------------------------------------------------------------------------


class Tables:
    """The registry of rules, and what finds the row that a line matches.

    Args:
      files: (name, text) of TOML files; rows of earlier ones come first.

    Attributes:
      rules: rule by name.
      rows: all rows.

    Raises:
      TableError: a file that cannot be used.
    """

    def __init__(self, files: Iterable[tuple[str, str]]) -> None:
        self.rules: dict[str, Rule] = {}
        self.rows: list[Row] = []
        self._labels: dict[str, list[int]] = {}
        self._counted: dict[str, list[int]] = {}
        self._heads: dict[str, list[int]] = {}
        self._bags: list[Bag] = []
        self._patterns, self._conditions = Automaton(), Automaton()
        self._by_pattern: dict[int, list[int]] = {}
        read = [(name, parsed(name, text)) for name, text in files]
        words = {"agencies": _joined([quoted(name) for name in agency_names()])}
        for name, table in reversed(read):  # copydesk's own are declared first
            self._add_rules(name, table.get("rules", {}))
            for listed, texts in table.get("words", {}).items():
                if listed in words:
                    raise TableError(
                        f"{name}: the words {{{listed}}} are listed already. Choose another name"
                    )
                words[listed] = _joined(texts)
        for name, table in read:
            for sort in MOST_WORDS:
                for number, row in enumerate(table.get(sort, ()), 1):
                    language = {"language": table["language"]} if "language" in table else {}
                    source = f"{name}, row {number} of [[{sort}]]"
                    self._add(sort, source, language | row, words)
        self._patterns.compile()
        self._conditions.compile()
        self._may_be_bag = frozenset(("",)).union(*(bag.words for bag in self._bags))

    def _add_rules(self, name: str, rules: Mapping[str, Any]) -> None:
        for rule, entry in rules.items():
            check_rule(name, rule, entry)
            if rule in self.rules:
                raise TableError(
                    f"{name}: rule {rule!r} is declared already. Leave the declaration out to add "
                    "rows to that rule, or choose another name"
                )
            self.rules[rule] = Rule(rule, entry["about"], entry["kind"])

    def _add(
        self, sort: str, source: str, entry: Mapping[str, Any], words: Mapping[str, str]
    ) -> None:
        """Adds a row of a file."""
        check_row(sort, source, entry, self.rules)
        number = len(self.rows)
        groups: dict[str, list[int]] = {"needs": [], "unless": [], "each": []}
        if sort == "patterns":
            forms = [form for form in FORMS if form in entry]
            asked = [
                *(("needs", form, _joined(entry[form])) for form in forms[1:]),
                *(("needs", "line", pattern) for pattern in entry.get("and", ())),
                *(("unless", "line", pattern) for pattern in entry.get("unless", ())),
                *(("each", "holds", _joined(entry[field])) for field in entry if field == "each"),
            ]
            for group, form, pattern in asked:
                groups[group].append(
                    self._conditions.add(whole_pattern(source, form, pattern, words))
                )
            whole = whole_pattern(source, forms[0], _joined(entry[forms[0]]), words)
            first = self._patterns.add(whole)
            self._by_pattern.setdefault(first, []).append(number)
        labels = tuple(key(label) for label in entry.get("labels", ()))
        for label in labels:
            for form in dict.fromkeys((label, without_accents(label))):
                self._labels.setdefault(form, []).append(number)
                if entry.get("counted"):
                    self._counted.setdefault(form, []).append(number)
        for head in entry.get("heads", ()):
            for form in dict.fromkeys((key(head), without_accents(key(head)))):
                self._heads.setdefault(form, []).append(number)
        if sort == "bags":
            makers, others = (
                frozenset(form for word in entry.get(field, ()) for form in _forms(word))
                for field in ("makers", "words")
            )
            bag = Bag(
                number, makers, entry.get("share", MOST_WORDS["bags"]), makers | others,
                entry.get("digits", "may"),
            )  # fmt: skip
            self._bags.append(bag)
        self.rows.append(
            Row(
                source,
                entry["rule"],
                entry.get("about", self.rules[entry["rule"]].about),
                entry.get("language", "any"),
                entry.get("where", "anywhere"),
                entry.get("least", 1),
                entry.get("most", MOST_WORDS[sort]),
                entry.get("open", False),
                entry.get("capitals", False),
                frozenset(outlet.casefold() for outlet in entry.get("outlets", ())),
                tuple(groups["needs"]),
                tuple(groups["unless"]),
                groups["each"][0] if groups["each"] else None,
                labels,
                tuple(entry.get("takes", ())),
                tuple(entry.get("leaves", ())),
            )
        )

    def match(self, text: str, outlet: str = "") -> Match | None:
        """Returns what :meth:`match_lines` does of one line."""
        return self.match_lines([text], outlet)[0]

    def match_lines(self, texts: Sequence[str], outlet: str = "") -> list[Match | None]:
        """Returns the first row that each line matches by its own words, or ``None``.

        Rows that decide anywhere go before others, labels before bags, heads and patterns.

        Args:
          texts: lines, outer white space stripped, none empty.
          outlet: who published them, for rows that are for some outlets only.
        """
        matches: list[Match | None] = [None] * len(texts)
        short = [at for at, text in enumerate(texts) if len(text) <= LONGEST]
        for at, data in zip(short, folded_lines([texts[at] for at in short]), strict=True):
            rows = self._held_by(texts[at], data)
            if rows:
                matches[at] = self._first(self._allowed(rows, texts[at], outlet))
        return matches

    def rows_of(self, text: str, outlet: str = "") -> list[int]:
        """Returns the numbers of all rows that a line matches."""
        [data] = folded_lines([text])
        return self._allowed(self._held_by(text, data), text, outlet)

    def _held_by(self, text: str, data: bytes) -> list[int]:
        """Returns the rows whose words a line has, whatever its length and end."""
        size = len(text)
        if size > LONGEST:
            return []
        rows = self._labelled(text) if size <= _LONGEST_LABEL else []
        head = text[:_LONGEST_HEAD]
        if ":" in head or "|" in head or "\uff1a" in head:
            rows += self._headed(text)
        patterns = self._patterns.found_in(data)
        if patterns:
            held = frozenset(self._conditions.found_in(data))
            rows += [
                number
                for pattern in patterns
                for number in self._by_pattern[pattern]
                if held.issuperset((row := self.rows[number]).needs)
                and held.isdisjoint(row.unless)
                and (row.each is None or self._in_each_sentence(row.each, data))
            ]
        return rows

    def _in_each_sentence(self, condition: int, data: bytes) -> bool:
        """Returns whether each sentence of ``OWN_WORDS`` words holds a pattern."""
        return all(
            condition in self._conditions.found_in(sentence)
            for sentence in _SENTENCE_END.split(data)
            if len(sentence.split()) >= OWN_WORDS
        )

    def _allowed(self, rows: Iterable[int], text: str, outlet: str) -> list[int]:
        """Returns the rows that may take a line of this length and end, and of this outlet."""
        words, ended = word_count(text), ends_sentence(text)
        return [
            number
            for number in sorted(rows)  # a user's own rows are the first
            if (row := self.rows[number]).least <= words <= row.most
            and not (row.open and ended)
            and (not row.outlets or outlet.casefold() in row.outlets)
        ]

    def _first(self, rows: Sequence[int]) -> Match | None:
        """Returns the first row that decides anywhere, else the first one."""
        if not rows:
            return None
        number = next((n for n in rows if self.rows[n].where == "anywhere"), rows[0])
        row = self.rows[number]
        return Match(row.rule, self.rules[row.rule].kind, row.where, number)

    def _labelled(self, text: str) -> list[int]:
        """Returns the rows of labels and bags whose words a line has."""
        line = key(text)
        # A single word with a full stop is an answer, or the end of a broken sentence.
        if not line or (text[-1] == "." and " " not in line):
            return []
        rows = [*self._labels.get(line, ())]
        if line[0].isdigit() or line[-1].isdigit():
            rows += self._counted.get(" ".join(DIGIT_RUN.sub(" ", line).split()), ())
        half = repeated_half(text)
        if half:
            rows += self._labels.get(key(half), ())
        words = line.split()
        if DIGIT_RUN.sub("", words[0]) in self._may_be_bag:
            rows += self._bagged(words)
        return rows

    def _headed(self, text: str) -> list[int]:
        """Returns the rows of heads that a line begins with."""
        rows: list[int] = []
        for mark in ":|\uff1a":
            at = text.find(mark, 2, _LONGEST_HEAD)
            if at > 0 and (heads := self._heads.get(key(text[:at]))):
                rest = text[at + 1 :].strip()
                if rest and not rest[0].islower() and text[-1] != ".":
                    shouted = text[:at].isupper()
                    rows += [row for row in heads if shouted or not self.rows[row].capitals]
        return rows

    def _bagged(self, words: Sequence[str]) -> list[int]:
        """Returns the rows of bags that have all of some words; figures count as any word."""
        known = [DIGIT_RUN.sub("", word) for word in words]
        return [
            bag.row
            for bag in self._bags
            if all(not word or word in bag.words for word in known)
            and len(words) <= bag.share * sum(word in bag.makers for word in known)
            and (bag.digits == "may" or (known == words) == (bag.digits == "no"))
        ]


def repeated_half(text: str) -> str | None:
    """Returns the half of a text that is the same string twice, glued or with a space between."""
    middle = len(text) // 2
    if text[:middle] == text[-middle:] and (len(text) % 2 == 0 or text[middle].isspace()):
        return text[:middle]
    return None


def _forms(word: str) -> set[str]:
    """Returns the words of a key that a listed word stands for, with and without accents."""
    parts = key(word).split()
    return {form for part in parts for form in (part, without_accents(part))}


def _joined(alternatives: str | Sequence[str]) -> str:
    """Returns a pattern that is written as one text or as a list of alternatives."""
    return alternatives if isinstance(alternatives, str) else "|".join(alternatives)


@functools.lru_cache(maxsize=4)
def tables(own: str = "", name: str = "rules") -> Tables:
    """Returns the tables of this package, with a user's own rows before them.

    Args:
      own: text of a TOML file; empty for none.
      name: what messages call that file.

    Raises:
      TableError: the file cannot be used.
    """
    folder = pathlib.Path(__file__).with_name("tables")
    files = [(path.name, path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))]
    if not own:
        return Tables(files)
    found = Tables([(name, own), *files])
    rows = parsed(name, own)
    _check_examples(found, sum(len(rows.get(sort, ())) for sort in MOST_WORDS))
    return found


MOST_OF_ARTICLES = 0.1
"""Share of the tables' own examples of article text above which a user's row is refused. No row of
copydesk takes more than one in fifty of those of the other rows."""
_FEWEST_TAKEN = 3


def _check_examples(table: Tables, count: int) -> None:
    """Checks that a user's rows take what they are to take, and leave the article.

    Args:
      table: the tables.
      count: the number of these rows, which are the first.

    Raises:
      TableError: a row does not.
    """
    articles = [line for row in table.rows[count:] for line in row.leaves]
    for number, row in enumerate(table.rows[:count]):
        outlet = min(row.outlets, default="")
        for field, lines in (("takes", row.takes), ("leaves", row.leaves)):
            for line in lines:
                if (number in table.rows_of(line.strip(), outlet)) is not (field == "takes"):
                    does = "does not take" if field == "takes" else "takes"
                    raise TableError(
                        f"{row.source} {does} the line {line!r}, which it lists under `{field}`. "
                        "Mend the row, or the example"
                    )
        taken = [line for line in articles if number in table.rows_of(line, outlet)]
        if len(taken) > max(_FEWEST_TAKEN, MOST_OF_ARTICLES * len(articles)):
            raise TableError(
                f"{row.source} takes {len(taken)} of {len(articles)} lines that are the article's, "
                f"such as {taken[0]!r}. Name more words of the lines that it is to take"
            )

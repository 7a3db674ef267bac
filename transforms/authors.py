"""Cleans the names of authors, wherever they are from: a field of the dump, a page, a byline."""

import dataclasses
import re
from collections.abc import Sequence

from pipeline.article import Article, Paragraph, RemovedLine
from pipeline.transform import Transform
from transforms.agencies import agencies_of
from transforms.people import (
    MOST_OF_ONE_BYLINE,
    author_names,
    is_office,
    is_suffix,
    letters,
    may_be_outlet,
    written_by,
)
from transforms.text import key

LEAST_OF_MARGIN = 4
"""Names of a list that no byline has. Where an address, a byline or a note says which of a longer
list than three wrote the article, that is the first in 1,213 of 1,226 (AllSides, 12 outlets)."""

_COLUMN = re.compile(r"(?:^|/)(?:columnists?|authors?|contributors?)/([^\W\d_][^/.]{5,})(?:/|$)")

NOTES = 3
"""Last paragraphs that may be a note about the author."""

LONGEST_BYLINE = 80
"""Characters of a line of names before the text, and of the office below it."""

LONGEST_NOTE = 500

_ABOUT = "about the author"
"""How such a note begins wherever it stands."""

_CALLING = (
    r"(?:columnist|writer|reporter|editor|author|director|fellow|professor|chair(?:man|woman)?"
    r"|contributor|correspondent|host|(?:co-?)?founder|analyst|attorney|lawyer|journalist|scholar"
    r"|researcher|lecturer|scientist|economist|historian|producer|blogger|critic|strategist"
    r"|consultant|expert|member|president|head|redakteur(?:in)?|autor(?:in|a)?|journalistin"
    r"|korrespondent(?:in)?|professorin|periodista|profesora?|journaliste|auteure?|professeure?"
    r"|giornalista|professore)"
)
_NOTE = re.compile(
    r"(?:^|[.!]\s)(?:about the author\W+)?(?:(?:the writer|dr|prof|rep|sen|gov)\b[.,]*\s)?"
    r"(?P<name>(?-i:[A-Z\u00c0-\u00de][\w.\u2019'-]+"
    r"(?:\s(?:[A-Z\u00c0-\u00de][\w.\u2019'-]*|de|del|der|la|van|von|bin|al)){1,3}))"
    r"(?:\sof\s\w+)?(?:,\s[^.]{2,40},)?"
    rf"(?:\s(?:is|ist|es|est|è|é)\s(?:\S+\s){{0,8}}{_CALLING}\b|['\u2019]s\s(?:\w+\s)?column\b)",
    re.IGNORECASE,
)


def _is_about(text: str) -> bool:
    return text[: len(_ABOUT)].casefold() == _ABOUT


def noted_authors(
    paragraphs: Sequence[Paragraph], removed: Sequence[RemovedLine], outlets: set[str]
) -> list[str]:
    """Returns whom notes at the end call authors: "Ada Moe is a fellow of ...".

    A person whom the article has named before is not its author but its subject. Where a dump
    states authors as well, 181 of 210 such names of AllSides are among them. Of the others all but
    7 are the article's authors: the dump lists others from the page's margin, or another spelling.

    Args:
      paragraphs: of the article.
      removed: lines that are none of it, as such a note may be.
      outlets: names of the article's own outlet.
    """
    last = paragraphs[-NOTES:]
    end = last[0].line_number if last else 0
    about = [line for line in paragraphs[:-NOTES] if _is_about(line[1])]
    notes = [*about, *last, *((line.line_number, line.text) for line in removed)]
    names: dict[str, None] = {}
    for number, text in sorted(notes):
        if (
            (number < end and not _is_about(text))
            or len(text) > LONGEST_NOTE
            or not _NOTE.match(text)
        ):
            continue
        for note in _NOTE.finditer(text):
            for name in author_names(note["name"], outlets):
                family = name.split()[-1]
                above = (line for at, line in paragraphs if at < min(end, number))
                if " " in name and all(family not in line for line in above):
                    names[name] = None
    return list(names)


def headed_authors(paragraphs: Sequence[Paragraph], outlets: set[str]) -> list[str]:
    """Returns whom a line of names before the text names, if the next one says their office.

    Args:
      paragraphs: of the article.
      outlets: names of the article's own outlet.
    """
    if len(paragraphs) < 3:
        return []
    (_, line), (_, office) = paragraphs[:2]
    short = len(line) <= LONGEST_BYLINE and len(office) <= LONGEST_BYLINE
    return author_names(line, outlets) if short and is_office(office) else []


def columnist(
    path: str, stated: Sequence[str], paragraphs: Sequence[Paragraph]
) -> list[str] | None:
    """Returns whose column the address says it is, or ``None`` if it says nothing.

    A folder of one word, as "adamoe", is a name only where the text has it, and else nobody's.

    Args:
      path: folders of the article's address.
      stated: authors by the dump, of whom a folder may join two.
      paragraphs: of the article.
    """
    if not (match := _COLUMN.search(path.casefold())):
        return None
    if found := [n for n in stated if " " in n and letters(n) in match[1].replace("-", "")]:
        return found
    if "-" in match[1]:
        return [n for n in author_names(match[1].replace("-", " ")) if " " in n]
    for _, line in paragraphs:
        words = line.replace("\u2019s", "").split()
        for first in (at for at, word in enumerate(words) if word[0].isupper()):
            for end in range(first + 2, first + 5):
                name = " ".join(words[first:end])
                if letters(name) == match[1]:
                    return author_names(name)
    return []


def sourced(source: str | None, outlet: str) -> list[str]:
    """Returns the person whom a dump states as the source of an article of a known outlet.

    Args:
      source: what the dump states where the outlet is known by other things. "Ada Moe (Sandvik
        Times)" is of an outlet, but need not have written what another printed.
      outlet: a bare domain where no table has its name; a source may then be its name.
    """
    if not source or "(" in source or "." in (outlet or ".") or letters(outlet) in letters(source):
        return []
    names = author_names(source)
    return names if len(names) == 1 and " " in names[0] and not may_be_outlet(names[0]) else []


@dataclasses.dataclass
class Authors(Transform):
    """Leaves the names of people and agencies in `authors`.

    Offices, desks, places, buttons, addresses and the outlet's own name go; several names in one
    become several, ``Family, Given`` becomes ``Given Family``. Where nobody is stated, a note at
    the end of the article may say who wrote it. Of a list of four and more, which some tools
    collect all over a page, those count that the article's byline has, or else whom a folder of its
    address, such a note or the dump's field for the source names, or the first in a record of a
    dump, unless offices stand beside the names. If the address names a columnist whom neither list
    nor text has, nobody is named.
    """

    reads = (
        "authors", "outlet", "outlet_stated", "url", "paragraphs", "removed_lines", "document_type",
    )  # fmt: skip
    updates = ("authors",)
    after = ("Boilerplate",)
    version = 6

    def apply(self, article: Article) -> Article:
        """Returns the article with its authors.

        Args:
          article: with the columns of ``reads``.
        """
        stated = article["authors"] or []
        outlet = article["outlet"] or ""
        outlets = {key(outlet), key(outlet.rsplit(".", 1)[0]), key(f"the {outlet}")} - {""}
        names: dict[str, str] = {}
        for text in stated:
            if names and is_suffix(text):
                last = list(names)[-1]
                names[last] += f" {text}"
            for name in author_names(text, outlets):
                names.setdefault(key(name), name)
        if any(" " in name for name in names.values()):
            # Beside full names a single word is a place, a desk or an agency.
            names = {
                k: n for k, n in names.items() if " " in n or not n.isascii() or agencies_of(n)
            }
            outlets_last = len(names) > 1 and may_be_outlet(list(names.values())[-1])
            names = dict(list(names.items())[: len(names) - outlets_last])
        if len(stated) > MOST_OF_ONE_BYLINE:  # an agency among them is that of another article
            names = {k: n for at, (k, n) in enumerate(names.items()) if not (at and agencies_of(n))}
        # "Ada Moe" and "Ada Moe Harbour Content": what is behind the name is an office.
        heads = {f"{k} " for k, n in names.items() if " " in n}
        found = [
            n
            for k, n in names.items()
            if is_suffix(n.split()[-1]) or not k.startswith(tuple(heads))
        ]
        is_long = len(found) > MOST_OF_ONE_BYLINE
        byline = [
            name
            for _, line, rule in article["removed_lines"]
            if is_long and rule == "field:byline"
            for name in author_names(line, outlets)
        ]
        path = (article["url"] or "").partition("//")[2].partition("/")[2].rpartition("/")[0]
        found = written_by(found, byline, path)
        found = found or headed_authors(article["paragraphs"], outlets)
        if found and (byline or len(found) <= MOST_OF_ONE_BYLINE):
            return article | {"authors": found}
        own = columnist(path, found, article["paragraphs"])
        said = noted_authors(article["paragraphs"], article["removed_lines"], outlets)
        if not said and article["document_type"] == "text":  # a page states its site
            said = sourced(article["outlet_stated"], outlet)
        if said or own is not None:
            found = said or own or []
        elif article["document_type"] == "text" and len(found) >= LEAST_OF_MARGIN:
            parts = [part for text in stated for part in text.split(",") if part.strip()]
            if sum(is_office(part.split()[-1]) for part in parts) < len(found) / 2:
                found = found[:1]
        return article | {"authors": found}

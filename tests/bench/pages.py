"""The pages with known articles, their split into a half to work on and a half to report on, and
which lines of a text belong to the article.
"""

import dataclasses
import gzip
import hashlib
import json
import pathlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np

_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"\w+")


@dataclasses.dataclass(frozen=True)
class Page:
    """A page and what is true of it.

    Attributes:
      name: the page's file below the data folder.
      site: what the split hashes: the host of ``html_articles``, the publisher of ``fundus``.
      url: where it was read.
      html: the page, decoded.
      paragraphs: the article's paragraphs, summary and headings within the text included.
      title: the headline, or None where the gold has none.
      authors: names as the gold has them; None where it does not say.
      published: ISO 8601, with a zone if the gold has one; None where it does not say.
      tags: topics; None where the gold does not say.
    """

    name: str
    site: str
    url: str
    html: str
    paragraphs: list[str]
    title: str | None
    authors: list[str] | None
    published: str | None
    tags: list[str] | None

    @property
    def text(self) -> str:
        """The article, its paragraphs joined by a blank line."""
        return "\n\n".join(self.paragraphs)

    @property
    def held_out(self) -> bool:
        """Whether rules must not be tuned on the page: the lowest bit of its site's SHA-256."""
        return bool(hashlib.sha256(self.site.encode()).digest()[-1] & 1)


def all_pages(shared: pathlib.Path) -> Iterator[Page]:
    """Yields the pages of both data sets.

    Args:
      shared: the data folder.
    """
    yield from html_articles(shared)
    yield from fundus(shared)


def html_articles(shared: pathlib.Path) -> Iterator[Page]:
    """Yields the web articles with a gold text, by file name.

    Args:
      shared: the data folder.
    """
    for path in sorted((shared / "html_articles" / "gold").glob("*.json")):
        gold = json.loads(path.read_text("utf-8"))
        if not gold.get("main_content"):
            continue
        page = shared / "html_articles" / "html" / f"{path.stem}.html.gz"
        yield Page(
            name=page.name,
            site=urlsplit(gold["url"]).hostname or "",
            url=gold["url"],
            html=_read(page),
            paragraphs=[p.strip() for p in gold["main_content"].split("\n\n") if p.strip()],
            title=gold["title"],
            authors=[gold["author"]] if gold["author"] else None,
            published=gold["publish_date"],
            tags=None,
        )


def fundus(shared: pathlib.Path) -> Iterator[Page]:
    """Yields the newspaper pages, by country, publisher and version of the publisher's layout.

    Which page of a publisher a gold entry describes is not written anywhere: entries and pages are
    paired, one to one, by the number of runs of four words that they share.

    Args:
      shared: the data folder.
    """
    for country in sorted(path for path in (shared / "fundus").iterdir() if path.is_dir()):
        crawled = json.loads((country / "meta.info").read_text("utf-8"))
        for path in sorted(country.glob("*.json")):
            gold = json.loads(path.read_text("utf-8"))
            pages = sorted(country.glob(f"{path.stem}_*.html.gz"))
            texts = {page: _read(page) for page in pages}
            for version, page in _matched(gold, texts).items():
                entry = gold[version]
                yield Page(
                    name=f"{country.name}/{page.name}",
                    site=path.stem,
                    url=crawled[page.name]["url"],
                    html=texts[page],
                    paragraphs=_paragraphs(entry["body"]),
                    title=entry["title"],
                    authors=entry.get("authors"),
                    published=entry["publishing_date"],
                    tags=entry.get("topics"),
                )


def tokens(text: str) -> list[str]:
    """Returns the words of a text in lower case."""
    return _WORD.findall(text.lower())


class Gold:
    """The words of an article, to tell which lines of a text are of it.

    Args:
      paragraphs: of the article.
    """

    def __init__(self, paragraphs: Sequence[str]) -> None:
        gold = [token for text in paragraphs for token in tokens(text)]
        self._runs = {tuple(gold[at : at + 4]) for at in range(len(gold) - 3)}
        self._lines = Counter(
            tuple(tokens(part)) for text in paragraphs for part in {text, *text.split("\n")}
        )

    def words(self, line: str) -> int:
        """Returns how many of a line's words are the article's.

        They are those in runs of four words of the article, or all if the line is one of it.
        """
        words = tuple(tokens(line))
        if words in self._lines:
            return len(words)
        covered = np.zeros(len(words), bool)
        for at in range(len(words) - 3):
            if words[at : at + 4] in self._runs:
                covered[at : at + 4] = True
        return int(covered.sum())

    def labels(self, lines: Sequence[str], once: bool = True) -> list[bool]:
        """Returns for each line whether it is the article's: at least half of its words are.

        Args:
          lines: of a text that holds the article.
          once: whether a line is content only as often as the gold has it, its first times.
        """
        seen: Counter[tuple[str, ...]] = Counter()
        found: list[bool] = []
        for line in lines:
            words = tuple(tokens(line))
            content = bool(words) and self.words(line) >= 0.5 * len(words)
            if once and content and len(words) >= 4:
                seen[words] += 1
                content = seen[words] <= max(self._lines[words], 1)
            found.append(content)
        return found


def _read(path: pathlib.Path) -> str:
    return gzip.decompress(path.read_bytes()).decode("utf-8", "replace")


def _matched(gold: dict[str, Any], texts: dict[pathlib.Path, str]) -> dict[str, pathlib.Path]:
    entries = {version: _runs(" ".join(_paragraphs(gold[version]["body"]))) for version in gold}
    pages = {page: _runs(_TAG.sub(" ", text)) for page, text in texts.items()}
    pairs = [(len(entries[v] & pages[p]), v, p) for v in entries for p in pages]
    matched: dict[str, pathlib.Path] = {}
    for _, version, page in sorted(pairs, key=lambda pair: -pair[0]):
        if version not in matched and page not in matched.values():
            matched[version] = page
    return {version: matched[version] for version in gold if version in matched}


def _paragraphs(body: dict[str, Any]) -> list[str]:
    paragraphs = list(body["summary"])
    for section in body["sections"]:
        paragraphs += section["headline"]
        paragraphs += section["paragraphs"]
    return [paragraph for paragraph in paragraphs if paragraph.strip()]


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text)
    return {tuple(words[i : i + 4]) for i in range(len(words) - 3)}

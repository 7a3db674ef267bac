"""Turns a raw document into the lines of its article, and reads the metadata of a page.

Text dumps are split at their line breaks; :mod:`transforms.extraction.page` reads web pages.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa

from pipeline.dates import DATE_COLUMNS
from pipeline.transform import Column, Drop, Transform, option
from transforms.hard_wraps import unwrapped
from transforms.text import visible

if TYPE_CHECKING:
    from pipeline.article import Article

MODES = ("fast", "precise", "recall")
"""Modes of extraction; :data:`transforms.extraction.attempts.ATTEMPTS` and
:data:`transforms.extraction.page.LEANS` define them."""


@dataclasses.dataclass
class Extraction(Transform):
    """Adds the lines of the article, and fills in the metadata that its page states.

    Text: the lines of the dump, blank ones too, so that line numbers are the dump's. HTML: one line
    per paragraph of the article. Title, authors, publication time, address, outlet, tags and
    language come from the page only where the dump has none.

    Args:
      mode: ``fast`` (other extractors consulted only where trafilatura's own fails), ``precise``
        (less text, fewer errors) or ``recall`` (more text when unsure, teasers kept).
      max_document_bytes: largest HTML document, in bytes of UTF-8; larger ones are dropped.
    """

    updates = (
        *("title", "authors", *DATE_COLUMNS, "modified_at", "url", "outlet", "tags"),
        *("language_hint", "field_lines", "is_truncated"),
    )
    reads = ("document", "document_type", *updates)
    adds: ClassVar[Mapping[str, Column]] = {
        "lines": Column(
            pa.list_(pa.string()),
            "The article's lines: those of a text dump, joined to paragraphs if they were broken"
            " at a fixed width, or the paragraphs of a page.",
            stored=False,
        )
    }
    version = 9
    mode: str = option(
        "fast",
        flag="--extraction",
        metavar="MODE",
        choices=MODES,
        help=f"how articles are extracted from HTML: {', '.join(MODES)}. Default: %(default)s.",
    )
    max_document_bytes: int = option(8 * 1024 * 1024, flag="--max-document-bytes")

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(
                f"Extraction: mode is {self.mode!r}; choose one of {', '.join(MODES)}."
            )
        if self.max_document_bytes <= 0:
            raise ValueError(
                f"Extraction: max_document_bytes is {self.max_document_bytes}; "
                "it must be a positive number of bytes."
            )

    def apply(self, article: "Article") -> "Article":
        """Returns the article with ``lines`` and the metadata its page gives.

        Raises:
          Drop: ``empty_document``, ``not_a_document``, ``too_large``, ``too_deep``,
            ``no_article_text`` or ``no_article``.
          ValueError: the document's type is neither text nor html.
        """
        document = article["document"]
        if not document or document.isspace():
            raise Drop(
                "empty_document", "The document holds nothing but white space; leave it out."
            )
        kind = article["document_type"]
        title = article["title"]
        if title and not title.isascii():
            article = article | {"title": visible(title)}
        if kind == "text":
            return article | _text_lines(visible(document).split("\n"), article["field_lines"])
        if kind != "html":
            raise ValueError(f"document_type is {kind!r}; choose one of text, html.")
        return self._apply_html(article, document)

    def _apply_html(self, article: "Article", document: str) -> "Article":
        # Not at the top: trafilatura and lxml double the imports of a worker that reads texts.
        from transforms.extraction.page import page_article

        lines, found = page_article(
            document, article["url"], article["title"], self.mode, self.max_document_bytes
        )
        filled: dict[str, Any] = {"lines": [visible(line) for line in lines]}
        undated = article["published_at"] is None
        for column, value in found.items():
            if undated if column in DATE_COLUMNS else value and not article[column]:
                filled[column] = visible(value) if column == "title" else value
        return article | filled


def _text_lines(lines: list[str], field_lines: Sequence[Sequence[Any]] | None) -> dict[str, Any]:
    """Returns the lines of a text with its paragraphs joined, and where its field lines are then.

    Field lines count as blank, since they are none of the text: what is joined keeps every blank
    line, so that each can be put back.
    """
    if not field_lines:
        return {"lines": unwrapped(lines), "field_lines": field_lines}
    rules = {number - 1: rule for number, rule in field_lines}
    blank = [at for at, line in enumerate(lines) if at in rules or not line]
    joined = unwrapped(["" if at in rules else line for at, line in enumerate(lines)])
    moved = []
    for at, number in zip(blank, (i for i, line in enumerate(joined) if not line), strict=True):
        joined[number] = lines[at]
        if at in rules:
            moved.append([number + 1, rules[at]])
    return {"lines": joined, "field_lines": moved}

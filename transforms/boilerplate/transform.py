"""Keeps the paragraphs of an article, and removes boilerplate, line by line.

:mod:`transforms.boilerplate.context` decides, by the tables beside it.
"""

import dataclasses
from collections.abc import Mapping
from typing import ClassVar

import pyarrow as pa

from pipeline.article import Article
from pipeline.transform import Column, Transform


@dataclasses.dataclass
class Boilerplate(Transform):
    """Keeps the article's paragraphs, removes the rest line by line and says why.

    The headline and the bylines among the lines become ``title`` and ``authors`` where the dump
    gave none. The registry of rules is ``tables/patterns.toml``.
    """

    reads = ("lines", "title", "authors", "outlet", "document_type")
    updates = ("title", "authors")
    adds: ClassVar[Mapping[str, Column]] = {
        "text": Column(pa.string(), "The clean article: its paragraphs joined by a blank line."),
        "paragraphs": Column(
            pa.list_(pa.struct([("line_number", pa.int32()), ("text", pa.string())])),
            "The kept lines as pipeline.article.Paragraph.",
            stored=False,
        ),
        "removed_lines": Column(
            pa.list_(
                pa.struct(
                    [("line_number", pa.int32()), ("text", pa.string()), ("rule", pa.string())]
                )
            ),
            "The lines taken out as pipeline.article.RemovedLine.",
            stored=False,
        ),
    }

    preload = ("transforms.boilerplate.context",)

    # The line model takes Numba, and the tables take longer to compile than a run takes to plan:
    # only the processes that look at lines import them.

    def setup(self) -> None:
        """Compiles the tables and loads the line model."""
        from transforms.boilerplate import context

        context.warm_up()

    def apply(self, article: Article) -> Article:
        """Returns the article with its text, paragraphs and removed lines.

        Args:
          article: with ``lines`` (list of str, blank ones included), ``title`` (str or ``None``),
            ``authors`` (list of str or ``None``) and ``outlet`` (str or ``None``).
        """
        from transforms.boilerplate.context import split

        parts = split(
            article["lines"],
            article["title"],
            article["authors"] or (),
            article["outlet"],
            extracted=article["document_type"] == "html",
        )
        return article | {
            "title": parts.title,
            "authors": parts.authors,
            "text": "\n\n".join(paragraph.text for paragraph in parts.paragraphs),
            "paragraphs": parts.paragraphs,
            "removed_lines": parts.removed,
        }

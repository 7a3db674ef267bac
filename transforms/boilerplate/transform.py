"""Keeps the paragraphs of an article, and removes boilerplate, line by line.

:mod:`transforms.boilerplate.context` decides, by the tables beside it.
"""

import dataclasses
import pathlib
from collections.abc import Mapping
from typing import ClassVar

import pyarrow as pa

from pipeline.article import Article, RemovedLine
from pipeline.transform import Column, Transform, option


@dataclasses.dataclass
class Boilerplate(Transform):
    """Keeps the article's paragraphs, removes the rest line by line and says why.

    The headline and the bylines among the lines become ``title`` and ``authors`` where the dump
    gave none. The registry of rules is ``tables/patterns.toml``.
    """

    reads = ("lines", "field_lines", "title", "authors", "outlet")
    updates = ("title", "authors")
    adds: ClassVar[Mapping[str, Column]] = {
        "text": Column(pa.string(), "The clean article: its paragraphs joined by a blank line."),
        "spared_lines": Column(
            pa.int32(),
            "Lines of the text that rules or model took for boilerplate, and that stay since too "
            "little of it would be left without them.",
        ),
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

    rules: str = option(
        "",
        flag="--rules",
        metavar="FILE",
        help="TOML file with labels and patterns of your own, for all outlets or for some; "
        "docs/rules.md says what a row holds. They go before those of copydesk.",
    )

    preload = ("transforms.boilerplate.context",)

    # The line model takes Numba, and the tables take longer to compile than a run takes to plan:
    # only the processes that look at lines import them.

    def __post_init__(self) -> None:
        """Reads the user's own rows here, since a worker elsewhere may not see the file.

        Raises:
          ValueError: the file is missing, or has a row that cannot be used.
        """
        self._own = ""
        if self.rules:
            try:
                self._own = pathlib.Path(self.rules).read_text("utf-8")
            except (OSError, UnicodeError) as error:
                raise ValueError(
                    f"--rules {self.rules} cannot be read: {error}. Name a TOML file in UTF-8"
                ) from error
            from transforms.boilerplate.engine import tables

            tables(self._own, self.rules)

    def removes(self) -> Mapping[str, str]:
        """Returns the registry: each rule with a sentence on what it removes."""
        from transforms.boilerplate.engine import tables

        table = tables(self._own, self.rules)
        return {rule.name: rule.about for rule in table.rules.values()}

    def setup(self) -> None:
        """Compiles the tables; the line model is loaded for the first text that it judges."""
        from transforms.boilerplate.engine import tables

        tables(self._own, self.rules)

    def apply(self, article: Article) -> Article:
        """Returns the article with its text, paragraphs and removed lines.

        Args:
          article: with ``lines`` (list of str, blank ones included), ``title`` (str or ``None``),
            ``authors`` (list of str or ``None``) and ``outlet`` (str or ``None``).
        """
        from transforms.boilerplate.context import split
        from transforms.boilerplate.engine import tables

        fields = dict(article["field_lines"] or ())
        lines = article["lines"]
        if fields:
            lines = ["" if at in fields else line for at, line in enumerate(lines, 1)]
        parts = split(
            lines,
            article["title"],
            article["authors"] or (),
            article["outlet"],
            table=tables(self._own, self.rules),
        )
        removed = parts.removed
        if fields:
            taken = [
                RemovedLine(number, article["lines"][number - 1].strip(), rule)
                for number, rule in fields.items()
            ]
            removed = sorted([*removed, *taken])
        return article | {
            "title": parts.title,
            "authors": parts.authors,
            "text": "\n\n".join(paragraph.text for paragraph in parts.paragraphs),
            "spared_lines": parts.spared,
            "paragraphs": parts.paragraphs,
            "removed_lines": removed,
        }

"""Completes `tags`: what a reader would filter by, in one list."""

import dataclasses

from pipeline.article import Article
from pipeline.transform import Transform


@dataclasses.dataclass
class Tags(Transform):
    """Adds topics, the weightiest keywords and the agency to the tags of the dump.

    How many articles a story has is not among them: it grows with every run; see the view
    `stories`.

    Args:
      keywords: keywords that become tags.
    """

    keywords: int = 3

    reads = ("topics", "keywords", "agency")
    updates = ("tags",)

    def apply(self, article: Article) -> Article:
        """Returns the article with its tags: those of the dump first, each once."""
        tags = [
            *(article["tags"] or ()),
            *(article["topics"] or ()),
            *(article["keywords"] or ())[: self.keywords],
            *([article["agency"]] if article["agency"] else ()),
        ]
        distinct: dict[str, str] = {}
        for tag in tags:
            distinct.setdefault(tag.casefold(), tag)
        return article | {"tags": list(distinct.values())}

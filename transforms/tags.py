"""Completes `tags`: what a reader would filter by, in one list."""

import dataclasses
from collections.abc import Iterator

from pipeline.article import Article
from pipeline.transform import Transform
from transforms.entities import TITLES


@dataclasses.dataclass
class Tags(Transform):
    """Adds topics, the weightiest keywords and the agency to the tags of the dump.

    A keyword that is a title alone ("senator"), or the name of the article's own outlet or agency,
    is passed over for the next one. The first name of a person whom the article names in full
    becomes the family name, under which other articles have it.

    How many articles a story has is not among them: it grows with every run; see the view
    `stories`.

    Args:
      keywords: keywords that become tags.
    """

    keywords: int = 3

    reads = ("topics", "keywords", "entities", "outlet", "agency")
    updates = ("tags",)
    version = 2

    def apply(self, article: Article) -> Article:
        """Returns the article with its tags: those of the dump first, each once."""
        tags = [
            *(article["tags"] or ()),
            *(article["topics"] or ()),
            *list(dict.fromkeys(_telling(article)))[: self.keywords],
            *([article["agency"]] if article["agency"] else ()),
        ]
        distinct: dict[str, str] = {}
        for tag in tags:
            distinct.setdefault(tag.casefold(), tag)
        return article | {"tags": list(distinct.values())}


def _telling(article: Article) -> Iterator[str]:
    """Yields the keywords that say something of the article to who does not know it."""
    own = {name.casefold() for name in (article["outlet"], article["agency"]) if name}
    families: dict[str, str] = {}
    for name, kind, _ in article["entities"] or ():
        if kind == "person":
            first, *rest = name.lower().split()
            if rest:
                families.setdefault(first, rest[-1])
    for keyword in article["keywords"] or ():
        if keyword not in TITLES and keyword not in own:
            yield families.get(keyword, keyword)

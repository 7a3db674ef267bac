"""Cleans the names of authors, wherever they are from: a field of the dump, a page, a byline."""

import dataclasses

from pipeline.article import Article
from pipeline.transform import Transform
from transforms.agencies import agencies_of
from transforms.people import MOST_OF_ONE_BYLINE, author_names, is_suffix, may_be_outlet, written_by
from transforms.text import key


@dataclasses.dataclass
class Authors(Transform):
    """Leaves the names of people and agencies in `authors`.

    Offices, desks, places, buttons, addresses and the outlet's own name go; several names in one
    become several, ``Family, Given`` becomes ``Given Family``. Of a long list, which some tools
    collect all over a page, those count that the article's byline has, or else the one whose folder
    the article's address is in, if there is any.
    """

    reads = ("authors", "outlet", "url", "removed_lines")
    updates = ("authors",)
    after = ("Boilerplate",)
    version = 2

    def apply(self, article: Article) -> Article:
        """Returns the article with its authors.

        Args:
          article: with the columns of ``reads``.
        """
        stated = article["authors"] or []
        if not stated:
            return article
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
        byline = (  # names are found only where they are needed: in the rare long list
            name
            for _, line, rule in article["removed_lines"]
            if rule == "field:byline"
            for name in author_names(line, outlets)
        )
        path = (article["url"] or "").partition("//")[2].partition("/")[2].rpartition("/")[0]
        return article | {"authors": written_by(names.values(), byline, path)}

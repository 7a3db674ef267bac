"""Elements of XML: which of them are articles, and what their names mean.

Names are compared as :func:`pipeline.dumps.field_names.fold` writes them, with their prefix. Those
that no format of the news knows mean what they mean as names of fields, in thirty languages.
"""

import re
from typing import Any

from pipeline.dumps.elements import INNER
from pipeline.dumps.field_names import HTML, RECOGNISED, TEXT, fold

_DEEPEST = 256
"""Most levels of elements that are followed in the head; lxml parses no more, either."""

_DEEPEST_RECORD = 8  # levels
NAME = rb"[A-Za-z_][\w.\-]*+(?::[\w.\-]++)?+"
TAG = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?(?:(?!<\?|\?>).)*+\?>|"
    rb"<!DOCTYPE[^\[<>]*+(?:\[(?:(?!<!DOCTYPE|\]\s*+>).)*+\]\s*+)?+>|"
    rb"<(?P<close>/?)(?P<name>" + NAME + rb")(?P<rest>" + INNER.encode() + rb")>",
    re.DOTALL | re.IGNORECASE,
)
FEEDS = {b"rss": b"item", b"rdf": b"item", b"channel": b"item", b"feed": b"entry"}
_RECORDS = frozenset((
    b"article", b"item", b"entry", b"doc", b"document", b"record", b"story", b"newsitem",
    b"reuters", b"ppsarticle", b"news", b"post", b"row", b"nitf",
))  # fmt: skip
"""Names of elements that are articles wherever they are."""

NO_ARTICLES = {
    b"urlset": "a sitemap, a list of addresses; fetch the pages, and read those",
    b"sitemapindex": "an index of sitemaps; fetch the pages that they list, and read those",
    b"opml": "a list of feeds; fetch the feeds, and read those",
    b"svg": "a picture; leave it out",
    b"mediawiki": "an export of a wiki; convert its pages to HTML or JSON Lines",
    b"plist": "a property list; leave it out",
    b"kml": "a map; leave it out",
    b"mets": "a METS file, a list of pages; read the files of ALTO or text that it lists",
}
SUMMARIES = ("description", "summary", "abstract")
BODIES = frozenset((
    "text", "body", "content", "contentencoded", "bodycontent", "fulltext", "articletext",
    "inlinexml", "inlinedata", "datacontent", "leadparagraph", "tailparagraphs", "story",
    "bodytext", "maintext", "articlebody", "volltext", "leadparagraphs", "contenu", "texte",
    "yandex:fulltext", "turbo:content", *SUMMARIES, *TEXT, *HTML,
)) - {"html", "root", "blocks", "document", "contents", "news"}  # fmt: skip
_FIELDS: dict[str, tuple[str, ...]] = {
    "title": ("hl1", "headline", "articletitle", "title", "head", "hedline", "titel", "titre", "hl",
              "ti"),
    "url": ("feedburner:origlink", "link", "url", "documenturl", "weburl", "permalink",
            "sourceurl"),
    "outlet": ("pubdata", "sourcename", "source", "publicationtitle", "publication", "newspaper",
               "outlet", "publisher", "dc:publisher", "provider", "journal", "zeitung",
               "journaltitle", "so", "doccopyright", "rightsowner", "news:source"),
    "authors": ("byline", "dc:creator", "author", "authors", "by", "creator", "autor", "auteur"),
    "date": ("wp:postdategmt", "dateissue", "pubdate", "published", "publicationdate", "issued",
             "contentcreated", "firstcreated", "dc:date", "dcterms:issued", "dcterms:created",
             "date", "datum", "numericdate", "daterelease", "versioncreated", "thisrevisioncreated",
             "created", "updated", "modified", "lastmod"),
    "tags": ("category", "keyword", "keywords", "topics", "subject", "dc:subject", "section",
             "tag", "tags", "newssubject"),
    "language": ("language", "dc:language", "lang", "baselanguage"),
    "id": ("id", "guid", "docno", "docid", "accessionno", "wp:postid", "newsitemid"),
    "dateline": ("dateline",),
    "agency": ("distributor", "agency"),
    "wordpress": ("wp:posttype",),
}  # fmt: skip
MEANINGS = {name: (field, rank) for field, names in reversed(_FIELDS.items())
             for rank, name in enumerate(names)}  # fmt: skip
_OTHER = 50
"""Rank of a name that is known of fields alone, behind those of elements."""

OTHER_MEANINGS = {
    name: ("date" if field == "published_at" else field, _OTHER + rank)
    for field, names in RECOGNISED.items()
    if field not in ("text", "html", "modified_at")
    for rank, name in enumerate(names)
    if name not in MEANINGS and name not in BODIES and name not in ("name", "media", "time", "data")
}
"""Meaning of names of fields as names of elements that hold no others."""

BLOCKS = frozenset((
    "p", "block", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "hl2", "paragraph", "para",
    "lp", "br", "dt", "dd", "blockquote", "pre", "bq", "td", "title", "headline", "figure",
))  # fmt: skip
CAPTIONS = frozenset(("mediacaption", "mediaproducer", "caption", "figcaption", "media"))
_GENERIC = frozenset((
    "field", "str", "arr", "date", "column", "property", "attribute", "param", "metadata",
))  # fmt: skip
"""Elements whose attribute ``name`` is the name of a field, in dumps of databases and of Solr."""

_OWN_NAMESPACES = ("nitf", "html", "xhtml", "atom")


def local_name(name: bytes) -> bytes:
    """Returns the name of a tag in lower case, without its prefix."""
    return name.rpartition(b":")[2].lower()


def element_name(element: Any) -> str:
    """Returns the folded name of an element, with its prefix; empty for a comment."""
    tag = element.tag
    if type(tag) is not str:
        return ""
    local = tag.rpartition("}")[2]
    if element.prefix and element.prefix not in _OWN_NAMESPACES:
        local = f"{element.prefix}:{local}"
    name = fold(local)
    return fold(element.get("name") or name) if name in _GENERIC else name


def record_name(head: bytes) -> tuple[bytes, bytes]:
    """Returns the names of the root and of the elements that are articles.

    That is the first element of a name of articles, else the one closest to the root that is
    repeated among its siblings and holds a text, or is repeated right below the root or its only
    child; else the root.
    """
    path: list[bytes] = []
    root = first_child = b""
    seen: dict[tuple[bytes, ...], int] = {}
    with_text: set[tuple[bytes, ...]] = set()
    for match in TAG.finditer(head):
        name = match["name"]
        if not name:
            continue
        if match["close"]:
            if name in path:
                del path[len(path) - 1 - path[::-1].index(name) :]
            continue
        local = local_name(name)
        if not root:
            root = name
            if local in NO_ARTICLES:
                return root, name
        if local == FEEDS.get(local_name(root)) or (local == b"page" and b"alto" in root.lower()):
            return root, name
        if local_name(root) not in FEEDS:
            if local in _RECORDS:
                return root, name
            if not path and name == root and seen.get((name,)):
                return root, name  # SGML: several roots
            if len(path) < _DEEPEST_RECORD:
                key = (*path, name)
                seen[key] = seen.get(key, 0) + 1
                if 1 <= len(path) <= 2 and seen[key] == 2 and not _is_field(local):
                    first_child = first_child or name
            if fold(local.decode("latin-1")) in BODIES:
                with_text.update(tuple(path[:end]) for end in range(2, _DEEPEST_RECORD + 1))
        if not match["rest"].endswith(b"/") and len(path) < _DEEPEST:
            path.append(name)
    repeated = (
        key
        for key, count in seen.items()
        if count > 1 and key in with_text and not _is_field(local_name(key[-1]))
    )
    record = min(repeated, key=len, default=())
    return root, record[-1] if record else first_child or root


def _is_field(local: bytes) -> bool:
    """Returns True for elements that are a part of an article, and may be repeated in it."""
    name = fold(local.decode("latin-1"))
    return (
        name in BODIES
        or name in MEANINGS
        or name in OTHER_MEANINGS
        or name in BLOCKS
        or name in CAPTIONS
    )

"""The metadata of a page: headline, authors, time, address, outlet, tags, language.

Pages state them several times, for search engines (schema.org in JSON-LD), for social networks
(Open Graph, Twitter cards), for archives and analytics (Dublin Core, Parse.ly, Sailthru) and for
readers (``h1``, ``time``, the byline). The more formal statement comes first; another one decides
where the first is doubtful.
"""

import dataclasses
import functools
import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
import orjson

from transforms.extraction.app_state import app_article
from transforms.extraction.page_dates import page_dates
from transforms.outlets import host_of
from transforms.people import author_names
from transforms.text import BYLINE_LEAD, key, squeezed

_LITTLE = 1000
"""Characters in paragraphs up to which a page's data is searched for its article."""

MAX_TAGS = 50
"""Tags kept of one page; longer lists are a site's whole index."""

_LONGEST_BYLINE = 120
"""Characters of a byline; a longer text is a biography."""

_TITLE_KEYS = tuple(
    """og:title twitter:title parsely-title sailthru.title dc.title dcterms.title citation_title
    headline""".split()
)
_AUTHOR_KEYS = tuple(
    """author article:author og:article:author article:author_name parsely-author sailthru.author
    cxenseparse:author dc.creator dcterms.creator dcsext.author citation_author authors byl
    creator""".split()
)
_TIME_KEYS = tuple(
    """article:published_time article:published og:article:published_time og:published_time
    datepublished parsely-pub-date sailthru.date cxenseparse:recs:publishtime
    cxenseparse:publishtime publish-date publishdate publish_date published_date published-date
    publisheddate published_time publish_time published publication_date publication-date
    publicationdate originalpublicationdate article_date_original date_published dateposted
    article:published_date article:publicationdate article:post_date og:publish_date
    og:datepublished og:pubdate bt:pubdate rnews:datepublished vr:published_time ptime displaydate
    pubdate dc.date.issued dcterms.issued dcterms.created dc.date.created dc.created
    dc.date.publication dc.date dcterms.date dc:date dc:created citation_publication_date
    citation_date article.published article.created date_created datecreated created doc_date date
    timestamp release_date""".split()
)
_MODIFIED_KEYS = tuple(
    """article:modified_time article:modified og:article:modified_time og:modified_time
    og:updated_time datemodified last-modified lastmodified last_modified lastmod revised
    modified_time modified updated_time bt:moddate dc.date.modified dc.modified
    dcterms.modified""".split()
)
_TAG_KEYS = ("article:tag", "og:article:tag", "news_keywords", "parsely-tags", "sailthru.tags")
_SECTION_KEYS = ("article:section", "og:article:section", "parsely-section")
_DESCRIPTION_KEYS = ("og:description", "description", "twitter:description")

_ARTICLE_TYPES = re.compile(r"(?:Article|Posting|Report|ReportageNewsArticle)$")
_PUBLISHER_TYPES = frozenset(("NewsMediaOrganization", "WebSite", "Organization"))
_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"<[^>]{1,400}>")
_HOST_NAME = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)*\.[a-zA-Z]{2,}/?")
_SITE_MARKS = "|·•\u2013\u2014»\u203a\uff5c\uff1a"
# Dashes, guillemets, bullets; the full-width bar and colon need no space.
_SITE_SEPARATOR = re.compile(r"\s[|·•\u2013\u2014»\u203a:-](?=\s)|[\uff5c\uff1a]")
_BARS = frozenset("|·•»\u203a\uff5c")
"""What parts the name of a site from the headline behind it; a dash or colon may be within one."""

_HEADING_WORDS = 3
"""Fewest words of a heading that is looked for in a longer title."""

_LONGEST_TITLE = 400
"""Characters of a title in which a heading is looked for; that takes their square."""

_MARK = re.compile(r"[^\w\s:\uff1a]")
_DATE_SUFFIX = re.compile(r"\W*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\W*")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")

_BYLINE_CLASS = re.compile(
    r"(?:^|[\s_-])(?i:by-?line|author|autor|auteur|writer|journalist|creator)s?(?:$|[\s_-])"
    r"|(?:Author|Byline)(?:[A-Z]|s?(?:$|[\s_-]))",
)
_NOT_BYLINE_CLASS = re.compile(
    r"comment|bio|image|photo|avatar|social|share|desc|twitter|email|date|time|role|title|follow"
    r"|powered",
    re.IGNORECASE,
)
_AUTHOR_LINK = re.compile(
    r"/(?:authors?|autor(?:en|es|i)?|auteurs?|redakteur[^/]*|journalists?|contributors?|writers?"
    r"|byline|reporters?)/[^/?#]",
)

_MOST_BYLINES = 4  # elements of one kind that are read; more are a list of articles
_BYLINE_ELEMENTS = ("a", "span", "div", "p", "address", "li", "strong", "cite")


@dataclasses.dataclass
class PageData:
    """The metadata statements of a page, collected in one walk over its tree.

    Attributes:
      meta: values of ``meta`` elements, by lower-case property, name or itemprop.
      nodes: objects of the JSON-LD blocks, in document order, graphs unfolded.
      article: the node that describes the article; empty where there is none.
      headings: texts of the ``h1`` elements.
      title: text of the ``title`` element.
      canonical: the canonical link, unresolved, or None.
    """

    meta: dict[str, list[str]]
    nodes: list[dict[str, Any]]
    article: dict[str, Any]
    headings: list[str]
    title: str
    canonical: str | None

    def first(self, names: Iterable[str]) -> str | None:
        """Returns the first value of the first of some names that the page has."""
        return next((self.meta[name][0] for name in names if name in self.meta), None)

    @functools.cached_property
    def article_body(self) -> str:
        """The article's text as JSON-LD gives it, markup and entities undone; often empty."""
        body = self.article.get("articleBody")
        return _bare(body) if body and isinstance(body, str) else "\n\n".join(self.live_entries)

    @functools.cached_property
    def live_entries(self) -> list[str]:
        """The texts of a live blog's entries as JSON-LD gives them; empty for other pages."""
        updates = self.article.get("liveBlogUpdate")
        entries = [
            entry.get("articleBody")
            for entry in (updates if isinstance(updates, list) else ())
            if isinstance(entry, dict)
        ]
        return [_bare(entry) for entry in entries if isinstance(entry, str)]

    @property
    def is_forum(self) -> bool:
        """True if JSON-LD calls the page a thread of a forum, whose comments are its content."""
        return any("DiscussionForumPosting" in _types(node) for node in self.nodes)

    @property
    def description(self) -> str:
        """The page's descriptions for search engines and social networks; may be empty."""
        return " ".join(self.meta[name][0] for name in _DESCRIPTION_KEYS if name in self.meta)


def _bare(stated: str) -> str:
    """Returns a text of JSON-LD without its markup and entities, which many write twice."""
    return _TAG.sub("\n", html.unescape(html.unescape(stated)))


def read_page(root: lxml.html.HtmlElement) -> PageData:
    """Returns the statements of a page.

    Args:
      root: the page's tree; not changed.
    """
    meta: dict[str, list[str]] = {}
    nodes: list[dict[str, Any]] = []
    headings: list[str] = []
    title, canonical = "", None
    for element in root.iter("meta", "script", "link", "title", "h1"):
        tag = element.tag
        if tag == "meta":
            content = _clean(element.get("content"))
            name = element.get("property") or element.get("name")
            name = name or element.get("itemprop") or element.get("http-equiv")
            if name and content:
                meta.setdefault(name.strip().lower(), []).append(content)
        elif tag == "script":
            if (element.get("type") or "").lower().startswith("application/ld+json"):
                nodes.extend(_nodes(element.text or ""))
        elif tag == "link":
            if canonical is None and "canonical" in (element.get("rel") or "").lower().split():
                canonical = (element.get("href") or "").strip() or None
        elif tag == "h1":
            if heading := _clean(element.text_content()):
                headings.append(heading)
        elif not title:
            title = _clean(element.text_content())
    article = next((node for node in nodes if _is_article(node) and _headline(node)), None)
    if article is None:
        article = next((node for node in nodes if _is_article(node)), {})
    if not article and _renders_little(root):
        article = app_article(root.iter("script"), [*headings, title])
    return PageData(meta, nodes, article, headings, title, canonical)


def _renders_little(root: lxml.html.HtmlElement) -> bool:
    """Returns True if a page has hardly a paragraph before its scripts run."""
    text = 0
    for paragraph in root.iter("p"):
        text += len(paragraph.text_content())
        if text > _LITTLE:
            return False
    return True


def page_metadata(
    root: lxml.html.HtmlElement, page: PageData, url: str | None = None
) -> dict[str, Any]:
    """Returns the columns a page fills, by name; ``None`` or ``[]`` without a statement.

    Args:
      root: the page's tree; not changed.
      page: its statements, from :func:`read_page`.
      url: the page's address, if known.
    """
    address = _address(page, url)
    outlet = _outlet(page, address or url)
    title = _title(page, outlet, address or url)
    return {
        "title": title,
        "authors": _authors(root, page, outlet, address or url),
        **_dates(root, page, title, address or url),
        "url": address,
        "outlet": outlet,
        "tags": _tags(page),
        "language_hint": _language(root, page),
    }


def _clean(value: Any) -> str:
    """Returns a string in one line, entities undone; empty for anything but a string."""
    if not isinstance(value, str):
        return ""
    if "&" in value:
        value = html.unescape(html.unescape(value))
    return _SPACE.sub(" ", value).strip()


def _nodes(text: str) -> Iterator[dict[str, Any]]:
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            stripped = text.strip().removeprefix("<!--").removesuffix("-->").rstrip("; \n\t")
            data = json.loads(_TRAILING_COMMA.sub(r"\1", stripped), strict=False)
            if "\\ud" in stripped.lower():  # halves of surrogate pairs, which no column takes
                written = json.dumps(data, ensure_ascii=False).encode("utf-16-le", "surrogatepass")
                data = json.loads(written.decode("utf-16-le", "replace"))
        except (ValueError, RecursionError):  # not JSON, a number of 5,000 digits, a nest
            return
    stack = [data]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(reversed(node))
        elif isinstance(node, dict):
            yield node
            stack.extend(
                node[name]
                for name in ("mainEntityOfPage", "mainEntity", "@graph")
                if isinstance(node.get(name), dict | list)
            )


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _types(node: dict[str, Any]) -> list[str]:
    return [kind for kind in _as_list(node.get("@type")) if isinstance(kind, str)]


def _is_article(node: dict[str, Any]) -> bool:
    return any(_ARTICLE_TYPES.search(kind) for kind in _types(node))


def _headline(node: dict[str, Any]) -> str:
    return _clean(node.get("headline")) or _clean(node.get("name"))


def _host(url: str | None) -> str:
    return host_of(url).removeprefix("www.")


def _title(page: PageData, outlet: str | None, url: str | None) -> str | None:
    headline = _headline(page.article)
    candidates = [
        page.first(("og:title",)),
        headline,
        page.headings[0] if len(page.headings) == 1 else None,
        page.first(_TITLE_KEYS),
        page.title,
        *page.headings[:1],
    ]
    title = next((candidate for candidate in candidates if candidate), None)
    if title is None:
        return None
    title = next(filter(None, (_heading_of(title, one) for one in page.headings)), title)
    confirmed = {squeezed(text) for text in (*page.headings, headline) if text}
    return _without_site(title, confirmed, outlet, url)


def _heading_of(title: str, heading: str) -> str | None:
    """Returns a heading that is the title but for what stands behind it, or a site before it.

    That is a site, a section, an author or a slogan. A colon joins two parts of a headline. Of
    1,049 labelled pages this changed 30 titles: 23 of them to the gold's, 3 from it.
    """
    looked_for = key(heading)
    if looked_for.count(" ") < _HEADING_WORDS - 1 or len(title) > _LONGEST_TITLE:
        return None
    for mark in _MARK.finditer(title):
        before, behind = key(title[: mark.start()]), key(title[mark.end() :])
        if (before == looked_for and behind) or (
            behind == looked_for and before and mark[0] in _BARS
        ):
            return heading
    return None


def _without_site(title: str, others: set[str], outlet: str | None, url: str | None) -> str:
    """Returns a title without its trailing parts that name the site or its section.

    A part goes if it is a date or the name of the outlet or its domain, or if the text before it
    is, word for word, a headline elsewhere on the page.
    """
    host = _host(url)
    labels = {host, host.rsplit(".", 1)[0], *host.split(".")}
    sites = {squeezed(outlet or ""), *map(squeezed, labels)} - {""}
    # The first separator behind which there is no other but dashes and colons.
    while match := _SITE_SEPARATOR.search(title, max(map(title.rfind, _SITE_MARKS)) - 1):
        head, tail = title[: match.start()].strip(), squeezed(title[match.end() :])
        if not head:
            break
        dated = _DATE_SUFFIX.fullmatch(title[match.end() :])
        if not (
            tail in sites or dated or (squeezed(head) in others and squeezed(title) not in others)
        ):
            break
        title = head
    return title


def _authors(
    root: lxml.html.HtmlElement, page: PageData, outlet: str | None, url: str | None
) -> list[str]:
    host = _host(url)
    publisher = page.article.get("publisher")
    outlets = {key(outlet or ""), key(host), key(host.rsplit(".", 1)[0])}
    for organisation in _as_list(publisher):
        if isinstance(organisation, dict):
            outlets.add(key(_clean(organisation.get("name"))))
    outlets.discard("")
    stated = _linked_authors(page)
    names = _names(stated, outlets)
    if not names:
        cards = [page.first((f"twitter:data{n}",)) for n in (1, 2) if _is_byline_label(page, n)]
        metas = [page.meta.get(name, ()) for name in _AUTHOR_KEYS]
        for values in (*metas, [card for card in cards if card]):
            if names := _names(values, outlets):
                break
    return names or _byline_authors(root, outlets)


def _is_byline_label(page: PageData, number: int) -> bool:
    label = page.first((f"twitter:label{number}",)) or ""
    return BYLINE_LEAD.match(f"{label} ") is not None


def _linked_authors(page: PageData) -> list[str]:
    by_id: dict[str, dict[str, Any]] = {}
    for node in page.nodes:
        if isinstance(node.get("@id"), str) and node.get("name"):
            by_id.setdefault(node["@id"], node)
    stated: list[str] = []
    pending = _as_list(page.article.get("author")) or _as_list(page.article.get("creator"))
    for author in pending:
        if isinstance(author, dict):
            if not author.get("name") and isinstance(author.get("@id"), str):
                author = by_id.get(author["@id"], author)
            for name in _as_list(author.get("name")):
                if isinstance(name, dict):
                    name = name.get("name")
                stated.append(_clean(name))
            if not author.get("name") and author.get("familyName"):
                parts = (author.get("givenName"), author.get("familyName"))
                stated.append(" ".join(filter(None, map(_clean, parts))))
        else:
            stated.append(_clean(author))
    return [name for name in stated if name]


def _names(stated: Iterable[str], outlets: set[str]) -> list[str]:
    """Returns the names of people and agencies in bylines, each once, in order."""
    names = (name for text in stated for name in author_names(text, outlets))
    return list({key(name): name for name in names}.values())


def _byline_authors(root: lxml.html.HtmlElement, outlets: set[str]) -> list[str]:
    """Returns the names in the page's visible byline: relation and property before class."""
    for marked in _byline_elements(root):
        texts: list[str] = []
        for element in marked:
            if 2 < len(text := _clean(element.text_content())) <= _LONGEST_BYLINE:
                texts.append(text)
                if len(texts) == _MOST_BYLINES:
                    break
        names = _names(texts, outlets)
        # Names of people begin with a capital letter; words of menus and captions often do not.
        if names := [name for name in names if name[0].isupper() or not name.isascii()]:
            return names
    return []


def _byline_elements(root: lxml.html.HtmlElement) -> tuple[list[Any], ...]:
    """Returns the elements that may hold a byline: by relation, property, class, and link."""
    related: list[Any] = []
    properties: list[Any] = []
    classed: list[Any] = []
    linked: list[Any] = []
    for element in root.iter(*_BYLINE_ELEMENTS):
        if (value := element.get("rel")) and "author" in value.split():
            related.append(element)
        if (value := element.get("itemprop")) and "author" in value.split():
            properties.append(element)
        if (value := element.get("class")) and _is_byline_class(value):
            classed.append(element)
        if element.tag == "a" and (value := element.get("href")) and _AUTHOR_LINK.search(value):
            linked.append(element)
    return related, properties, classed, linked


@functools.lru_cache(1 << 13)  # pages of an outlet, and elements of a page, have the same classes
def _is_byline_class(value: str) -> bool:
    # Required literals of the pattern, but for the first letter's case.
    return (
        (
            "uthor" in value
            or "utor" in value
            or "uteur" in value
            or "yline" in value
            or "y-line" in value
            or "riter" in value
            or "ournalist" in value
            or "reator" in value
        )
        and bool(_BYLINE_CLASS.search(value))
        and not _NOT_BYLINE_CLASS.search(value)
    )


def _dates(
    root: lxml.html.HtmlElement, page: PageData, headline: str | None, url: str | None
) -> dict[str, Any]:
    published = [_clean(page.article.get("datePublished"))]
    published += [value for name in _TIME_KEYS for value in page.meta.get(name, ())[:1]]
    published.append(_clean(page.article.get("dateCreated")))
    published += [_clean(node.get("datePublished")) for node in page.nodes]
    changed = [_clean(page.article.get("dateModified"))]
    changed += [value for name in _MODIFIED_KEYS for value in page.meta.get(name, ())[:1]]
    changed += [_clean(node.get("dateModified")) for node in page.nodes]
    return page_dates(root, published, changed, headline, url, _language(root, page))


def _address(page: PageData, url: str | None) -> str | None:
    for stated in (page.canonical, page.first(("og:url",)), _clean(page.article.get("url"))):
        if stated:
            try:
                address = urljoin(url or "", stated)
                parts = urlsplit(address)
            except ValueError:
                continue
            # A canonical link to the bare host is a template's mistake, never an article.
            if parts.scheme in ("http", "https") and parts.hostname and parts.path.strip("/"):
                return address
    return None


def _outlet(page: PageData, url: str | None) -> str | None:
    """Returns the outlet's name; a name that is but a host only where the page has no other."""
    organisations = [
        *(one for one in _as_list(page.article.get("publisher")) if isinstance(one, dict)),
        *(node for node in page.nodes if _PUBLISHER_TYPES.intersection(_types(node))),
    ]
    stated = (page.first(("og:site_name",)), *(_clean(one.get("name")) for one in organisations))
    names = [name for name in stated if name]
    if names:
        others = (name for name in names if not _HOST_NAME.fullmatch(name))
        return next(others, None) or _host(names[0]) or names[0]
    return page.first(("application-name", "dc.publisher", "dcterms.publisher")) or (
        _host(url) or None
    )


def _tags(page: PageData) -> list[str]:
    stated: list[str] = []
    for section in _as_list(page.article.get("articleSection")):
        stated.append(_clean(section))
    for name in _SECTION_KEYS:
        stated += page.meta.get(name, ())
    keywords: list[str] = []
    for value in _as_list(page.article.get("keywords")):
        keywords.append(_clean(value.get("name") if isinstance(value, dict) else value))
    for name in _TAG_KEYS:
        keywords += page.meta.get(name, ())
    if not any(keywords):
        keywords += page.meta.get("keywords", ())
    for value in keywords:
        stated += [part.strip() for part in re.split(r"[,;]", value)]
    tags: dict[str, str] = {}
    for tag in stated:
        if 1 < len(tag) <= 100:
            tags.setdefault(tag.casefold(), tag)
    return list(tags.values())[:MAX_TAGS]


def _language(root: lxml.html.HtmlElement, page: PageData) -> str | None:
    stated = (
        root.get("lang"),
        root.get("xml:lang"),
        page.first(("og:locale", "language", "content-language", "dc.language")),
        _clean(page.article.get("inLanguage")),
    )
    for value in stated:
        code = re.split(r"[-_]", (value or "").strip().lower(), maxsplit=1)[0]
        if len(code) == 2 and code.isascii() and code.isalpha():
            return code
    return None

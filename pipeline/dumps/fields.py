"""Records with named fields to articles: known names and their meanings.

Known are the names of news-please, CC-News, dolma, webz.io, NewsAPI, the APIs of the Guardian and
the New York Times, WordPress, schema.org (JSON-LD), and common ones. Case, ``_``, ``-``, spaces and
dots are ignored: ``publishedAt``, ``published_at`` and ``Published At`` are one name. If a record
has several, the first of the list with a value counts. A name may be nested one level in
``metadata``, ``thread`` and the like (:data:`CONTAINERS`).
"""

import html
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from pipeline.article import Article, article_id
from pipeline.dates import Moment, date_columns, parse_date
from pipeline.dumps.block import DumpError, DumpOptions
from pipeline.dumps.decoding import clean_text

TEXT = (
    "text", "maintext", "plaintext", "articletext", "articlebody", "bodytext", "fulltext",
    "contenttext", "textcontent", "cleanedtext", "rawtext", "newstext", "body", "content",
    "article", "story",
)  # fmt: skip
HTML = (
    "html", "rawhtml", "htmlcontent", "contenthtml", "bodyhtml", "articlehtml", "pagehtml",
    "fullhtml", "pagesource", "rawcontent",
)  # fmt: skip
TITLE = ("title", "headline", "heading", "articletitle", "titlefull", "webtitle", "titlepage",
         "titlerss", "name")  # fmt: skip
URL = (
    "url", "link", "articleurl", "weburl", "canonicalurl", "canonicallink", "requestedurl",
    "respondedurl", "sourceurl", "pageurl", "originalurl", "finalurl", "documentidentifier",
    "warctargeturi", "permalink", "uri", "href",
)  # fmt: skip
OUTLET = (
    "outlet", "publication", "publisher", "newspaper", "sitename", "sitefull", "sourcename",
    "source", "sourcedomain", "site", "provider", "hostname", "domain", "website",
)  # fmt: skip
PUBLISHED = (
    "publishedat", "published", "datepublish", "datepublished", "publishdate", "publisheddate",
    "publicationdate", "publicationtime", "pubdate", "publishedtime", "publishtime",
    "webpublicationdate", "firstpublished", "firstpublicationdate", "datetimepub", "dategmt",
    "date", "datetime", "created", "createdat", "datecreated", "timestamp", "time",
)  # fmt: skip
MODIFIED = (
    "modifiedat", "modified", "datemodify", "datemodified", "modifydate", "modifieddate",
    "modifiedtime", "modificationdate", "lastmodified", "lastmodifieddate", "lastmodification",
    "lastmod", "lastupdated", "lastupdate", "lastupdatedat", "updatedat", "updated", "dateupdated",
    "dateupdate", "updatedate", "updateddate", "updatetime", "updatedtime", "modifiedgmt",
    "versioncreated",
)  # fmt: skip
AUTHORS = ("authors", "author", "byline", "bylines", "creator", "writers", "writer", "dccreator",
           "articleauthor")  # fmt: skip
TAGS = ("tags", "topics", "topic", "keywords", "categories", "category", "section", "sectionname",
        "articlesection", "subjects")  # fmt: skip
LANGUAGE = ("language", "lang", "inlanguage", "langcode", "languagecode")
ID = ("id", "articleid", "docid", "documentid", "uuid", "guid", "uid", "recordid", "warcrecordid",
      "_id")  # fmt: skip
CONTAINERS = ("metadata", "meta", "_source", "thread", "article", "attributes", "fields", "data",
              "doc", "document")  # fmt: skip
"""Fields whose fields count, after those of the record (``_source`` is of Elasticsearch)."""

_RECOGNISED: dict[str, tuple[str, ...]] = {
    "text": TEXT,
    "html": HTML,
    "title": TITLE,
    "url": URL,
    "outlet": OUTLET,
    "published_at": PUBLISHED,
    "modified_at": MODIFIED,
    "authors": AUTHORS,
    "tags": TAGS,
    "language": LANGUAGE,
    "id": ID,
}
# Members of a nested value that hold its text: WordPress, RSS converters, JSON-LD, NewsAPI.
_INNER = ("rendered", "name", "value", "text", "#text", "_", "title", "main", "original",
          "$oid", "@value", "id", "domain", "url")  # fmt: skip
_INNER_TEXT = ("rendered", "text", "value", "#text", "_", "@value", "body", "content", "html")

_HTML_TAG = re.compile(
    r"</(?:p|div|span|a|b|i|li|ul|ol|h[1-6]|em|strong|td|tr|table|article|section|body|html|"
    r"blockquote|figure|script|style)\s*>|<br\s*/?>|<p>|<(?:p|div|img|a|span)\s+[a-z-]+\s*=|"
    r"<!doctype html|<html[\s>]",
    re.IGNORECASE,
)
_ESCAPED_HTML = re.compile(r"\s*&lt;(?:p|div|span|article|h[1-6]|!doctype|html|figure|img)\b", re.I)
_ENTITY = re.compile(r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[a-zA-Z]{2,8}\d?);")
_BY = re.compile(r"\s*(?:by|written by|von|par|por)\s+", re.IGNORECASE)
_AND = re.compile(r" ?(?:;|\|| & | and ) ?")
_LONGEST_FIELD = 4096
_DEEPEST = 4  # nested lists

_LANGUAGES = {
    "english": "en", "eng": "en", "german": "de", "deutsch": "de", "deu": "de", "ger": "de",
    "french": "fr", "français": "fr", "fra": "fr", "fre": "fr", "spanish": "es", "español": "es",
    "spa": "es", "italian": "it", "italiano": "it", "ita": "it", "portuguese": "pt",
    "português": "pt", "por": "pt", "dutch": "nl", "nederlands": "nl", "nld": "nl", "dut": "nl",
    "russian": "ru", "русский": "ru", "rus": "ru", "ukrainian": "uk", "ukr": "uk",
    "polish": "pl", "polski": "pl", "pol": "pl", "turkish": "tr", "türkçe": "tr", "tur": "tr",
    "arabic": "ar", "ara": "ar", "hebrew": "he", "heb": "he", "iw": "he", "persian": "fa",
    "farsi": "fa", "fas": "fa", "per": "fa", "hindi": "hi", "hin": "hi", "bengali": "bn",
    "ben": "bn", "chinese": "zh", "zho": "zh", "chi": "zh", "cmn": "zh", "japanese": "ja",
    "jpn": "ja", "korean": "ko", "kor": "ko", "indonesian": "id", "ind": "id", "in": "id",
    "swedish": "sv", "swe": "sv", "danish": "da", "dan": "da", "norwegian": "no", "nor": "no",
    "nob": "nb", "finnish": "fi", "fin": "fi", "greek": "el", "ell": "el", "gre": "el",
    "czech": "cs", "ces": "cs", "cze": "cs", "hungarian": "hu", "hun": "hu", "romanian": "ro",
    "ron": "ro", "rum": "ro", "bulgarian": "bg", "bul": "bg", "vietnamese": "vi", "vie": "vi",
    "thai": "th", "tha": "th",
}  # fmt: skip


def article_from_record(
    record: Mapping[str, Any],
    source_file: str,
    record_index: int,
    dump_format: str,
    encoding: str,
    options: DumpOptions,
) -> Article:
    """Returns the article of a record, with every column and field of a reader.

    HTML in a text field makes ``document_type`` html; character entities in text are resolved.

    Args:
      record: field name to value of any JSON type.
      source_file: the dump.
      record_index: number of the record in it.
      dump_format: its format.
      encoding: encoding of the record before it was decoded.
      options: their mapping precedes known names.

    Raises:
      DumpError: ``no_text``: no field with text or HTML, or all of them empty.
    """
    named = _Named(record, options.mapping)
    document, document_type = _document(named)
    title = _field(named, "title")
    url = _url(named)
    address = url or _field(named, "id") or ""
    modified = _date(named.values("modified_at"))
    published, evidence = _date(named.values("published_at")), "field"
    if published is None:
        published, evidence = modified, "modified"
    return {
        "article_id": article_id(address, document, title),
        "source_file": source_file,
        "record_index": record_index,
        "dump_format": dump_format,
        "url": url,
        "outlet": _outlet(named) or domain(url),
        "title": title,
        "authors": _authors(named),
        **date_columns(published, evidence),
        "modified_at": modified.at if modified else None,
        "tags": _tags(named),
        "encoding": encoding,
        "document": document,
        "document_type": document_type,
        "language_hint": language_code(_field(named, "language")),
    }


def has_text(record: Mapping[str, Any], options: DumpOptions) -> bool:
    """Returns True if :func:`article_from_record` finds a text."""
    try:
        _document(_Named(record, options.mapping))
    except DumpError:
        return False
    return True


def is_html(text: str) -> bool:
    """Returns True if text has a closing tag, a line break tag or attributes."""
    return "<" in text and _HTML_TAG.search(text) is not None


def domain(url: str | None) -> str | None:
    """Returns the host of a URL without ``www.``, or ``None``."""
    if not url:
        return None
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") or None if host else None


def language_code(value: str | None) -> str | None:
    """Returns the ISO 639-1 code of a name of a language (``en-US``, ``eng``, English)."""
    if not value:
        return None
    first = re.split(r"[-_,; ]", value.strip().lower(), maxsplit=1)[0]
    code = _LANGUAGES.get(first, first)
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


@lru_cache(maxsize=8192)
def fold(name: str) -> str:
    """Returns a field name in lower case without ``_``, ``-``, spaces and dots."""
    return name.lower().replace("_", "").replace("-", "").replace(" ", "").replace(".", "")


def _follow(record: Mapping[str, Any], path: str) -> Any:
    if path in record:
        return record[path]
    value: Any = record
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    return value


class _Named:
    """The values of a record by their meaning."""

    def __init__(self, record: Mapping[str, Any], mapping: Mapping[str, str]) -> None:
        self.record = record
        self._meanings = known = meanings(tuple(record))
        self._inner = []
        for name in known["containers"]:
            if type(inner := record[name]) is dict:
                self._inner.append((inner, meanings(tuple(inner))))
        self._mapped = {}
        if mapping:
            for field, path in mapping.items():
                if (value := _follow(record, path)) is not None:
                    self._mapped[field] = value

    def mapped(self, field: str) -> list[Any]:
        """Returns the mapped value, if the record has it."""
        return [self._mapped[field]] if field in self._mapped else []

    def known(self, field: str) -> list[Any]:
        """Returns the values under known names, the likeliest first."""
        record = self.record
        found = [value for name in self._meanings[field] if (value := record[name]) is not None]
        for inner, known in self._inner:
            found += [value for name in known[field] if (value := inner[name]) is not None]
        return found

    def values(self, field: str) -> list[Any]:
        """Returns the mapped and the known values."""
        return self.mapped(field) + self.known(field) if self._mapped else self.known(field)


@lru_cache(maxsize=4096)
def meanings(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Returns field to its names in a record, the likeliest first; and ``containers``.

    Args:
      names: the field names of the record; most dumps have one set of them.
    """
    folded: dict[str, list[str]] = {}
    for name in names:
        if isinstance(name, str):
            folded.setdefault(fold(name), []).append(name)
    found = {
        field: tuple(spelt for name in known for spelt in folded.get(name, ()))
        for field, known in _RECOGNISED.items()
    }
    found["containers"] = tuple(name for name in CONTAINERS if name in names)
    return found


def _string(value: Any, longest: int = _LONGEST_FIELD, depth: int = 0) -> str | None:
    """Returns a value as one line of clean text, or ``None``."""
    if type(value) is str:
        text = clean_text(value if len(value) <= longest else value[: 4 * longest])
    elif type(value) is dict:
        for name in _INNER:
            inner = value.get(name)
            if isinstance(inner, (str, int)) and (found := _string(inner)):
                return found
        return None
    elif type(value) is list:
        return _string(value[0], longest, depth + 1) if value and depth < _DEEPEST else None
    elif type(value) is int:
        text = str(value)
    else:
        return None
    if "<" in text and is_html(text):
        text = re.sub(r"<[^<>]*>", " ", text)
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    return " ".join(text.split())[:longest].rstrip() or None


def _field(named: _Named, field: str) -> str | None:
    for value in named.values(field):
        if found := _string(value):
            return found
    return None


def _document(named: _Named) -> tuple[str, str]:
    for source, field in (
        (named.mapped, "text"),
        (named.mapped, "html"),
        (named.known, "text"),
        (named.known, "html"),
    ):
        for value in source(field):
            text = _long_text(value)
            if not text or text.isspace():
                continue
            if field == "html" or is_html(text):
                return text, "html"
            if "&" in text:
                if _ESCAPED_HTML.match(text):
                    return html.unescape(text), "html"
                if _ENTITY.search(text):
                    text = html.unescape(text)
            return text, "text"
    names = ", ".join(repr(str(name)) for name in list(named.record)[:20]) or "none"
    raise DumpError(
        "no_text",
        f"The record has no text: its fields are {names[:500]}. If one of them holds the text or "
        "HTML under another name, pass --map text=NAME or --map html=NAME.",
    )


def _long_text(value: Any, depth: int = 0) -> str | None:
    if type(value) is str:
        return clean_text(value)
    if type(value) is bytes:
        return clean_text(value.decode("utf-8", "replace"))
    if type(value) is dict:
        for name in _INNER_TEXT:
            if type(inner := value.get(name)) is str:
                return clean_text(inner)
        return None
    if type(value) is list and depth < _DEEPEST:
        # Paragraphs, one a string or an object; each is a paragraph of the text.
        parts = [
            part for item in value if (part := _long_text(item, depth + 1)) and not part.isspace()
        ]
        return "\n\n".join(parts) if parts else None
    return None


def _url(named: _Named) -> str | None:
    for value in named.values("url"):
        found = _string(value)
        if found and " " not in found and ("://" in found or "." in found):
            return found
    # Feeds and crawls use the address as the id.
    for value in named.values("id"):
        found = _string(value)
        if found and found.startswith(("http://", "https://")) and " " not in found:
            return found
    return None


def _outlet(named: _Named) -> str | None:
    values = named.values("outlet")
    if "added" in named.record and "metadata" in named.record:
        # In dolma's records `source` names the data set the record came from.
        values = [value for value in values if value is not named.record.get("source")]
    for value in values:
        if found := _string(value, longest=200):
            return domain(found) if "://" in found else found.removeprefix("www.")
    return None


def _date(values: list[Any]) -> Moment | None:
    """Returns the first of the values that is a date, or another that says the time of its day."""
    dates = [found for value in values if (found := parse_date(value)) is not None]
    if not dates:
        return None
    return next((other for other in dates[1:] if other.is_finer_than(dates[0])), dates[0])


def _authors(named: _Named) -> list[str]:
    for value in named.values("authors"):
        if names := _names(value):
            return list(dict.fromkeys(names))
    return []


def _names(value: Any, depth: int = 0) -> list[str]:
    if type(value) is list:
        if depth >= _DEEPEST:
            return []
        return [name for item in value for name in _names(item, depth + 1)]
    if type(value) is dict and not any(isinstance(value.get(name), str) for name in _INNER):
        return []
    text = _string(value, longest=2000)
    if not text:
        return []
    if by := _BY.match(text):
        text = text[by.end() :]
    several = " and " in text or ";" in text or "|" in text or " & " in text
    parts = _AND.split(text) if several else [text]
    names: list[str] = []
    for part in parts:
        listed = [name for item in part.split(",") if (name := item.strip(" \t\"'[]"))]
        if len(listed) == 2 and len(parts) == 1 and not any(" " in name for name in listed):
            listed = [f"{listed[1]} {listed[0]}"]  # Family, Given
        names.extend(listed)
    return [name for name in names if "://" not in name]


def _tags(named: _Named) -> list[str]:
    return list(dict.fromkeys(tag for value in named.values("tags") for tag in _tag_list(value)))


def _tag_list(value: Any, depth: int = 0) -> list[str]:
    if type(value) is list:
        if depth >= _DEEPEST:
            return []
        return [tag for item in value for tag in _tag_list(item, depth + 1)]
    if isinstance(value, (bool, int, float)):
        return []
    text = _string(value, longest=2000)
    if not text:
        return []
    separator = ";" if ";" in text else "|" if "|" in text else ","
    return [tag for part in text.split(separator) if (tag := part.strip(" \t\"'[]"))]

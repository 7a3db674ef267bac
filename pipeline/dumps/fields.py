# ruff: noqa: RUF001 - quotes of other scripts are meant
"""Records with named fields to articles.

The known names are those of news-please, fundus, trafilatura, Readability, Diffbot, CC-News, dolma,
webz.io, NewsAPI, Event Registry, the APIs of the Guardian, the New York Times and AP, WordPress,
ninjs, JSON Feed, Arc Publishing, schema.org (JSON-LD), data sets (XSum, Washington Post), and names
in thirty languages (:mod:`pipeline.dumps.field_names`). If a record has several names of a field,
the first with a value counts; but the HTML of an article precedes a text of it that has lost its
line breaks. A name may be nested up to two levels in ``metadata``, ``thread`` and the like.
"""

import html
import re
import reprlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pipeline.article import Article
from pipeline.dates import Moment, date_columns, parse_date
from pipeline.dumps.articles import document_article
from pipeline.dumps.block import Block, DumpError, DumpOptions
from pipeline.dumps.day_order import day_first, is_ambiguous, likely_day_first
from pipeline.dumps.decoding import clean_text
from pipeline.dumps.field_names import LANGUAGES, WRAPPERS, fold
from pipeline.dumps.long_text import is_html, long_text
from pipeline.dumps.named import Named

# Members of a nested value that hold its text: WordPress, RSS converters, JSON-LD, NewsAPI.
_INNER = ("rendered", "by", "name", "value", "text", "#text", "_", "title", "main", "label",
          "original", "$oid", "@value", "basic", "displayName", "fullName", "id", "domain", "url",
          "href")  # fmt: skip
_CUT = re.compile(r"(?:(?:…|\.{3})\s*+)?+\[\+?\d{1,7} chars\]\s*+\Z")
"""End of the contents that NewsAPI and GNews cut after 200 characters."""

_GOES_ON = re.compile(
    r"(?:\[(?:…|\.{3}|&#8230;|&hellip;)\]|(?:…|\.{3})\s*(?:continue reading|read more|read the full"
    r"|weiterlesen|lire la suite|leer más|leggi tutto|lees meer)\b[^.]{0,60})\s*\Z",
    re.IGNORECASE,
)
"""End of the excerpt of a feed."""

_GOES_ON_MARKS = ("…", "...", "[&", "<")
"""One of them is before it; a tag may divide the dots."""

_BARS = re.compile(r"(?<=\S)\s*(?<!\|)\|{5}(?!\|)\s*(?=\S)")
"""What parts the articles of a record of Multi-News."""

_PAID = re.compile(r"\s*ONLY AVAILABLE IN [A-Z ,]+ PLANS?\s*")
"""What newsdata.io has in place of a text."""

_PARAGRAPH = re.compile(r"<(?:p|br|div|li|h\d)\b", re.IGNORECASE)
_LITERAL_BREAK = re.compile(r"\\r\\n|\\[nr]")
_LITERAL = re.compile(r"\\n\s*\\n|\\r\\n|[.!?\"'”’»]\s*\\n")

_ESCAPED_HTML = re.compile(r"\s*&lt;(?:p|div|span|article|h[1-6]|!doctype|html|figure|img)\b", re.I)
_ENTITY = re.compile(r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[a-zA-Z]{2,8}\d?);")
_BY = re.compile(r"\s*(?:by|written by|von|par|por)\s+", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s()<>@]+@[^\s()<>@]+\s?\(([^()]{2,100})\)")
"""An author as RSS has one: the address, and the name in brackets."""

_AND = re.compile(r" ?(?:;|\|| & | and ) ?")
_LETTERS = re.compile(r"\W+")
"""What is between letters and digits."""
_SHORTEST_TEXT = 100  # characters; a title has less
_CLOCK = re.compile(r"\d{1,2}:\d\d")
_LONGEST_FIELD = 4096
_SIGN_OFF = re.compile(r"[a-z]{2,3}(?:/[a-z]{2,3})*")
_DATA_SETS = frozenset(("commoncrawl", "ccnews", "wcep"))
"""Origins that are no outlets."""

_DEEPEST = 4  # nested lists


def article_from_record(
    record: Mapping[str, Any],
    block: Block,
    record_index: int,
    encoding: str,
    options: DumpOptions,
) -> Article:
    """Returns the article of a record, with every column and field of a reader.

    HTML in a text field makes ``document_type`` html; character entities in text are resolved.

    Args:
      record: field name to value of any JSON type.
      block: the block of the record.
      record_index: number of the record in the dump.
      encoding: encoding of the record before it was decoded.
      options: their mapping precedes known names.

    Raises:
      DumpError: ``no_text``: no field with text or HTML, or all of them empty.
    """
    named = Named(record, options.mapping)
    document, kind = _document(named)
    columns = _columns(named, options, document)
    record_id = _field(named, "id")
    address = columns["url"] or record_id or ""
    article = document_article(
        block, record_index, address, document, kind, encoding, columns["title"]
    )
    end = document[-400:]
    if kind == "text" and "chars]" in end and (cut := _CUT.search(end[-200:])):
        document = document[: len(document) - len(cut[0])].rstrip()
        article |= {"document": document, "is_truncated": True}
        if columns["outlet"] and columns["title"]:
            # NewsAPI gives the title of the page, which ends with the outlet.
            columns["title"] = columns["title"].removesuffix(f" - {columns['outlet']}")
    elif any(mark in end for mark in _GOES_ON_MARKS) and _GOES_ON.search(
        re.sub(r"<[^<>]*>", "", end)
    ):
        article["is_truncated"] = True
    warnings = _warnings(named, columns, record_index, options, document)
    return article | columns | {"record_id": record_id, "warnings": warnings}


def _warnings(
    named: Named,
    columns: Mapping[str, Any],
    record_index: int,
    options: DumpOptions,
    document: str,
) -> list[tuple[str, str]]:
    """Returns what was not understood of a record; what all of a dump have, for the first only."""
    found = []
    if columns["published_at_evidence"] != "field":
        for name, value in named.named("published_at"):
            if value and (shown := _string(value, longest=100) or reprlib.repr(value)[:100]):
                found.append((
                    "unread_date",
                    f"The field {name!r} holds {shown!r}, which is no date in a known form or "
                    "unit, or may be several; write dates as in 2024-03-04T09:30:00+01:00.",
                ))  # fmt: skip
                break
    for name, value in named.named("title"):
        if type(value) is list and len(value) > 1:
            found.append((
                "unread_values",
                f"The field {name!r} is a list of {len(value)}; its first is the title, and "
                f"{_string(value[1:2], longest=100)!r} is not read.",
            ))  # fmt: skip
    if not (named.mapped("text") or named.mapped("html")):
        found += [
            (
                "unread_fields",
                f"The field {name!r} holds a longer text than the one that is read; if it is that "
                f"of the article, pass --map text={name}.",
            )
            for name, _ in _longer(document, named)
        ]
    if len(named.locales) > 1:
        found.append((
            "unread_values",
            f"The fields have values for {', '.join(sorted(named.locales))[:200]}; the first of "
            "each is read. Give each language a record of its own.",
        ))  # fmt: skip
    if "|||||" in document and len(parts := _BARS.split(document)) > 1:
        found.append((
            "unread_parts",
            f"The text holds {len(parts)} texts between bars (|||||), which are read as one "
            "article; give each a record of its own.",
        ))  # fmt: skip
    if record_index == 0 and (guessed := _guessed_order(named, columns, options, document)):
        found.append((
            "guessed_date",
            f"{guessed!r} may be of two days, and nothing in the dump says which; it is read month "
            "first. If days come first, write dates as in 2024-03-04.",
        ))  # fmt: skip
    if record_index == 0 and (missing := named.missing()):
        found += [
            (
                "unread_fields",
                f"The first record has nothing in {path!r}, which --map names for its {field}; its "
                f"fields are {', '.join(map(repr, list(named.record)[:20]))[:500]}.",
            )
            for field, path in missing.items()
        ]
    if record_index == 0 and (unknown := named.unknown()):
        names = ", ".join(repr(str(name)) for name in unknown[:20])
        found.append((
            "unread_fields",
            f"Fields that are not read: {names[:500]}. If one of them is a field of an article, "
            "name it with --map FIELD=NAME.",
        ))  # fmt: skip
    return found


def _guessed_order(
    named: Named, columns: Mapping[str, Any], options: DumpOptions, document: str
) -> str | None:
    """Returns a date that is read month first since nothing decides; ``None`` without one."""
    host = domain(columns["url"])
    if (
        columns["language_hint"] not in (None, "en")
        or day_first(options.day_order, host) is not None
    ):
        return None
    dates = named.values("published_at")
    guessed = next(filter(is_ambiguous, dates), None)
    if guessed is None or (
        columns["language_hint"] is None and likely_day_first(named.record, host, document)
    ):
        return None
    return str(guessed)[:100]


def described(record: Mapping[str, Any], options: DumpOptions) -> dict[str, Any]:
    """Returns the columns of an article that fields beside its text describe.

    Args:
      record: as of :func:`article_from_record`; without text or HTML.
      options: their mapping precedes known names.
    """
    return _columns(Named(record, options.mapping), options)


def _columns(named: Named, options: DumpOptions, document: str = "") -> dict[str, Any]:
    url = _url(named)
    language = language_code(_field(named, "language")) or language_code(named.locale)
    order = day_first(options.day_order, domain(url))
    dates = named.values("published_at")
    if order is None and language is None and any(map(is_ambiguous, dates)):
        order = likely_day_first(named.record, domain(url), document)
    modified = _date(named.values("modified_at"), language, order)
    published = _date(dates, language, order)
    evidence = "field"
    if published is None:
        published, evidence = modified, "modified"
    return {
        "url": url,
        "outlet": _outlet(named) or domain(url),
        "title": _field(named, "title"),
        "authors": _authors(named),
        **date_columns(published, evidence),
        "modified_at": modified.at if modified else None,
        "tags": _tags(named),
        "language_hint": language,
    }


def has_text(record: Mapping[str, Any], options: DumpOptions) -> bool:
    """Returns True if :func:`article_from_record` finds a text."""
    try:
        _document(Named(record, options.mapping))
    except DumpError:
        return False
    return True


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
    code = LANGUAGES.get(first, first)
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


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


def _field(named: Named, field: str) -> str | None:
    for value in named.values(field):
        if found := _string(value):
            return found
    return None


def _document(named: Named) -> tuple[str, str]:
    """Returns the text or HTML of a record, and which it is.

    Raises:
      DumpError: ``no_text``.
    """
    found: tuple[str, str] | None = None
    for source, field in (
        (named.mapped, "text"),
        (named.mapped, "html"),
        (named.known, "text"),
        (named.known, "html"),
    ):
        for value in source(field):
            text = long_text(value)
            if not text or text.isspace() or _PAID.fullmatch(text):
                continue
            if found is None:
                if source == named.known and field == "text":
                    text = _fullest(text, named)
                found = _typed(text, field)
                if found[1] == "html" or "\n" in found[0] or source == named.mapped:
                    return found
            elif _is_rich(text, field) and (
                _same_text(text, found[0]) or len(found[0]) < min(_SHORTEST_TEXT, len(text) // 4)
            ):
                return text, "html"
    if found is not None:
        return found
    raise DumpError("no_text", _no_text(named.record))


def _fullest(text: str, named: Named) -> str:
    """Returns a text, or the one under another known name of which it is the teaser.

    A teaser has at most half the characters, and is one short line or the begin of the other.
    """
    for _, value in _longer(text, named):
        if is_html(value):
            continue
        short = len(text) < _SHORTEST_TEXT and "\n" not in text.strip()
        if short or letters(value).startswith(letters(text)):
            text = value
    return text


def letters(text: str) -> str:
    """Returns the letters and digits of a text or HTML, without the mark that it goes on."""
    visible = html.unescape(re.sub(r"<[^<>]*>", "", text))
    return _LETTERS.sub("", _GOES_ON.sub("", _CUT.sub("", visible)))


def _longer(text: str, named: Named) -> list[tuple[str, str]]:
    """Returns known names, and their texts, that are at least twice as long as a text."""
    if len(texts := named.named("text")) < 2:
        return []
    least = max(2 * len(text), _SHORTEST_TEXT)
    return [
        (name, found)
        for name, value in texts
        if type(value) is str and len(value) >= least
        and (found := long_text(value)) and len(found.strip()) >= least
    ]  # fmt: skip


def _typed(text: str, field: str) -> tuple[str, str]:
    if field == "html" or is_html(text):
        return text, "html"
    if "&" in text:
        if _ESCAPED_HTML.match(text):
            return html.unescape(text), "html"
        if _ENTITY.search(text):
            text = html.unescape(text)
    if "\n" not in text and "\\n" in text and _LITERAL.search(text):
        # Escaped twice, so that the two characters stand for a line break.
        text = _LITERAL_BREAK.sub("\n", text)
    return text, "text"


def _is_rich(text: str, field: str) -> bool:
    """Returns True for HTML with at least two paragraphs."""
    return (field == "html" or is_html(text)) and len(_PARAGRAPH.findall(text)) >= 2


def _same_text(page: str, text: str) -> bool:
    """Returns True if HTML holds the first words of a text and at least half as many letters."""
    found, wanted = letters(page), letters(text)
    return 2 * len(found) >= len(wanted) and wanted[:40] in found


def _no_text(record: Mapping[str, Any]) -> str:
    names = ", ".join(repr(str(name)) for name in list(record)[:20]) or "none"
    for name in record:
        inner = record[name]
        if name.lower() in WRAPPERS and type(inner) is list and inner and type(inner[0]) is dict:
            return (
                f"The record is no article but holds a list of {len(inner):,} in {name!r}: pass "
                "--format json to read each of them as a record."
            )
    path = max(_long_strings(record, ""), default=(0, ""))[1]
    advice = f"--map text={path}" if path else "--map text=NAME or --map html=NAME"
    guess = f"; that of {path!r} is the longest" if path else ""
    return (
        f"The record has no text: its fields are {names[:500]}{guess}. If one of them holds the "
        f"text or HTML under another name, pass {advice}."
    )


def _long_strings(record: Mapping[str, Any], prefix: str) -> Iterator[tuple[int, str]]:
    """Yields length and path of the texts of a record that could be an article."""
    for name, value in record.items():
        path = f"{prefix}{name}"
        if type(value) is str and len(value) >= _SHORTEST_TEXT and " " in value:
            yield len(value), path
        elif type(value) is dict and prefix.count(".") < 2:
            yield from _long_strings(value, f"{path}.")


def _url(named: Named) -> str | None:
    for value in named.values("url"):
        found = _string(value)
        if found and " " not in found and ("://" in found or "." in found):
            return _target(found)
    # Feeds and crawls use the address as the id, trafilatura as the source.
    for value in (*named.values("id"), *named.values("outlet")):
        found = _string(value) if type(value) is str else None
        if found and found.startswith(("http://", "https://")) and " " not in found:
            return found
    return None


_REDIRECTS = re.compile(r"[?&](?:url|q|qurl)=https?(?::|%3a)", re.IGNORECASE)
"""How an address names another one, as those of searches, alerts and libraries do."""


def _target(url: str) -> str:
    """Returns the address that an address leads to."""
    if not _REDIRECTS.search(url):
        return url
    values = parse_qs(url.partition("?")[2])
    return next(
        (
            value
            for name in ("url", "q", "qurl")
            for value in values.get(name, ())
            if "://" in value
        ),
        url,
    )


def _outlet(named: Named) -> str | None:
    values = named.values("outlet")
    if "added" in named.record and "metadata" in named.record:
        # In dolma's records `source` names the data set the record came from.
        values = [value for value in values if value is not named.record.get("source")]
    for value in values:
        if (found := _string(value, longest=200)) and fold(found) not in _DATA_SETS:
            return domain(found) if "://" in found else found.strip("/ ").removeprefix("www.")
    return None


def _date(values: list[Any], language: str | None, order: bool | None) -> Moment | None:
    """Returns the first of the values that is a date, with the time of day that others give it."""
    dates = [found for value in values if (found := parse_date(value, language, order))]
    if not dates:
        return None
    first = dates[0]
    if first.precision != "day":
        return first
    timed = (other for other in dates[1:] if other.is_finer_than(first))
    clocks = (
        parse_date(f"{first.day} {value}")
        for value in values
        if isinstance(value, str) and _CLOCK.match(value)
    )
    return next(timed, None) or next(filter(None, clocks), None) or first


def _authors(named: Named) -> list[str]:
    embedded = named.record.get("_embedded")  # WordPress
    known = [embedded.get("author")] if type(embedded) is dict else []
    for value in (*known, *named.values("authors")):
        if names := _names(value):
            return list(dict.fromkeys(names))
    return []


def _names(value: Any, depth: int = 0) -> list[str]:
    if type(value) is list:
        if depth >= _DEEPEST:
            return []
        return [name for item in value for name in _names(item, depth + 1)]
    if type(value) is dict and type(value.get("by")) is list:
        return _names(value["by"], depth + 1)
    if type(value) is dict and not any(isinstance(value.get(name), str) for name in _INNER):
        return []
    if isinstance(value, (bool, int, float)):
        return []  # the number of an author
    text = _string(value, longest=2000)
    if not text:
        return []
    if address := _ADDRESS.fullmatch(text):
        text = address[1]
    if by := _BY.match(text):
        text = text[by.end() :]
    several = " and " in text or ";" in text or "|" in text or " & " in text
    parts = _AND.split(text) if several else [text]
    names: list[str] = []
    for part in parts:
        listed = [name for item in part.split(",") if (name := item.strip(" \t\"'[]"))]
        if len(listed) == 2 and all(other.count(",") == 1 for other in parts):
            *particles, _ = listed[0].split()
            if " " not in listed[1] and all(map(str.islower, particles)):
                listed = [f"{listed[1]} {listed[0]}"]  # Family, Given
        names.extend(listed)
    return [name for name in names if "://" not in name and _is_name(name)]


def _is_name(name: str) -> bool:
    """Returns True for what has letters and is no sign-off of an agency, as ``gr/bp``."""
    return any(map(str.isalpha, name)) and not _SIGN_OFF.fullmatch(name)


def _tags(named: Named) -> list[str]:
    values = named.values("tags")
    if type(embedded := named.record.get("_embedded")) is dict:
        values.append(embedded.get("wp:term"))
    return list(dict.fromkeys(tag for value in values for tag in _tag_list(value)))


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
    tags = (part.strip(" \t\"'[]") for part in text.split(separator))
    return [tag for tag in tags if tag and "://" not in tag]

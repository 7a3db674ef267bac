# ruff: noqa: RUF001 - dashes and apostrophes of titles are meant as written
"""Adds who published an article by one spelling, and what says so.

The site of the address decides first, then the name that dump or page give, then the article's
own lines (a copyright notice, whose staff contributed, a credit line), last a folder's name.
``outlets.toml`` and the user's own file list names and sites; a site that neither lists is its
registered domain by the Public Suffix List, as the package tld has it, in every run alike. What
dump or page call it otherwise stays beside it.
"""

import dataclasses
import functools
import pathlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple
from urllib.parse import urlsplit

import pyarrow as pa

from pipeline.article import Article
from pipeline.transform import Column, Transform, option
from transforms.agencies import agency_of, known_agencies
from transforms.attribution.credits import copyright_holder
from transforms.attribution.finding import quote

TAIL_LINES = 12
"""Lines at the end, blank ones aside, that are searched for the outlet's name."""

_SITE = re.compile(r"[^\W_][\w-]*(?:\.[\w-]+)+")
_EDITION = re.compile(
    r"(?<!\s)\s*+(?:\([^()]*+\)|[-–—|:]\s(?:News|Opinion|Editorial|Online|World|US))$"
)
_SECTION = re.compile(r"(?<!\s)\s*+\((?:news|opinion|editorial|online|blog|web)\)$", re.IGNORECASE)
"""Sections in brackets, which are cut from a name that the table does not list."""

_COMPANY = re.compile(r",?\s(?:Inc|LLC|Ltd|Limited|Corp|GmbH|AG|S\.?A|plc|Company|Co)\b\.?$", re.I)
_CREDIT = re.compile(
    r"(?:credit|source|via|published (?:by|in|on)|(?:first|originally) published (?:by|in|on|at))"
    r"(?:\s*+:)?\s++(?P<who>[^.,;:|]{2,40})\.?",
    re.IGNORECASE,
)
_STAFF = re.compile(
    r"\W{0,3}(?P<who>[A-Z][\w.& ]{1,30}?)(?:['’]s?\s|\s(?:staff|correspondents?|reporters?)\s)"
    r".{0,200}?\bcontributed to (?:this|the) (?:report|story|article)"
)
_OUTLET_WORD = re.compile(
    r"\b(?:times|news|post|herald|journal|daily|gazette|tribune|chronicle|press|star|mail|observer|"
    r"courier|standard|telegraph|echo|examiner|inquirer|register|sentinel|magazine|radio|tv|"
    r"broadcasting|zeitung|nachrichten|anzeiger|tageblatt|kurier|journal|gazette|diario|periódico|"
    r"giornale|corriere|jornal|diário|krant|dagblad|tidning|avis)\b|(?:zeitung|blad|posten)\b",
    re.IGNORECASE,
)


_DOMAINS = ("carriers", "platforms")


class Known(NamedTuple):
    """Outlets by their spellings, case-folded and without "the", and by their sites.

    ``carriers`` are registered domains of sites that carry what others publish, ``platforms`` those
    below which everybody has a site of their own.
    """

    names: Mapping[str, str]
    sites: Mapping[str, str]
    carriers: frozenset[str]
    platforms: frozenset[str]


class OutletsError(ValueError):
    """A file of outlets that cannot be used; the message names file and row, and what to write."""


@functools.cache
def known_outlets(own: str = "", path: str = "") -> Known:
    """Returns the outlets of the table and of the user's file, whose rows come first.

    Args:
      own: content of the user's file.
      path: its name, for messages.

    Raises:
      OutletsError: it is no such table.
    """
    names: dict[str, str] = {}
    sites: dict[str, str] = {}
    domains: dict[str, set[str]] = {kind: set() for kind in _DOMAINS}
    shipped = pathlib.Path(__file__).with_suffix(".toml")
    for source, content in ((path, own), (str(shipped), shipped.read_text("utf-8"))):
        listed: set[str] = set()
        rows, lists = _table(source, content)
        for kind in _DOMAINS:
            domains[kind].update(lists[kind])
        for outlet, spellings in rows.items():
            for spelling in (outlet, *spellings):
                key = _key(spelling)
                if key in listed and names.get(key, sites.get(key)) != outlet:
                    raise OutletsError(
                        f"{source}: {spelling!r} is listed for {outlet!r} and for "
                        f"{names.get(key, sites.get(key))!r}. Take it out of one of the rows"
                    )
                listed.add(key)
                table = sites if spelling != outlet and _SITE.fullmatch(spelling) else names
                table.setdefault(spelling.casefold() if table is sites else key, outlet)
    for site, agency in known_agencies().domains.items():
        sites.setdefault(site, agency)
    return Known(names, sites, *map(frozenset, domains.values()))


def _table(
    source: str, content: str
) -> tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]:
    """Returns the rows of a file, and its lists of domains."""
    try:
        table = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise OutletsError(f"{source} is no TOML: {error}") from error
    rows = table.pop("outlets", {})
    lists = {kind: table.pop(kind, []) for kind in _DOMAINS}
    example = '[outlets] and below it rows such as "Daily Harbour" = ["harbour.example", "Harbour"]'
    if table or not isinstance(rows, dict):
        raise OutletsError(f"{source} has {', '.join(table) or 'no rows'}. Write {example}")
    for outlet, spellings in {**rows, **lists}.items():
        right = isinstance(spellings, list) and all(
            isinstance(spelling, str) and spelling.strip() for spelling in spellings
        )
        if not right or not outlet.strip():
            raise OutletsError(
                f"{source}: {outlet!r} has {spellings!r}, which is no list of names and sites. "
                f"Write {example}"
            )
    return rows, lists


def _key(name: str) -> str:
    return " ".join(name.casefold().replace("’", "'").split()).removeprefix("the ")


@functools.lru_cache(maxsize=1 << 14)
def registered_domain(host: str) -> str | None:
    """Returns the domain that somebody registered of a host: ``bbc.co.uk`` of ``news.bbc.co.uk``.

    ``None`` where the host ends in no public suffix.
    """
    # Reading the list takes 0.1 s, which a process that only plans a run can spare.
    import tld

    domain = tld.get_fld(host, fix_protocol=True, fail_silently=True, search_private=True)
    return str(domain) if domain else None


def outlet_of_host(host: str, known: Known) -> str | None:
    """Returns the outlet of a host: that of the table, else its registered domain.

    Of a platform, on which everybody has a site, it is the site.
    """
    host = host.casefold()
    parts = host.split(".")
    for start in range(len(parts) - 1):
        if outlet := known.sites.get(".".join(parts[start:])):
            return outlet
    domain = registered_domain(host)
    if domain in known.platforms:
        return ".".join(host.removeprefix("www.").split(".")[-2 - domain.count(".") :])
    return domain


def spelled(name: str, known: Known) -> str | None:
    """Returns the name of a known outlet by one spelling, or ``None``."""
    for form in (name, _EDITION.sub("", name), _COMPANY.sub("", name)):
        if outlet := known.names.get(_key(form)) or known.sites.get(form.casefold()):
            return outlet
        if (agency := agency_of(form)) and agency not in known_agencies().newsrooms:
            return agency
    return None


def published_by(
    name: str | None, url: str | None, lines: Sequence[str], source_file: str, known: Known
) -> tuple[str | None, str | None]:
    """Returns the outlet of an article, and the evidence.

    The site decides wherever there is one, unless it carries other outlets' articles
    (``carriers``), so that it is one outlet whatever dumps and pages call it. Of 12,610 articles of
    AllSides, 442 from sites of the table have a source that is none of the site's names: a writer,
    but for 21 that are another outlet of the table, and wrong.

    Args:
      name: as dump or page give it; the host of the address where they give none.
      url: address of the article.
      lines: the article with all its boilerplate.
      source_file: path of the dump.
      known: names and sites.
    """
    host = host_of(url)
    site = outlet_of_host(host, known) if host else None
    if site and registered_domain(host) not in known.carriers:
        return site, f"url: {host}"
    if name and name.casefold() != host.removeprefix("www."):
        return _named(name, known), f"name: {name}"
    if host:
        return site or name, f"url: {host}"
    return _in_lines(lines, known) or _in_folder(source_file, known) or (None, None)


def _named(name: str, known: Known) -> str:
    """Returns an outlet by a name, or an address in its place, without the name of a section."""
    address = host_of(name) or name
    by_site = outlet_of_host(address, known) if _SITE.fullmatch(address) else None
    return by_site or spelled(name, known) or _SECTION.sub("", name)


def host_of(url: str | None) -> str:
    """Returns the host of an address, in lower case; empty if it has none."""
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""


def _in_lines(lines: Sequence[str], known: Known) -> tuple[str, str] | None:
    tail = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
    tail = [(number, line) for number, line in tail[-TAIL_LINES:] if len(line) <= 400]
    for place, name_in in (
        ("copyright", copyright_holder),
        ("note", lambda line: _group(_STAFF.match(line))),
        ("credit line", lambda line: _group(_CREDIT.fullmatch(line))),
    ):
        for number, line in tail:
            name = (name_in(line) or "").strip()
            outlet = spelled(name, known) if name else None
            if outlet is None and place != "note" and name[:1].isupper():
                named = _OUTLET_WORD.search(name) and not agency_of(name)
                outlet = _COMPANY.sub("", name) if named else None
            if outlet and not agency_of(outlet):
                return outlet, quote(place, number, line)
    return None


def _group(match: re.Match[str] | None) -> str | None:
    return match["who"] if match else None


def _in_folder(source_file: str, known: Known) -> tuple[str, str] | None:
    """Returns the outlet after whose site, or by whose name, one of the last two folders is."""
    for folder in reversed(pathlib.PurePath(source_file).parts[-3:-1]):
        site = folder.casefold() if _SITE.fullmatch(folder) else ""
        outlet = (outlet_of_host(site, known) if site else None) or known.names.get(
            _key(re.sub("[_-]", " ", folder))
        )
        if outlet:
            return outlet, f"folder: {folder}"
    return None


@dataclasses.dataclass
class Outlets(Transform):
    """Sets `outlet`, and adds `outlet_evidence` and `outlet_stated`."""

    reads = ("url", "lines", "source_file")
    version = 4
    updates = ("outlet",)
    after = ("Extraction",)
    adds: ClassVar[Mapping[str, Column]] = {
        "outlet_evidence": Column(
            pa.string(),
            "What says who published it: url, name (as dump or page give it), copyright, note or "
            "credit line with the number of the line, or folder; null where nothing does.",
        ),
        "outlet_stated": Column(
            pa.string(),
            "Name that dump or page give the outlet, where it is no spelling of `outlet`: a "
            "writer's, a section's, or how a site calls itself whose outlet is its domain.",
        ),
    }

    outlets: str = option(
        "",
        flag="--outlets",
        metavar="FILE",
        help="TOML file with outlets of your own: below [outlets] a row for each, as "
        '"Daily Harbour" = ["harbour.example", "The Harbour"], its name by one spelling, then its '
        "sites and other spellings. They go before those of copydesk.",
    )

    def __post_init__(self) -> None:
        """Reads the user's file here, since a worker elsewhere may not see it.

        Raises:
          ValueError: it is missing, or has a row that cannot be used.
        """
        self._own = ""
        if self.outlets:
            try:
                self._own = pathlib.Path(self.outlets).read_text("utf-8")
            except (OSError, UnicodeError) as error:
                raise ValueError(
                    f"--outlets {self.outlets} cannot be read: {error}. Name a TOML file in UTF-8"
                ) from error
            known_outlets(self._own, self.outlets)

    def setup(self) -> None:
        """Loads the outlets; the public suffixes are loaded with the first address."""
        known_outlets(self._own, self.outlets)

    def apply(self, article: Article) -> Article:
        """Returns the article with its outlet."""
        known = known_outlets(self._own, self.outlets)
        name = article["outlet"]
        outlet, evidence = published_by(
            name, article["url"], article["lines"], article["source_file"], known
        )
        stated = name if name and _named(name, known) != outlet else None
        return article | {"outlet": outlet, "outlet_evidence": evidence, "outlet_stated": stated}

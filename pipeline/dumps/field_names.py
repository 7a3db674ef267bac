# ruff: noqa: RUF001 - names in other scripts are meant
"""The names of fields that are known, and the values of a record by their meaning.

Known are the names of news-please, fundus, trafilatura, Readability, Diffbot, CC-News, dolma,
webz.io, NewsAPI, Event Registry, the APIs of the Guardian, the New York Times and AP, WordPress,
ninjs, JSON Feed, schema.org (JSON-LD), data sets (XSum, Washington Post), and common names in ten
languages. Case, ``_``, ``-``, spaces and dots are ignored: ``publishedAt``, ``published_at`` and
``Published At`` are one name. If a record has several, the first of the list with a value counts. A
name may be nested up to two levels in ``metadata``, ``thread`` and the like (:data:`CONTAINERS`).
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

TEXT = (
    "text", "maintext", "plaintext", "articletext", "articlebody", "bodytext", "fulltext",
    "contenttext", "textcontent", "cleanedtext", "rawtext", "newstext", "body", "content",
    "article", "story", "contents", "document", "liveblogupdate", "articlecontent", "storytext",
    "volltext", "artikeltext", "inhalt", "texto", "textocompleto", "contenido", "cuerpo", "texte",
    "texteintégral", "contenu", "testo", "corpo", "conteúdo", "tekst", "treść", "inhoud", "текст",
    "metin", "içerik", "isi", "正文", "内容", "本文", "본문",
)  # fmt: skip
HTML = (
    "html", "rawhtml", "htmlcontent", "contenthtml", "bodyhtml", "articlehtml", "pagehtml",
    "fullhtml", "pagesource", "rawcontent", "bodyxhtml", "bodynitf", "bodyhtml5", "contentencoded",
    "content:encoded",
)  # fmt: skip
TITLE = ("title", "headline", "heading", "articletitle", "titlefull", "webtitle", "titlepage",
         "titlerss", "name", "titel", "überschrift", "schlagzeile", "título", "titulo", "titular",
         "titre", "titolo", "tytuł", "kop", "заголовок", "название", "başlık", "judul", "标题",
         "見出し", "タイトル", "제목")  # fmt: skip
URL = (
    "url", "link", "articleurl", "weburl", "canonicalurl", "canonicallink", "requestedurl",
    "respondedurl", "sourceurl", "pageurl", "originalurl", "finalurl", "documentidentifier",
    "warctargeturi", "permalink", "uri", "href", "enlace", "lien", "ссылка", "链接",
)  # fmt: skip
OUTLET = (
    "outlet", "publication", "publisher", "newspaper", "sitename", "sitefull", "sourcename",
    "sourcehostname", "source", "sourcedomain", "site", "provider", "hostname", "domain", "website",
    "zeitung", "medium", "quelle", "medio", "periódico", "periodico", "diario", "fuente", "journal",
    "média", "testata", "giornale", "fonte", "jornal", "veículo", "krant", "bron", "gazeta",
    "źródło", "издание", "источник", "gazete", "kaynak", "sumber", "来源", "媒体", "신문",
)  # fmt: skip
PUBLISHED = (
    "publishedat", "published", "datepublish", "datepublished", "publishdate", "publisheddate",
    "publicationdate", "publicationtime", "pubdate", "publishedtime", "publishtime",
    "publishingdate", "webpublicationdate", "firstpublished", "firstpublicationdate",
    "datetimepub", "dategmt",
    "date", "datetime", "created", "createdat", "datecreated", "timestamp", "time",
    "firstcreated",
    "datum", "erscheinungsdatum", "veröffentlicht", "fecha", "fechadepublicación",
    "fechapublicacion", "datedepublication", "datadipubblicazione", "data", "datadepublicação",
    "дата", "датапубликации", "tarih", "tanggal", "日期", "发布时间", "날짜",
)  # fmt: skip
MODIFIED = (
    "modifiedat", "modified", "datemodify", "datemodified", "modifydate", "modifieddate",
    "modifiedtime", "modificationdate", "lastmodified", "lastmodifieddate", "lastmodification",
    "lastmod", "lastupdated", "lastupdate", "lastupdatedat", "updatedat", "updated", "dateupdated",
    "dateupdate", "updatedate", "updateddate", "updatetime", "updatedtime", "modifiedgmt",
    "versioncreated",
)  # fmt: skip
AUTHORS = ("authors", "author", "byline", "bylines", "creator", "writers", "writer", "dccreator",
           "articleauthor", "autor", "autoren", "autorin", "verfasser", "autores", "auteur",
           "auteurs", "autore", "autori", "автор", "авторы", "yazar", "penulis", "作者", "著者",
           "記者", "기자")  # fmt: skip
TAGS = ("tags", "topics", "topic", "keywords", "categories", "category", "section", "sectionname",
        "articlesection", "subjects", "subject", "rubrik", "ressort", "kategorie", "schlagwörter",
        "sección", "seccion", "categoría", "categoria", "rubrique", "catégorie", "motsclés",
        "sezione", "rubriek", "seção", "рубрика", "kategori", "分类")  # fmt: skip
LANGUAGE = ("language", "lang", "inlanguage", "langcode", "languagecode", "sprache", "idioma",
            "langue", "lingua", "taal", "язык")  # fmt: skip
ID = ("id", "articleid", "docid", "documentid", "uuid", "guid", "uid", "recordid", "warcrecordid",
      "_id")  # fmt: skip
CONTAINERS = ("metadata", "meta", "_source", "thread", "article", "attributes", "fields", "data",
              "doc", "document", "item", "node", "post", "story")  # fmt: skip
"""Fields whose fields count, after those of the record (``_source`` is of Elasticsearch)."""

_IGNORED = frozenset((
    "@context", "@type", "type", "fingerprint", "length", "wordcount", "version", "status", "image",
    "images", "imageurl", "added", "_embedded", "_links", "", "unnamed:0", "index", "licence",
    "license", "dir", "excerpt", "description", "summary", "highlights",
))  # fmt: skip
"""Folded names of fields that no column of an article is made of, in the formats that are known."""

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


class Named:
    """The values of a record by their meaning."""

    def __init__(self, record: Mapping[str, Any], mapping: Mapping[str, str]) -> None:
        self.record = record
        self._meanings = known = meanings(tuple(record))
        self._inner: list[tuple[Mapping[str, Any], dict[str, tuple[str, ...]]]] = []
        for name in known["containers"]:
            if type(inner := record[name]) is dict:
                within = meanings(tuple(inner))
                self._inner.append((inner, within))
                for deeper in within["containers"]:
                    if type(value := inner[deeper]) is dict:
                        self._inner.append((value, meanings(tuple(value))))
        self._mapping = mapping
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

    def named(self, field: str) -> list[tuple[str, Any]]:
        """Returns names and values of the known names, of the record itself."""
        return [(name, self.record[name]) for name in self._meanings[field]]

    def unknown(self) -> list[str]:
        """Returns the names of fields with a value that none of the tables knows."""
        known = {name for names in self._meanings.values() for name in names}
        known |= {path.split(".")[0] for path in self._mapping.values()} | set(_IGNORED)
        return [
            name
            for name, value in self.record.items()
            if name not in known and fold(str(name)) not in _IGNORED and value not in (None, "", [])
        ]

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

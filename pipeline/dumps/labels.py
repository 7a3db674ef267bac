"""Names of fields in texts, and a text whose field lines were read."""

from typing import Any, NamedTuple

HEADER = "header"
"""Named as the column of field lines that no column holds."""

_NAMES: dict[str, tuple[str, ...]] = {
    "title": (
        "title", "headline", "article title", "titel", "überschrift", "schlagzeile", "titre",
        "título", "titular", "titolo", "kop", "tytuł", "заголовок", "标题", "標題", "見出し",
        "제목",
    ),
    "outlet": (
        "publication title", "publication", "newspaper", "source name", "outlet", "journal",
        "source", "publisher", "zeitung", "medium", "quelle", "journal title", "fuente",
        "periódico", "medio", "bron", "krant", "testata", "fonte", "jornal", "źródło", "источник",
        "издание", "来源", "來源", "출처",
    ),
    "authors": (
        "byline", "author", "authors", "author(s)", "by", "writer", "autor", "autoren", "autorin",
        "verfasser", "auteur", "auteurs", "auteur(s)", "autores", "autore", "autori", "автор",
        "авторы", "作者", "記者", "기자",
    ),
    "published_at": (
        "publication date", "date published", "published", "publish date", "published on",
        "pubdate", "date", "posted", "issue date", "datum", "erscheinungsdatum",
        "date de publication", "fecha", "fecha de publicación", "data", "data di pubblicazione",
        "data de publicação", "дата", "日期", "발행일", "load-date", "update", "date-chargement",
    ),
    "url": ("url", "link", "web address", "permalink", "article url", "source url",
            "document url", "original url"),
    "tags": (
        "section", "tags", "keywords", "subject", "subjects", "subject terms", "topic", "topics",
        "category", "categories", "rubrik", "ressort", "schlagwörter", "thema", "rubrique",
        "mots-clés", "sección", "sezione", "rubriek", "seção", "рубрика",
        "identifier / keyword",
    ),
    "language": ("language", "language of publication", "sprache", "langue", "idioma", "taal",
                 "lingua", "язык"),
    "id": ("proquest document id", "accession number", "record number", "document id", "id",
           "guid", "message-id"),
    "text": ("body", "full text", "fulltext", "text", "article text", "volltext",
             "texte intégral", "texto completo", "content", "текст"),
    "abstract": ("abstract",),
    "modified_at": ("updated", "modified", "last updated", "last modified", "date modified"),
    HEADER: (
        "length", "longueur", "länge", "lengte", "longitud", "lunghezza", "word count", "words",
        "graphic", "graphics", "grafik", "publication-type", "publication type", "pub-type",
        "document-type", "document type", "journal-code", "journal code", "zeitungs-code",
        "pages", "page", "pg", "edition", "ausgabe", "dateline", "highlight", "copyright",
        "credit", "place of publication", "country of publication", "publication subject",
        "issn", "isbn", "e-issn", "source type", "database",
        "publication year", "publication info", "volume", "issue", "first page", "start page",
        "location", "company", "company / organization", "company/entity", "people", "person",
        "organization", "ticker", "city", "state", "country", "geographic", "industry", "event",
        "classification", "links", "notes", "correction", "correction-date", "series",
        "distribution", "type", "acc-no", "pub-code", "coden", "number of documents",
        "terms and conditions", "time of request", "download request", "print request",
        "send to", "terms",
        "project id", "job number", "date and time", "search terms", "client/matter", "draft",
        "layout", "slug", "status", "aliases", "description", "lead", "subtitle", "weight",
        "columns", "column", "note", "rights", "format", "oclc", "number", "number of pages",
        "illustrations", "caption", "report number", "document number", "documents",
        "proquest id", "record", "region", "stage", "created", "typ",
        "pagetype", "date created",
    ),
}  # fmt: skip
NO_COLUMNS = frozenset(("abstract", "text", "id"))
"""Fields whose lines are no column of the article."""

LABELS = {name: (field, rank) for field, names in _NAMES.items() for rank, name in enumerate(names)}
"""Label in lower case to its field and its rank among those of the field."""


class FieldText(NamedTuple):
    """A text with field lines.

    Attributes:
      text: the whole, field lines included; a label before the first paragraph has its own line.
      record: what they say, by names that :mod:`pipeline.dumps.field_names` knows.
      field_lines: (1-based number, column it became) of each field line, in order.
      is_truncated: True if it is an abstract whose text was not exported.
    """

    text: str
    record: dict[str, Any]
    field_lines: list[tuple[int, str]]
    is_truncated: bool = False

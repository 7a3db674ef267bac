# ruff: noqa: RUF001 - names in other scripts are meant
"""Names of fields in texts, and a text whose field lines were read."""

from typing import Any, NamedTuple

HEADER = "header"
"""Stands for the column of field lines that become no column."""

_NAMES: dict[str, tuple[str, ...]] = {
    "title": (
        "title", "betreff", "objet", "asunto", "oggetto", "assunto", "onderwerp", "ämne", "emne",
        "件名", "headline", "article title", "titel", "überschrift", "schlagzeile", "titre",
        "título", "titular", "titolo", "kop", "tytuł", "заголовок", "标题", "標題", "見出し",
        "제목",
        "título da notícia", "titulek", "nadpis", "overskrift", "tittel", "otsikko", "cím",
        "titlu", "başlık", "judul", "tiêu đề", "τίτλος", "כותרת", "العنوان", "عنوان", "शीर्षक",
        "заголовок статті", "タイトル", "題名", "新闻标题", "기사제목",
    ),
    "outlet": (
        "publication title", "publication", "newspaper", "from", "source name", "outlet", "journal",
        "source", "publisher", "zeitung", "medium", "quelle", "journal title", "fuente",
        "título de publicación", "título da publicação", "titre de la publication",
        "titel der publikation", "titel van de publicatie", "titolo della pubblicazione",
        "periódico", "medio", "bron", "krant", "testata", "fonte", "jornal", "źródło", "источник",
        "издание", "来源", "來源", "출처",
        "veículo", "meio", "tidning", "tidningen", "avis", "avisen", "lehti", "deník", "gazeta",
        "gazete", "kaynak", "lap", "ziar", "sursă", "kilde", "källa", "lähde", "zdroj", "forrás",
        "media", "sumber", "báo", "nguồn", "πηγή", "εφημερίδα", "מקור", "עיתון", "المصدر",
        "الصحيفة", "منبع", "स्रोत", "джерело", "издател", "新聞名", "掲載紙", "媒体名", "媒体",
        "媒體", "报纸", "報紙", "매체", "언론사", "新聞", "publicação", "publicación",
        "pubblicazione", "publicatie", "title of publication",  "news source",
    ),
    "authors": (
        "byline", "author", "authors", "author(s)", "by", "writer", "autor", "autoren", "autorin",
        "verfasser", "auteur", "auteurs", "auteur(s)", "autores", "autore", "autori", "автор",
        "авторы", "作者", "記者", "기자",
        "av", "af", "auteur du texte", "repórter", "jornalista", "giornalista", "periodista",
        "journaliste", "redacteur", "författare", "forfatter", "kirjoittaja", "toimittaja",
        "szerző", "yazar", "penulis", "wartawan", "tác giả", "συντάκτης", "συγγραφέας", "מחבר",
        "כתב", "الكاتب", "نویسنده", "लेखक", "автор статті", "執筆者", "筆者", "著者", "记者",
        "기자명", "reporter", "journalist", "written by", "reported by", "columnist", "text av",
        "tekst",
    ),
    "published_at": (
        "publication date", "sent", "gesendet", "envoyé", "enviado", "inviato", "verzonden",
        "skickat", "sendt", "date published", "published", "publish date", "published on",
        "pubdate", "date", "posted", "issue date", "datum", "erscheinungsdatum",
        "date de publication", "fecha", "fecha de publicación", "data", "data di pubblicazione",
        "data de publicação", "дата", "日期", "발행일", "load-date", "update", "date-chargement",
        "data publicării", "data de publicare", "datum vydání", "publicerad", "publiceringsdato",
        "publicerat", "publisert", "udgivet", "dato", "päiväys", "päivämäärä", "dátum",
        "megjelenés", "tarih", "tanggal", "ngày", "ngày đăng", "ημερομηνία", "תאריך", "التاريخ",
        "تاريخ النشر", "تاریخ", "दिनांक", "дата публикации", "дата публікації", "data wydania",
        "data publikacji", "日付", "掲載日", "発行日", "公開日", "发布日期", "发表日期", "时间",
        "發布日期", "작성일", "일자", "게재일", "publié le", "gepubliceerd", "veröffentlicht",
        "veröffentlicht am", "publicado", "publicado em", "date of publication",
        "publication day", "issued", "published date", "date posted", "posted on",
    ),
    "url": ("url", "link", "web address", "permalink", "article url", "source url",
            "document url", "original url",
        "enlace", "lien", "länk", "lenke", "odkaz", "source link", "link to article", "adresse",
        "permalien", "dauerhafte adresse des dokuments", "网址", "链接", "連結", "링크", "ссылка",
    ),
    "tags": (
        "section", "tags", "keywords", "subject", "subjects", "subject terms", "topic", "topics",
        "category", "categories", "rubrik", "ressort", "schlagwörter", "thema", "rubrique",
        "mots-clés", "sección", "sezione", "rubriek", "seção", "рубрика",
        "identifier / keyword",
        "editoria", "caderno", "kategorie", "kategoria", "kategori", "sekce", "avdelning",
        "seksjon", "osasto", "rovat", "bölüm", "chuyên mục", "rubryka", "раздел", "розділ", "قسم",
        "栏目", "版面", "分類", "섹션", "theme", "themes", "desk", "categoria", "categoría",
        "catégorie", "tópicos", "palabras clave", "palavras-chave", "schlagworte", "stichwörter",
        "trefwoorden", "parole chiave",
    ),
    "language": ("language", "language of publication", "sprache", "langue", "idioma", "taal",
                 "lingua", "язык"),
    "id": ("proquest document id", "accession number", "record number", "document id", "id",
           "guid", "message-id",
        "dokumentnummer", "gale document number", "numéro de document",
    ),
    "text": ("body", "full text", "fulltext", "text", "article text", "volltext",
             "texte intégral", "texto completo", "content", "текст",
        "texto", "testo", "tekst artykułu", "innehåll", "brödtext", "indhold", "teksti", "obsah",
        "szöveg", "metin", "isi", "nội dung", "κείμενο", "תוכן", "النص", "متن", "зміст", "正文",
        "内容", "本文", "본문", "article", "story", "texte", "inhalt",
    ),
    "abstract": ("abstract",),
    "modified_at": ("updated", "modified", "last updated", "last modified", "date modified"),
    HEADER: (
        "to", "cc", "an", "para", "aan", "till", "von", "van", "från", "fra", "da", "à", "宛先",
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
        "proquest id", "record", "summary", "region", "stage", "created", "typ",
        "pagetype", "date created",
        "page number", "page numbers", "seite", "seiten", "página", "páginas", "pagina", "strana",
        "strona", "sida", "side", "sivu", "oldal", "sayfa", "halaman", "trang", "версия",
        "страница", "頁", "页码", "面名", "ページ", "지면", "rubrique de page", "content level",
        "lexile measure", "caption(s)", "source citation", "accessed", "ausgabe nr", "auflage",
        "medientyp", "quellentyp", "verlag", "publisher location", "edição", "edición",
        "edizione", "editie", "wydanie", "vydání", "utgåva", "wordcount", "anzahl wörter",
        "wörter", "palabras", "palavras", "mots", "parole", "woorden", "słów", "ord", "字数",
        "版次", "版名", "tiragem", "tipo", "alcance", "país", "estado", "cidade", "ciudad",
        "pays", "ville", "land", "ort", "circulation", "reach", "sentiment", "tonality",
        "media type", "ave", "advertising value", "frequency", "market",
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

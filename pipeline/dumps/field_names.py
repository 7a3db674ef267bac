# ruff: noqa: RUF001 - names in other scripts are meant
"""Names that news collections have for the fields of an article, and what they mean.

Case, spaces, ``_``, ``-``, dots and brackets are ignored: ``publishedAt``, ``published_at`` and
``Published At`` are one name. A name that no table has may be one of them behind a word for an
article (``news_title``, ``doc_text``, ``post_date``), or before ``name`` (``publisher_name``).
"""

import unicodedata
from functools import lru_cache

TEXT = (
    "text", "maintext", "plaintext", "articletext", "articlebody", "bodytext", "fulltext",
    "contenttext", "textcontent", "cleanedtext", "rawtext", "newstext", "body", "content",
    "article", "story", "contents", "document", "liveblogupdate", "news", "articlecontent",
    "storytext",
    "volltext", "artikeltext", "inhalt", "texto", "textocompleto", "contenido", "cuerpo", "texte",
    "texteintégral", "contenu", "testo", "corpo", "conteúdo", "tekst", "treść", "inhoud", "текст",
    "metin", "içerik", "isi", "正文", "内容", "本文", "본문", "contentelements", "ocrtext",
    "ocreng", "ocr", "transcript", "newsarticle", "testoarticolo", "testocompleto",
    "textoíntegro", "conteudo", "tresc", "teksti", "sisältö", "leipäteksti", "brödtext",
    "innehåll", "brødtekst", "brødtext", "indhold", "innhold", "obsah", "textčlánku", "telo",
    "szöveg", "szövegtörzs", "tartalom", "cikk", "conținut", "continut", "textintegral",
    "κείμενο", "περιεχόμενο", "טקסט", "תוכן", "النص", "نص", "المحتوى", "محتوى", "المتن", "متن",
    "متنخبر", "شرح", "पाठ", "सामग्री", "विषयवस्तु", "зміст", "вміст", "содержание", "съдържание",
    "садржај", "sadržaj", "tekstčlanka", "vsebina", "turinys", "saturs", "sisu", "nộidung",
    "เนื้อหา", "kandungan", "teksberita", "isiberita", "haber", "haberiçeriği", "habermetni",
    "文章内容", "正文内容", "新闻内容", "內容", "內文", "记事", "記事", "記事本文", "기사내용",
    "내용", "기사",
    "selftext", "íntegra", "blocks", "root", "mobiledoc", "lexical", "paragraphs",
)  # fmt: skip
HTML = (
    "html", "rawhtml", "htmlcontent", "contenthtml", "bodyhtml", "articlehtml", "pagehtml",
    "fullhtml", "pagesource", "rawcontent", "bodyxhtml", "bodynitf", "bodyhtml5",
    "contentencoded", "content:encoded", "renderedhtml", "htmlbody", "htmltext",
    "contentrendered", "htmlsource", "sourcehtml", "fullpagehtml",
)  # fmt: skip
TITLE = (
    "title", "headline", "headlines", "heading", "articletitle", "titlefull", "webtitle",
    "titlepage", "titlerss", "name", "titel", "überschrift", "schlagzeile", "título", "titulo",
    "titular", "titre", "titolo", "tytuł", "kop", "заголовок", "название", "başlık", "judul",
    "标题",
    "見出し", "タイトル", "제목", "hed", "headlinetext", "titletext", "otsikko", "rubrik",
    "overskrift", "tittel", "nadpis", "titulek", "názov", "cím", "főcím", "titlu", "τίτλος",
    "τιτλος", "כותרת", "العنوان", "عنوان", "शीर्षक", "заглавие", "наслов", "naslov", "antraštė",
    "virsraksts", "pealkiri", "tiêuđề", "หัวข้อ", "หัวข้อข่าว", "tajuk", "haberbaşlığı", "manşet",
    "題名", "件名", "题目", "新闻标题", "標題", "題目", "기사제목",
)  # fmt: skip
URL = (
    "url", "link", "articleurl", "weburl", "canonicalurl", "canonicallink", "requestedurl",
    "respondedurl", "sourceurl", "pageurl", "originalurl", "finalurl", "documentidentifier",
    "warctargeturi", "permalink", "uri", "href", "enlace", "lien", "ссылка", "链接", "shareurl",
    "canonical", "alternate", "fulllink", "länk", "lenke", "osoite", "odkaz", "adrescikk",
    "adresa", "σύνδεσμος", "קישור", "الرابط", "رابط", "लिंक", "посилання", "връзка", "đườngdẫn",
    "tautan", "pautan", "bağlantı", "网址", "链接地址", "連結", "网页链接", "링크",
)  # fmt: skip
OUTLET = (
    "outlet", "publication", "publisher", "newspaper", "sitename", "sitefull", "sourcename",
    "sourcehostname", "source", "sourcedomain", "site", "provider", "hostname", "domain",
    "website", "zeitung", "medium", "quelle", "medio", "periódico", "periodico", "diario",
    "fuente", "journal", "média", "testata", "giornale", "fonte", "jornal", "veículo", "krant",
    "bron", "gazeta", "źródło", "издание", "источник", "gazete", "kaynak", "sumber", "来源",
    "媒体", "신문", "paper", "press", "channel", "brand", "origin", "medianame", "mediaoutlet",
    "tidning", "avis", "lehti", "deník", "noviny", "újság", "lap", "forrás", "ziar", "sursă",
    "sursa", "zdroj", "kilde", "källa", "lähde", "kildenavn", "εφημερίδα", "πηγή", "πηγη",
    "עיתון", "מקור", "المصدر", "مصدر", "صحيفة", "روزنامه", "منبع", "स्रोत", "अखबार", "समाचारपत्र",
    "джерело", "видання", "източник", "вестник", "извор", "новине", "novine", "izvor", "báo",
    "nguồn", "แหล่งที่มา", "media", "akhbar", "gazeteadı", "报纸", "報紙", "媒体名称", "新闻来源",
    "出处", "新聞", "新聞名", "掲載紙", "媒体名", "언론사", "매체", "출처", "from",
)  # fmt: skip
PUBLISHED = (
    "publishedat", "published", "firstpublishdate", "displaydate", "datepublish",
    "datepublished", "publishdate", "publisheddate",
    "publicationdate", "publicationtime", "pubdate", "publishedtime", "publishtime",
    "publishingdate", "webpublicationdate", "firstpublished", "firstpublicationdate",
    "datetimepub", "dategmt", "date", "datetime", "created", "createdat", "datecreated",
    "timestamp", "time", "firstcreated", "datum", "erscheinungsdatum", "veröffentlicht", "fecha",
    "fechadepublicación", "fechapublicacion", "datedepublication", "datadipubblicazione", "data",
    "datadepublicação", "дата", "датапубликации", "tarih", "tanggal", "日期", "发布时间", "날짜",
    "publishedon", "publishon", "publishedutc", "publisheddatetime", "publishdatetime",
    "dateofpublication", "posted", "postedat", "postedon", "dateposted", "uploaddate",
    "releasedate", "issuedate", "issued", "pubtime",
    "seendate", "publicado", "publicada", "publicerad", "publiceringsdatum", "udgivet",
    "publisert", "dato", "päivämäärä", "julkaistu", "päiväys", "datumvydání", "datumzveřejnění",
    "publikováno", "datumobjave", "datumpublikace", "dátum", "megjelenés", "publicat",
    "datapublicării", "datapublicarii", "ημερομηνία", "ημερομηνια", "תאריך", "التاريخ", "تاريخ",
    "تاريخالنشر", "تاریخ", "تاریخانتشار", "दिनांक", "तारीख", "датапублікації", "датум",
    "datapublikacji", "datapubblicazione", "datapublicação", "datapublicacao", "ngàyđăng", "ngày",
    "วันที่", "tarikh", "yayıntarihi", "habertarihi", "publié", "publiéle", "datedeparution",
    "dateparution", "gepubliceerd", "publicatiedatum", "veröffentlichungsdatum",
    "publikationsdatum", "发布日期", "发表时间", "发表日期", "時間", "发布", "發布時間", "日付",
    "掲載日", "公開日", "発行日", "작성일", "발행일", "일자", "게재일", "등록일",
    "createdutc", "datadapublicação", "fechapublicación", "datumpublicatie", "tanggalterbit",
    "tanggalpublikasi", "tarikhterbit", "प्रकाशनतिथि", "प्रकाशनदिनांक", "ngàyxuấtbản",
    "ημερομηνίαδημοσίευσης", "תאריךפרסום", "publiseringsdato", "publiceringsdato",
    "udgivelsesdato", "julkaisupäivä", "megjelenésdátuma", "dátumvydania", "датавыхода",
    "датанапубликуване", "датумобјаве", "วันที่เผยแพร่", "게시일", "보도일자", "發布日期",
)  # fmt: skip
MODIFIED = (
    "modifiedat", "modified", "datemodify", "datemodified", "modifydate", "modifieddate",
    "modifiedtime", "modificationdate", "lastmodified", "lastmodifieddate", "lastmodification",
    "lastmod", "lastupdated", "lastupdate", "lastupdatedat", "updatedat", "updated",
    "dateupdated", "dateupdate", "updatedate", "updateddate", "updatetime", "updatedtime",
    "modifiedgmt", "versioncreated", "changed", "changedat", "edited", "editedat", "lastedited",
    "updatedon", "modifiedon", "aktualisiert", "modifié", "actualizado", "atualizado", "更新时间",
    "更新日", "수정일",
)  # fmt: skip
AUTHORS = (
    "authors", "author", "byline", "bylines", "creator", "writers", "writer", "dccreator",
    "articleauthor", "autor", "autoren", "autorin", "verfasser", "autores", "auteur", "auteurs",
    "autore", "autori", "автор", "авторы", "yazar", "penulis", "作者", "著者", "記者", "기자",
    "reporter", "reporters", "journalist", "journalists", "columnist", "columnists",
    "contributor", "contributors", "correspondent", "writtenby", "credits", "forfatter",
    "journalisten", "författare", "skribent", "kirjoittaja", "toimittaja", "novinář", "szerző",
    "συγγραφέας", "συντάκτης", "מחבר", "כתב", "الكاتب", "كاتب", "المؤلف", "نویسنده", "خبرنگار",
    "लेखक", "संवाददाता", "аўтар", "кореспондент", "журналист", "журналіст", "tácgiả", "ผู้เขียน",
    "wartawan", "muhabir", "redacteur", "journaliste", "periodista", "giornalista", "jornalista",
    "redaktor", "记者", "编辑作者", "執筆者", "筆者", "기자명", "작성자", "기고자",
)  # fmt: skip
TAGS = (
    "tags", "topics", "topic", "keywords", "categories", "category", "section", "sectionname",
    "articlesection", "subjects", "subject", "rubrik", "ressort", "kategorie", "schlagwörter",
    "sección", "seccion", "categoría", "categoria", "rubrique", "catégorie", "motsclés",
    "sezione", "rubriek", "seção", "рубрика", "kategori", "分类", "labels", "tagnames", "desk",
    "newsdesk", "editoria", "rubryka", "kategoria", "kategória", "sekce", "avdeling", "avdelning",
    "osasto", "категория", "раздел", "розділ", "قسم", "القسم", "الفئة", "تصنيف", "श्रेणी",
    "chuyênmục", "danhmục", "etiketler", "etiquetas", "étiquettes", "栏目", "版面", "类别",
    "標籤", "标签", "分類", "カテゴリ", "분류", "섹션",
)  # fmt: skip
LANGUAGE = (
    "language", "lang", "inlanguage", "langcode", "languagecode", "sprache", "idioma", "langue",
    "lingua", "taal", "язык", "język", "jazyk", "nyelv", "limbă", "språk", "sprog", "kieli",
    "γλώσσα", "שפה", "اللغة", "زبان", "भाषा", "мова", "dil", "bahasa", "语言", "言語", "언어",
)  # fmt: skip
ID = ("id", "articleid", "docid", "documentid", "uuid", "guid", "uid", "recordid", "warcrecordid",
      "_id")  # fmt: skip
CONTAINERS = ("metadata", "meta", "_source", "thread", "article", "attributes", "fields", "data",
              "doc", "document", "item", "node", "post", "story", "row",
              "record")  # fmt: skip
"""Fields whose fields count, after those of the record (``_source`` is of Elasticsearch)."""

WRAPPERS = (
    "articles", "posts", "results", "docs", "documents", "items", "stories", "news", "hits",
    "records", "entries", "data", "value", "objects", "@graph", "nodes", "rows", "article", "item",
    "messages",
)  # fmt: skip
"""Names under which the answer of an API has its list of records."""

IGNORED = frozenset((
    "@context", "@type", "type", "fingerprint", "length", "wordcount", "version", "status", "image",
    "images", "imageurl", "added", "_embedded", "_links", "", "unnamed:0", "index", "licence",
    "license", "dir", "excerpt", "description", "summary", "highlights",
))  # fmt: skip
"""Folded names of fields that no column of an article is made of, in the formats that are known."""

RECOGNISED: dict[str, tuple[str, ...]] = {
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
_KNOWN = frozenset(name for names in RECOGNISED.values() for name in names) | IGNORED

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "ß": "ss"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def _bare(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name.translate(_LETTERS))
    return "".join(char for char in decomposed if char < "\u0300" or char > "\u036f")


_BARE = {
    bare: name
    for spelt in (_bare, lambda name: _bare(name.translate(_UMLAUTS)))
    for name in sorted(_KNOWN)
    if (bare := spelt(name)) != name and bare.isascii() and bare not in _KNOWN and len(bare) > 3
}
"""Names that a database or a script wrote in ASCII (``veiculo``, ``ueberschrift``)."""

_DROPPED = str.maketrans("", "", "_- .()[]\u200c'")
_QUALIFIERS = (
    "news", "article", "document", "doc", "story", "post", "page", "item", "entry", "full", "main",
    "cleaned", "clean", "raw", "processed", "original", "print", "web",
)  # fmt: skip
"""Words that may precede the name of a field, alone or two of them (``full_article_text``)."""

_QUALIFIED = frozenset((
    "text", "body", "content", "contents", "html", "title", "headline", "heading", "url", "link",
    "source", "outlet", "publisher", "publication", "date", "datetime", "published", "publishedat",
    "publisheddate", "publishdate", "publicationdate", "timestamp", "modified", "author", "authors",
    "byline", "writer", "tags", "keywords", "category", "categories", "section", "topic", "topics",
    "language", "lang", "id",
))  # fmt: skip
"""Names that such words may precede; ``page_name`` and ``post_status`` are none of an article."""

_NAMED = frozenset((*OUTLET, *AUTHORS))

LANGUAGES = {
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


@lru_cache(maxsize=8192)
def fold(name: str) -> str:
    """Returns a field name in lower case without spaces and punctuation."""
    return name.lower().translate(_DROPPED)


def _base(name: str) -> str:
    """Returns a folded name without words that add nothing to it."""
    if name.endswith(("name", "names")) and (bare := name.rpartition("name")[0]) in _NAMED:
        return bare
    for _ in range(2):
        qualifier = next((word for word in _QUALIFIERS if name.startswith(word)), "")
        name = name[len(qualifier) :]
        if name in _QUALIFIED:
            return name
    return ""


@lru_cache(maxsize=4096)
def meanings(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Returns field to its names in a record, the likeliest first; and ``containers``.

    Args:
      names: the field names of the record; most dumps have one set of them.
    """
    folded: dict[str, list[str]] = {}
    for name in names:
        if isinstance(name, str) and name != "_source":
            known = fold(name)
            known = known if known in _KNOWN else _BARE.get(known, known)
            folded.setdefault(known, []).append(name)
    qualified: dict[str, list[str]] = {}
    for name, spellings in folded.items():
        if name not in _KNOWN and (base := _base(name)):
            qualified.setdefault(base, []).extend(spellings)
    found = {
        field: tuple(
            spelt
            for spellings in (folded, qualified)
            for name in known
            for spelt in spellings.get(name, ())
        )
        for field, known in RECOGNISED.items()
    }
    if both := set(found["title"]) & set(found["tags"]):
        # Rubrik is a headline in Swedish and a section in German, which has a title beside it.
        field = "title" if set(found["title"]) - both else "tags"
        found[field] = tuple(name for name in found[field] if name not in both)
    found["containers"] = tuple(name for name in CONTAINERS if name in names)
    return found


def holds_text(name: str) -> bool:
    """Returns True if a folded name is one of the text or HTML of an article."""
    name = name if name in _KNOWN else _base(name)
    return name in TEXT or name in HTML


_DAY_FIRST_NAMES = frozenset((
    "fecha", "titulo", "titular", "texto", "contenido", "cuerpo", "titre", "texte", "contenu",
    "datum", "titel", "inhalt", "volltext", "testo", "titolo", "corpo", "tekst", "tresc", "inhoud",
    "kop", "metin", "tarih", "haber", "tanggal", "judul", "isi", "dato", "overskrift", "rubrik",
    "innehåll",
    "teksti", "otsikko", "nadpis", "obsah", "telo", "titlu", "naslov", "publicado", "publicerad",
))  # fmt: skip
"""Names in ASCII, and some beside them, of languages that write days before months."""

_YEAR_FIRST = ("\u3040", "\u9fff", "\uac00", "\ud7af")


def is_day_first_name(name: str) -> bool:
    """Returns True for the name of a field in a language that writes days before months."""
    folded = fold(str(name))
    if folded in _DAY_FIRST_NAMES:
        return True
    kana, han, hangul, last = _YEAR_FIRST
    return (
        not folded.isascii()
        and folded in _KNOWN
        and not any(kana <= char <= han or hangul <= char <= last for char in folded)
    )

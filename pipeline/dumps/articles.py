"""Articles as readers yield them: every column, empty where the dump says nothing."""

from pipeline.article import Article, article_id
from pipeline.dates import date_columns
from pipeline.dumps.block import Block


def document_article(
    block: Block,
    record: int,
    address: str,
    document: str,
    document_type: str,
    encoding: str,
    title: str | None = None,
) -> Article:
    """Returns the article of a document without metadata.

    Args:
      block: the block of the record.
      record: its number.
      address: what identifies it; empty if only its content does.
      document: its text or HTML.
      document_type: ``text`` or ``html``.
      encoding: that it was decoded from, unless the block was recoded before.
      title: its headline.
    """
    return {
        "article_id": article_id(address, document, title),
        "source_file": block.source_file,
        "record_index": record,
        "record_id": None,
        "dump_format": block.dump_format,
        "url": None,
        "outlet": None,
        "title": title,
        "authors": [],
        **date_columns(None, ""),
        "modified_at": None,
        "tags": [],
        "encoding": block.encoding or encoding,
        "document": document,
        "document_type": document_type,
        "language_hint": None,
        "field_lines": [],
        "is_truncated": None,
        "warnings": [],
    }

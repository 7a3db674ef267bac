"""From a web page to the lines of its article, and what the page says about itself.

trafilatura proposes the article (:mod:`transforms.extraction.attempts`) and a trained model of the
page's blocks decides (:mod:`transforms.extraction.block_model`). Both, and the metadata, come from
one tree (:mod:`transforms.extraction.tree`).
"""

from typing import Any, NoReturn

import lxml.html

from pipeline.transform import Drop
from transforms.extraction.attempts import comment_lines, extracted_lines
from transforms.extraction.block_features import Statements
from transforms.extraction.block_model import article_lines
from transforms.extraction.blocks import Blocks, page_blocks
from transforms.extraction.hidden import drop_hidden, shown_lines
from transforms.extraction.metadata import PageData, page_metadata, read_page
from transforms.extraction.page_kind import is_truncated, no_article
from transforms.extraction.tree import encoded_page, parse_html

LEANS = {"fast": 0.0, "precise": 0.7, "recall": -0.7}
"""Log-odds that each mode adds to the cut of the block model. .7 halves or doubles the odds from
which on a block counts as article: exp(.7) = 2."""


def page_article(
    document: str, url: str | None, title: str | None, mode: str, max_bytes: int
) -> tuple[list[str], dict[str, Any]]:
    """Returns the lines of a page's article, and what the page says of it, by column.

    Args:
      document: the page.
      url: its address, where the dump knows it.
      title: the headline, likewise.
      mode: one of :data:`LEANS`.
      max_bytes: largest page, in bytes of UTF-8.

    Raises:
      Drop: ``not_a_document``, ``too_large``, ``too_deep``, ``no_article_text`` or ``no_article``.
    """
    if len(document) > max_bytes:
        _too_large(len(document), max_bytes)
    if "<" not in document:
        raise Drop(
            "not_a_document",
            "The document is marked as HTML and holds no tag; read it with --format text.",
        )
    encoded = encoded_page(document)
    if len(encoded) > max_bytes:
        _too_large(len(encoded), max_bytes)
    root = parse_html(encoded)
    if root is None:
        raise Drop(
            "not_a_document",
            "The HTML parser finds no element in the document; fetch it again.",
        )
    page = read_page(root)
    found = page_metadata(root, page, url)
    hidden = drop_hidden(root)
    comments = set() if page.is_forum or mode == "recall" else comment_lines(root)
    lines = article_lines(*judge(root, page, title or found["title"] or "", mode), LEANS[mode])
    if own := [line for line in lines if line not in comments]:
        lines = own
    if hidden:
        lines = shown_lines(root, hidden, lines)
    if not lines:
        raise Drop(
            "no_article_text",
            f"No article text in a page of {len(encoded):,} bytes (mode {mode}); if it "
            "has one, try --extraction recall.",
        )
    address = url or found["url"]
    if why := no_article(root, page, lines, title or found["title"], address):
        raise Drop("no_article", f"The page is no article: {why}.")
    if is_truncated(root, page, lines):
        found["is_truncated"] = True
    return lines, found


def _too_large(size: int, max_bytes: int) -> NoReturn:
    raise Drop(
        "too_large",
        f"The page has {size:,} bytes or more, of {max_bytes:,} that are "
        "allowed; raise the limit with --set Extraction.max_document_bytes=N.",
    )


def judge(
    root: lxml.html.HtmlElement, page: PageData, title: str, mode: str = "fast"
) -> tuple[Blocks, list[str], Statements]:
    """Returns the input of the block model: blocks, trafilatura's lines, statements.

    Args:
      root: the page's tree; changed.
      page: its statements.
      title: the headline; may be empty.
      mode: one of :data:`LEANS`.
    """
    blocks = page_blocks(root)
    lines = extracted_lines(root, page, mode)
    return blocks, lines, Statements(title, page.article_body, page.description)

"""Keeps the paragraphs of an article, and removes boilerplate, line by line.

:mod:`transforms.lines.article` decides; ``RULES`` lists all rules by which it does.
"""

import dataclasses
from collections.abc import Mapping
from typing import ClassVar

import pyarrow as pa

from pipeline.article import Article
from pipeline.transform import Column, Transform

RULES: dict[str, str] = {
    "field:title": "The headline, or a repeat of it; it became `title`.",
    "field:byline": "Names of the authors, or who reported and edited; they became `authors`.",
    "field:agency": "A credit to a news agency or wire service, alone on its line.",
    "field:credit": "The credit of a photo, video or graphic, alone on its line.",
    "author_bio_v2": "Who the author is, below the text.",
    "advertisement_v2": "The label of an advertisement.",
    "author_note_v1": "Who an author is, recognised by the name, anywhere in the text.",
    "breadcrumb_v2": "The path to the page: `Home`, sections, often the headline.",
    "caption_v2": "The caption of a photo, recognised by its credit or its wording.",
    "repeated_caption_v1": "A caption printed twice in a row above the text; both lines go.",
    "comments_v2": "The label or prompt of a comment section.",
    "contributor_v1": "Who else contributed to the report.",
    "doubled_caption_v1": "Captions of a gallery, each printed twice in a row; both lines go.",
    "copyright_v2": "A copyright notice, or who designed the site.",
    "disclaimer_v2": "A repeated notice about the text: syndicated, unedited, views of the author.",
    "desk_credit_v1": "Initials of a desk or source at the end, as in `Name/xy`.",
    "counter_v1": "Labels and figures of a counter, run together.",
    "folded_box_v1": "A box that folds, with the labels of its switch: a guide, a profile.",
    "gallery_v1": "Captions of a gallery, run together with the counter of its pictures.",
    "guide_links_v1": "Labelled links to what there is to know about a topic, and their heading.",
    "labelled_link_v1": "A link in brackets behind a label: a quiz, a podcast, a map.",
    "player_bar_v1": "The bar of a video player: what was watched, replay, what is next.",
    "reader_notice_v1": "A repeated notice to readers: whom to write to, whose views these are.",
    "footer_heading_v2": "A heading or link of the page's footer: about, contact, newsletter.",
    "footer_v2": "Text under a heading of the page's footer, such as a mission statement.",
    "link_heading_v2": "A heading of a list of links to other articles.",
    "line_model_v3": "Classified as boilerplate by the trained line model; no rule matched.",
    "link_list_v1": "A headline under a heading of a list of links.",
    "markup_v1": "Left-over markup: a short code, a bare address, a script.",
    "media_v2": "A label of a video player, gallery or image.",
    "navigation_v2": "A menu entry, page number or search box.",
    "newsletter_v2": "A prompt to subscribe to a newsletter.",
    "orphan_heading_v1": "A heading with nothing below it, at the end of the text.",
    "portrait_v1": "The name of an author below the portrait, between the paragraphs.",
    "prompt_v2": "A request to the reader: click, follow, download, support, send a tip.",
    "related_links_v2": "A link to another article between the paragraphs.",
    "repeat_v1": "A paragraph printed again; its first occurrence stays.",
    "section_label_v1": "The name of a section or kicker outside the text.",
    "separator_v1": "A line without a letter or digit.",
    "share_button_v2": "Labels of share, print and save buttons.",
    "subscription_v2": "A notice of the paywall, of cookies or of the log-in.",
    "tags_v2": "The article's tags or topics as a list.",
    "tag_list_v1": "Tags that follow the first one, at the end of the text.",
    "timestamp_v2": "When it was published or updated, or how long reading takes.",
}
"""Every rule by name, and what the lines are that it removes."""


@dataclasses.dataclass
class Boilerplate(Transform):
    """Keeps the article's paragraphs, removes the rest line by line and says why.

    The headline and the bylines among the lines become ``title`` and ``authors`` where the dump
    gave none. ``RULES`` in ``transforms.boilerplate`` explains every rule.
    """

    reads = ("lines", "title", "authors", "outlet", "document_type")
    updates = ("title", "authors")
    adds: ClassVar[Mapping[str, Column]] = {
        "text": Column(pa.string(), "The clean article: its paragraphs joined by a blank line."),
        "paragraphs": Column(
            pa.list_(pa.struct([("line_number", pa.int32()), ("text", pa.string())])),
            "The kept lines as pipeline.article.Paragraph.",
            stored=False,
        ),
        "removed_lines": Column(
            pa.list_(
                pa.struct(
                    [("line_number", pa.int32()), ("text", pa.string()), ("rule", pa.string())]
                )
            ),
            "The lines taken out as pipeline.article.RemovedLine.",
            stored=False,
        ),
    }

    preload = ("transforms.lines.article",)

    # The patterns take longer to compile than a run takes to plan, and to plan it needs none of
    # them: they are imported by the processes that look at lines.

    def setup(self) -> None:
        """Loads the line model and the tables of words that let patterns through."""
        from transforms.lines import article as lines

        lines.warm_up()

    def apply(self, article: Article) -> Article:
        """Returns the article with its text, paragraphs and removed lines.

        Args:
          article: with ``lines`` (list of str, blank ones included), ``title`` (str or ``None``),
            ``authors`` (list of str or ``None``) and ``outlet`` (str or ``None``).
        """
        from transforms.lines.article import split

        parts = split(
            article["lines"],
            article["title"],
            article["authors"] or (),
            article["outlet"],
            extracted=article["document_type"] == "html",
        )
        return article | {
            "title": parts.title,
            "authors": parts.authors,
            "text": "\n\n".join(paragraph.text for paragraph in parts.paragraphs),
            "paragraphs": parts.paragraphs,
            "removed_lines": parts.removed,
        }

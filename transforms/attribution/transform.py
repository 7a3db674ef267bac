"""Adds the news agency an article comes from, and the place it was filed from.

A newspaper prints an agency's report with a credit: in the dateline ("LONDON (Reuters) - "), in the
byline ("By The Associated Press"), on a line of its own ("Agence France-Presse"), in a copyright
notice or a sign-off. Only these places are read. An agency named anywhere else is quoted, not
printed ("according to Reuters"), and the agency of a photograph says nothing about the words.

An outlet that leads with its own name ("(CNN) - ") is not an agency: the dateline counts, the name
does not. A note that an agency contributed leaves the article its outlet's own; the agency is then
one of ``agencies_contributed``.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import ClassVar

import pyarrow as pa

from pipeline.article import Article, Paragraph, RemovedLine
from pipeline.transform import Column, Transform
from transforms.agencies import known_agencies
from transforms.attribution.credits import (
    HEAD_PARAGRAPHS,
    author_credit,
    closing_credit,
    line_credit,
    publisher_credit,
)
from transforms.attribution.datelines import (
    DATELINE_PARAGRAPHS,
    dateline_credit,
    places,
    plain_dateline,
    strong_dateline,
)
from transforms.attribution.finding import Finding
from transforms.attribution.notes import kinds, note_credit, notes


def attribute(
    paragraphs: Sequence[Paragraph],
    removed_lines: Sequence[RemovedLine] = (),
    authors: Sequence[str] = (),
    outlet: str | None = None,
    url: str | None = None,
    title: str | None = None,
) -> Finding:
    """Returns the agencies of an article and the place it was filed from.

    The first of these that names an agency decides: the dateline, the authors, credit lines before
    the article, credit lines after it, the end of its last paragraph, a note that says whose report
    it is, the address and name of its outlet. The article is the agency's own copy unless the
    credit names several sources. An agency that a note credits with a part, and that is only one
    of several sources or authors, has contributed and is not the article's agency.

    Args:
      paragraphs: the kept ones, in order.
      removed_lines: the lines taken out, in order.
      authors: names, as the dump or the article gives them.
      outlet: name or domain.
      url: address of the article.
      title: headline.
    """
    finding = Finding()
    for index, paragraph in enumerate(paragraphs[:DATELINE_PARAGRAPHS]):
        opening = dateline_credit(paragraph, index, finding)
        # Further down an agency without a place is that of a picture.
        if index < HEAD_PARAGRAPHS or (opening.agency and opening.dateline):
            finding = opening
        if finding.agency:
            break
        if finding.dateline is None:
            place = plain_dateline(paragraph, paragraphs) if index < 2 else None
            place = place or strong_dateline(index, paragraphs)
            finding = finding if place is None else finding._replace(dateline=place)
    said = notes(paragraphs, removed_lines)
    if not finding.agency:
        credit = (
            author_credit(authors)
            or line_credit(paragraphs, removed_lines)
            or (closing_credit(paragraphs[-1]) if paragraphs else None)
            or note_credit(said)
            or publisher_credit(outlet, url, title)
        )
        finding = credit._replace(dateline=finding.dateline) if credit else finding
    named = [agency for note in said if note.says == "contributed" for agency in note.agencies]
    if finding.agency in named and not finding.own:
        several = (finding.agency, *finding.contributed)
        finding = Finding(dateline=finding.dateline, contributed=several)
    others = dict.fromkeys((*finding.contributed, *named))
    contributed = tuple(agency for agency in others if agency != finding.agency)
    return finding._replace(contributed=contributed)


@dataclasses.dataclass
class Attribution(Transform):
    """Adds `agency`, `agencies_contributed`, `agency_evidence`, `dateline` and `agency_own`."""

    reads = ("paragraphs", "removed_lines", "authors", "outlet", "url", "title")
    adds: ClassVar[Mapping[str, Column]] = {
        "agency": Column(
            pa.string(),
            "News agency whose copy the article is, or is put together from; null where none is "
            "credited. Agencies that are only quoted do not count.",
            after="language_confidence",
        ),
        "agency_evidence": Column(
            pa.string(),
            "What says so: the place of the credit, its line number and its words.",
            after="agency",
        ),
        "dateline": Column(
            pa.string(),
            "Place the article was filed from, as it is written; its date is left out.",
            after="agency_evidence",
        ),
        "agencies_contributed": Column(
            pa.list_(pa.string()),
            "News agencies credited with a part of the article, and those behind the first in a "
            "credit of several, in the order of the article; empty where there are none.",
        ),
        "agency_own": Column(
            pa.bool_(),
            "Whether the article as a whole is the agency's own copy, not a desk's mix.",
        ),
    }
    version = 2
    preload = ("transforms.compiled.lexicon",)

    def setup(self) -> None:
        """Loads agencies, places and notes."""
        known_agencies()
        places()
        kinds()

    def apply(self, article: Article) -> Article:
        """Returns the article with its attribution."""
        finding = attribute(
            article["paragraphs"],
            article["removed_lines"] or (),
            article["authors"] or (),
            article["outlet"],
            article["url"],
            article["title"],
        )
        return article | {
            "agency": finding.agency,
            "agency_evidence": finding.evidence,
            "dateline": finding.dateline,
            "agencies_contributed": list(finding.contributed),
            "agency_own": finding.own,
        }

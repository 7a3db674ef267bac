"""Adds the cities and countries of the dateline, and the countries that an article names."""

import dataclasses
from collections.abc import Mapping
from typing import ClassVar

import pyarrow as pa

from pipeline.article import Article
from pipeline.transform import Column, Transform
from transforms.places.gazetteer import countries_in, gazetteer, places_of


@dataclasses.dataclass
class Places(Transform):
    """Adds `dateline_cities`, `dateline_countries` and `countries`."""

    reads = ("dateline", "title", "text", "language", "entities")
    adds: ClassVar[Mapping[str, Column]] = {
        "dateline_cities": Column(
            pa.list_(pa.string()),
            "Cities of the dateline, in its order, by their names in GeoNames; empty where there "
            "is none. Where the dateline adds no region, of large cities of one name that in the "
            "country which the article names.",
        ),
        "dateline_countries": Column(
            pa.list_(pa.string()), "Countries of the dateline, in its order: ISO 3166-1 codes."
        ),
        "countries": Column(
            pa.list_(pa.string()),
            "Countries that title and text name, the most often named first: ISO 3166-1 codes. "
            'Adjectives do not count; cities, towns ("Poland, Ohio") and people\'s names neither.',
        ),
    }

    version = 3
    preload = ("transforms.compiled.lexicon",)

    def setup(self) -> None:
        """Loads the tables."""
        gazetteer()

    def apply(self, article: Article) -> Article:
        """Returns the article with its places."""
        text = f"{article['title'] or ''}\n{article['text'] or ''}"
        people = {
            word
            for name, kind, _ in article["entities"] or ()
            if kind == "person"
            for word in name.split()
        }
        countries = countries_in(text, article["language"], people)
        places = places_of(article["dateline"] or "", countries)
        return article | {
            "dateline_cities": [place.city for place in places if place.city],
            "dateline_countries": list(dict.fromkeys(place.country for place in places)),
            "countries": countries,
        }

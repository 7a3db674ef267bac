# ruff: noqa: RUF001 - letters of other scripts are meant
"""Writes the names of months that dates are read with: ``python -m tests.bench.make_months``.

They are those of Unicode's CLDR (Unicode License v3), as Babel carries them: the wide and the
abbreviated names, inflected and alone, of the languages that newspapers are written in. Where two
languages give one name to different months, the language that comes first here has it.
"""

import multiprocessing
import pathlib
import re
import unicodedata

import orjson
from babel import Locale

LOCALES = (
    "en es pt fr de it ru pl nl tr uk cs ar ar_SY ar_DZ ar_MA fa he hi bn ur sv da nb nn no fi el "
    "ro hu bg sr sr_Latn hr sk sl lt lv et ca gl eu id ms vi th sq mk bs be is ga cy mt af sw fil "
    "az hy ka kk ky uz uz_Cyrl tg tk mn ta te ml kn mr gu pa or as ne si my km lo am ps sd so ha "
    "yo ig zu xh rw mg lb fo fy gd br eo ku ckb tt ce os de_AT fr_CA zh ja ko"
).split()
"""Locales, the most printed languages first."""

PATH = pathlib.Path(__file__).parents[2] / "pipeline" / "dates" / "months.json"


def names(locale: str) -> list[list[str]]:
    """Returns the names of each month, as ``pipeline.dates`` folds them."""
    found: list[list[str]] = [[] for _ in range(12)]
    months = Locale.parse(locale).months
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in months[context][width].items():
                folded = unicodedata.normalize("NFKC", name).casefold()
                folded = re.sub("[\u200b-\u200f]", "", folded).strip(" .׳'’")
                folded = re.sub(r"^(?:de |d['’])", "", folded)  # Catalan
                digits = any(map(str.isdecimal, folded))
                if (
                    not digits
                    and len(folded) > 1 + folded.isascii()
                    and folded not in found[number - 1]
                ):
                    found[number - 1].append(folded)
    return found


def main() -> None:
    """Writes the table; a language's locales become one entry."""
    table: dict[str, list[list[str]]] = {}
    # A process for each: Babel 2.18 gives the names of a few locales to those loaded after them.
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        found = pool.map(names, LOCALES, chunksize=1)
    for locale, every in zip(LOCALES, found, strict=True):
        kept = table.setdefault(locale.split("_")[0], [[] for _ in range(12)])
        for month, more in zip(kept, every, strict=True):
            month += [name for name in more if name not in month]
    lines = (
        f"{orjson.dumps(code).decode()}:{orjson.dumps(months).decode()}"
        for code, months in table.items()
    )
    PATH.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()

# ruff: noqa: RUF001 - letters of other scripts are meant
"""Writes names of months and weekdays, to read dates with: ``python -m tests.bench.make_calendar``.

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
    "yo ig zu xh rw mg lb fo fy gd br eo ku ckb tt ce os ug yi ast se kl de_AT fr_CA zh ja ko"
).split()
"""Locales, the most printed languages first."""

PATH = pathlib.Path(__file__).parents[2] / "pipeline" / "dates" / "calendar.json"


def folded(name: str) -> str:
    """Returns a name as a normalized line has it, without the sign of an abbreviation."""
    name = re.sub("[\u200b-\u200f]", "", unicodedata.normalize("NFKC", name).casefold())
    return re.sub(r"^(?:de |d['’])", "", name.strip(" .׳'’"))  # Catalan "of"


def names(locale: str) -> tuple[list[list[str]], list[str]]:
    """Returns the names of each month, and those of the days of the week."""
    found: list[list[str]] = [[] for _ in range(12)]
    days: list[str] = []
    calendar = Locale.parse(locale)
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in calendar.months[context][width].items():
                month = folded(name)
                digits = any(map(str.isdecimal, month))
                if not digits and len(month) > 1 + month.isascii():
                    found[number - 1].append(month)
            days += [folded(name) for name in calendar.days[context][width].values()]
    return [list(dict.fromkeys(month)) for month in found], list(dict.fromkeys(days))


def main() -> None:
    """Writes the table; a language's locales become one entry."""
    table: dict[str, dict[str, list]] = {}
    # A process for each: Babel 2.18 gives the names of a few locales to those loaded after them.
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        every = pool.map(names, LOCALES, chunksize=1)
    for locale, (months, days) in zip(LOCALES, every, strict=True):
        empty: dict[str, list] = {"months": [[] for _ in range(12)], "days": []}
        kept = table.setdefault(locale.split("_")[0], empty)
        for month, more in zip(kept["months"], months, strict=True):
            month += [name for name in more if name not in month]
        kept["days"] += [name for name in days if name not in kept["days"]]
    lines = (f'"{code}":{orjson.dumps(entry).decode()}' for code, entry in table.items())
    PATH.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()

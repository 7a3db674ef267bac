# ruff: noqa: RUF001 - letters of other scripts are meant
"""Dates in lines of text, in the languages and scripts of newspapers.

A line is normalized and cut into tokens; a date is a numeric day, or the name of a month with the
numbers around it, in whatever order they stand.
"""

import importlib.resources
import re
import unicodedata
import zoneinfo
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from pipeline.dates.moment import Moment, moment


class FoundDate(NamedTuple):
    """A date in a line of text.

    Attributes:
      moment: the date.
      before: the text before it, back to the date before, in lower case.
      after: the text behind it, to the end of the line, in lower case.
    """

    moment: Moment
    before: str
    after: str


_CHANGE = re.compile(
    r"\b(?:updated?|last (?:changed|modified|edited)|modified|changed|revised|edited|amended"
    r"|aktualisiert\w*|aktualisierung|geändert|änderung|bearbeitet|stand|mise? à jour|modifié\w*"
    r"|dernière modification|actualis\w*|màj|actualizad[oa]\w*|actualización|última modificación"
    r"|modificad[oa]|atualizad[oa]\w*|atualização|aggiornat[oa]\w*|aggiornamento|ultima modifica"
    r"|bijgewerkt|gewijzigd|laatste update|uppdatera[dt]\w*|ändrad"
    r"|oppdatert|opdateret|sist endret|päivitetty|muokattu|frissítve|módosítva"
    r"|zaktualizowan\w*|aktualizacj\w*|aktualizov\w*|aktualizá\w*|ažurir\w*|posodobljeno"
    r"|обновлен\w*|изменен\w*|оновлен\w*|змінен\w*|обновен\w*|ενημερώθηκε|τελευταία ενημέρωση"
    r"|güncelle\w*|son güncelleme|diperbarui|cập nhật|תיק\w*|עודכן)\b"
    r"|تحديث|روزرسانی|更新|修改|갱신|수정|अपडेट|अद्यतन|আপডেট|แก้ไข|อัปเดต|อัพเดท"
)


def is_change(label: str) -> bool:
    """Returns True if words before a date say that it is of a change, not of publication.

    Args:
      label: in lower case.
    """
    return _CHANGE.search(label) is not None


_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MARKS = (  # vowel signs and accents, which no class of `re` counts among the letters
    r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0dff\u0e31-\u0e4e\u0eb1-\u0ece"
    r"\u102b-\u103e\u135d-\u135f\u17b4-\u17d3"
)
_TOKEN = re.compile(
    r"(?P<clock>(?<!\d)(?<!\d\.)\d{1,2}(?::\d\d(?::\d\d(?:[.,]\d+)?)?(?![\d:])"
    r"(?:\s?[+-](?:0\d|1[0-4]):?[0-5]\d(?![\d:.-]))?|\s?h\s?\d\d(?!\d)"
    r"|\s?(?:h|uhr)(?![^\W\d_])|\s?[時时點点시](?:\s?\d{1,2}\s?[分분])?|\s?[ap]\.?\s?m(?![^\W\d_])))"
    r"|(?P<numeric>(?<![\d.,/-])(?:\d{4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,2}"
    r"|\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d{4}|\d{2}))(?![\d/-]|[.,]\d))"
    r"|(?P<roman>(?<![\w.])\d{1,2}[./ -]\s?[ivx]{1,4}[./ -]\s?\d{4}(?!\d))"
    rf"|(?P<number>\d+)|(?P<word>[^\W\d_](?:[^\W\d_]|[{_MARKS}])*)|(?P<stop>[|·•;])"
)
_SEPARATOR = re.compile(r"\s?[./ -]\s?")
_ROMAN = {name: n for n, name in enumerate("i ii iii iv v vi vii viii ix x xi xii".split(), 1)}
_MONTH_WORDS_BEFORE = frozenset(("tháng", "thg"))
_MONTH_WORDS_BEHIND = frozenset(("月", "月份", "월", "сарын", "сар"))
_YEAR_WORDS = (
    "жыл", "йыл", "йил", "елның", "соли", "годин", "godin", "yıl", "yil", "ýyl", "ilin", "jyl",
    "jıl", "gada", "aasta", "metų", "წლის", "թվ", "يىل",
)  # fmt: skip
"""Beginnings of words for "year", of more than three letters, between the parts of a date."""
_ERAS = {
    "令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867, "民國": 1911,
    "民国": 1911,
}  # fmt: skip
"""Year before the first of an era."""
_PERSIAN_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن",
    "اسفند",
)  # fmt: skip
_HALF = re.compile(
    r"\s?(?:(?P<am>a\.?\s?m\b\.?|上午|午前|오전|صباحا|ص(?!\w)|π\.?μ\.?|de\.(?!\w))"
    r"|(?P<pm>p\.?\s?m\b\.?|下午|午後|오후|مساء|م(?!\w)|μ\.?μ\.?|du\.(?!\w)))"
)
_HALF_BEFORE = re.compile(
    r"(?:(?P<am>am|上午|午前|오전|凌晨|早上|de\.)|(?P<pm>pm|下午|午後|오후|晚上|du\.))\s?$"
)
_POINT_CLOCK = re.compile(
    r"\W{0,4}(?:[^\W\d]{1,5}\.?\W{1,3}){0,2}((\d{1,2})\.(\d\d)(?:\.(\d\d))?)(?![.\d])"
)
_ZONE = re.compile(
    r"\s?(?:uhr\s)?\(?(?:(?P<offset>(?:gmt|utc)\s?[+-]\d{1,2}(?::?\d\d)?|[+-]\d\d:?\d\d"
    r"|(?<=\d)[+-]\d\d)(?![\d-])|(?P<name>[a-zа-я]{1,5})(?![^\W\d_]))"
)
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "bst": 60, "west": 60, "cet": 60, "mez": 60,
    "cest": 120, "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "мск": 180, "trt": 180,
    "irst": 210, "gst": 240, "pkt": 300, "ist": 330, "npt": 345, "bdt": 360, "ict": 420,
    "wib": 420, "wita": 480, "wit": 540, "hkt": 480, "sgt": 480, "myt": 480, "pht": 480,
    "awst": 480, "jst": 540, "kst": 540, "acst": 570, "acdt": 630, "aest": 600, "aedt": 660,
    "nzst": 720, "nzdt": 780, "sast": 120, "cat": 120, "eat": 180, "wat": 60, "brt": -180,
    "art": -180, "clt": -240, "cot": -300, "est": -300, "edt": -240, "cst": -360, "cdt": -300,
    "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600,
    "ast": -240, "adt": -180, "nst": -210, "ndt": -150,
}  # fmt: skip
"""Minutes east of UTC (RFC 2822 section 4.3 for those of the United States)."""
_PLACES = {
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}  # fmt: skip
"""Abbreviations that mean summer time in summer."""


_LONGEST_LINE = 300
"""Characters of a line that are read; a longer one is a paragraph."""

_LABELS = frozenset(
    """published publication posted post date dated on at the first online last time
    by veröffentlicht erschienen erstellt am um uhr vom den datum stand publié
    publiée paru mis en ligne créé le à la publicado publicada fecha el a las los
    horas hrs h pubblicato pubblicata pubblicazione ore alle il data em às os de
    del gepubliceerd geplaatst op om uur publicerad publicerat publisert
    publiceret udgivet klokken kl kello klo julkaistu d közzétéve megjelent
    opublikowano opublikowana dodano dnia godz publikováno vydáno dne v zveřejněno
    objavljeno objavljen u sati publicat pe la ora опубликовано опубликована дата
    г года в от опубліковано року о публикувано δημοσιεύθηκε δημοσίευση στις
    ημερομηνία yayınlanma yayın tarihi saat diterbitkan tanggal pukul jam đăng
    ngày lúc giờ तारीख प्रकाशित को পোস্ট প্রকাশিত প্রকাশ প্রকাশের เผยแพร่ เมื่อ
    วันที่ น เวลา פורסם ב בשעה יום نشر في نُشر تاریخ انتشار ساعت م ص 发布 发布时间 發布
    發布時間 时间 時間 日期 公開 公開日 掲載 配信 日
    입력 등록 작성 기사입력 st nd rd th er ж ел ý cü cı ci cu kuni diena""".casefold().split()
)
"""Words of a date line beside the date: that it is one, and its prepositions."""

_MONTH_FIRST = ("en", "tl")
"""Languages of countries that write 3/4/2017 for 4 March."""


_CLOSE, _NEAR, _FAR = 4, 12, 24
"""Characters between a day and the time before or behind it."""


class _Item(NamedTuple):
    """A part of a line.

    Attributes:
      kind: number, month, day, clock, word or stop.
      start: first character.
      end: behind the last.
      value: of a number or a month; negative for a Persian month.
      text: of a word or a number.
    """

    kind: str
    start: int
    end: int
    value: int = 0
    text: str = ""


class _Day(NamedTuple):
    """A day, month or year that a line names; the parts as written."""

    start: int
    end: int
    year: int
    month: int | None
    day: int | None


class _Clock(NamedTuple):
    """A time of day that a line names."""

    start: int
    end: int
    time: timedelta
    precision: str
    zone: timezone | zoneinfo.ZoneInfo | None


def find_dates(
    text: str, language: str | None = None, day_first: bool | None = None
) -> Iterator[FoundDate]:
    """Yields the dates in a line that name their year, in order.

    Args:
      text: a line, of which the first 300 characters are read.
      language: as of :func:`parse_date`.
      day_first: likewise.
    """
    line = _normalized(text[:_LONGEST_LINE])
    persian = language == "fa" or any("۰" <= c <= "۹" for c in text)
    if day_first is None and (language not in (None, *_MONTH_FIRST) or "\u200f/" in text):
        day_first = True
    items = _items(line, _months(language))
    days = list(_days(line, items, day_first))
    clocks = [c for item in items if item.kind == "clock" and (c := _clock(line, item))]
    done = 0
    for day, following in zip(days, [*(day.start for day in days), len(line)][1:], strict=False):
        clock = _clock_of(line, clocks, day, done, following)
        if found := _dated(day, clock, persian):
            start = min(day.start, clock.start) if clock else day.start
            end = max(day.end, clock.end) if clock else day.end
            yield FoundDate(found, line[done:start], line[end:])
            done = end


def _normalized(text: str) -> str:
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        text = "".join(
            str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in text
        )
        text = text.replace("’", "'").replace("−", "-").replace("–", "-")
    return text.casefold()


@lru_cache(maxsize=1)
def _calendar() -> Mapping[str, Mapping[str, list[Any]]]:
    """Returns language to ``months``, a list of names for each, and ``days``, those of a week."""
    path = importlib.resources.files("pipeline.dates").joinpath("calendar.json")
    table: Mapping[str, Mapping[str, list[Any]]] = orjson.loads(path.read_bytes())
    return table


@lru_cache(maxsize=128)
def _months(language: str | None) -> dict[str, int]:
    """Returns the names of months, those of a language before those of others."""
    table = _calendar()
    found = {"sept": 9, "mrz": 3, "қыркүйег": 9}  # the last before an ending
    for code in (language, *table) if language and language in table else table:
        for month, names in enumerate(table[code]["months"], 1):
            for name in names:
                found.setdefault(name, month)
                plain = unicodedata.normalize("NFD", name)
                plain = "".join(c for c in plain if not unicodedata.combining(c))
                if plain.isascii():
                    found.setdefault(plain, month)
    for month, name in enumerate(_PERSIAN_MONTHS, 1):
        found.setdefault(name, -month)
    return found


@lru_cache(maxsize=1)
def _plain_words() -> frozenset[str]:
    """Returns the words that stand beside a date in a line that says nothing else."""
    days = (word for entry in _calendar().values() for day in entry["days"] for word in day.split())
    return frozenset(days) | _LABELS | _ZONES.keys() | _PLACES.keys()


def bare_date(text: str, language: str | None = None) -> Moment | None:
    """Returns the date of a line that says nothing but a date, or ``None``.

    It may have a weekday, a label such as "Published:", and more dates, of changes.

    Args:
      text: a line.
      language: as of :func:`parse_date`.
    """
    if len(text) > _LONGEST_LINE:
        return None
    found = list(find_dates(text, language))
    if not found:
        return None
    rest = " ".join((*(date.before for date in found), found[-1].after))
    words = re.findall(rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}])*|\d+", _CHANGE.sub(" ", rest))
    if not all(word in _plain_words() or word.startswith(_YEAR_WORDS) for word in words):
        return None
    first = next((date for date in found if not is_change(date.before)), found[0])
    return first.moment if first.moment.day else None


def _items(line: str, months: Mapping[str, int]) -> list[_Item]:
    items: list[_Item] = []
    era = 0
    for match in _TOKEN.finditer(line):
        kind, text, (start, end) = str(match.lastgroup), match[0], match.span()
        last = items[-1] if items else None
        if kind == "number":
            value = int(text) if len(text) <= 4 else 0
            if era and value < 200:
                value, text, era = era + value, "year", 0
            if last and last.text in _MONTH_WORDS_BEFORE and 1 <= value <= 12:
                items[-1] = _Item("month", last.start, end, value)
            else:
                items.append(_Item(kind, start, end, value, text))
        elif kind == "word":
            era = _ERAS.get(text, era)
            if text in _MONTH_WORDS_BEHIND and last and last.text == "р" and len(items) > 1:
                items.pop()  # an ordinal in Mongolian
                last = items[-1]
            if text in _MONTH_WORDS_BEHIND and last and 1 <= last.value <= 12:
                items[-1] = _Item("month", last.start, end, last.value)
            elif last and last.text and (month := _phrase(last.text, text, months)):
                items[-1] = _Item("month", last.start, end, month)
            elif month := _month(text, months):
                items.append(_Item("month", start, end, month, text))
            else:
                items.append(_Item(kind, start, end, text=text))
        else:
            items.append(_Item(kind, start, end, text=text))
    return items


def _phrase(first: str, second: str, months: Mapping[str, int]) -> int | None:
    """Returns the month that two words name; an ending may follow (Mongolian, Kurdish)."""
    spelled = (
        f"{first} {second}",
        f"{first}.{second}",
        f"{first} {second[:-1]}",
        f"{first} {second[:-2]}",
    )
    return next((months[name] for name in spelled if name in months), None)


_SHORTEST_STEM = 4
"""Letters of a name of a month from which on an ending behind it is taken off."""


def _month(word: str, months: Mapping[str, int]) -> int | None:
    """Returns the month that a word names; negative if a Persian one."""
    month = months.get(word)
    if month is None and not word.isascii():
        month = months.get(word[1:]) if word.startswith("ב") else None  # Hebrew "in"
        stems = (word[:length] for length in range(len(word) - 1, _SHORTEST_STEM - 1, -1))
        month = month or next((months[stem] for stem in stems if stem in months), None)
    if month is None and word.endswith(("aren", "ak")):  # Basque
        month = months.get(word[: word.rindex("a") + 1])
    return month


_SHORT_YEAR = re.compile(r"\d{1,2}\.\d\d\.\d\d")


def _days(line: str, items: list[_Item], day_first: bool | None) -> Iterator[_Day]:
    done = 0
    for at, item in enumerate(items):
        found = None
        if item.kind == "numeric":
            # Behind a date 10.15.00 is a time.
            if not (done and item.start - done <= _NEAR and _SHORT_YEAR.fullmatch(item.text)):
                found = _numeric_day(item, day_first)
        elif item.kind == "roman":
            day, month, year = _SEPARATOR.split(item.text)
            if month in _ROMAN:
                found = _Day(item.start, item.end, int(year), _ROMAN[month], int(day))
        elif item.kind == "month":
            found = _day_of_month(line, items, at)
        if found and found.start >= done:
            yield found
            done = found.end


def _numeric_day(item: _Item, day_first: bool | None) -> _Day | None:
    first, second, third = (int(part) for part in re.findall(r"\d+", item.text))
    separators = set(re.findall(r"[./-]", item.text))
    if len(separators) > 1:
        return None
    if re.match(r"\d{4}", item.text):  # 2020-13-01 is a mistake: nobody writes days before months
        return _Day(item.start, item.end, first, second, third)
    if first > 31:
        return _Day(item.start, item.end, _full_year(first), second, third)
    if day_first is None or separators == {"."}:
        day_first = separators != {"/"}
    if (first > 12) != (second > 12):
        day_first = first > 12
    day, month = (first, second) if day_first else (second, first)
    return _Day(item.start, item.end, _full_year(third), month, day)


def _full_year(year: int) -> int:
    # POSIX strptime: 69-99 are of the last century.
    return year if year > 99 else year + (2000 if year < 69 else 1900)


_BEFORE_SHORT_YEARS = (("-", "-"), ("/", "/"), (" ", " '"), (". ", " '"))
"""What is before and behind the name of a month in 02-Mar-20 and 2 March '20."""


def _day_of_month(line: str, items: list[_Item], at: int) -> _Day | None:
    """Returns the date around the name of a month: day and year in any order, or the year alone."""
    month = items[at]
    left, right = _number_near(items, at, -1), _number_near(items, at, 1)
    before = _number_near(items, left, -1) if left is not None else None
    behind = _number_near(items, right, 1) if right is not None else None
    for day_at, year_at in ((left, right), (right, behind), (right, left), (left, before)):
        if day_at is None or year_at is None:
            continue
        day, year = items[day_at], items[year_at]
        if _is_day(day) and _is_year(year):
            return _spanning(month, year.value, day, year)
        glue = line[day.end : month.start], line[month.end : year.start]
        if _is_day(day) and len(year.text) == 2 and glue in _BEFORE_SHORT_YEARS:
            return _spanning(month, _full_year(year.value), day, year)
    for year_at in (right, left):
        if year_at is not None and _is_year(items[year_at]):
            return _spanning(month, items[year_at].value, None, items[year_at])
    return None


def _spanning(month: _Item, year: int, day: _Item | None, last: _Item) -> _Day:
    parts = [part for part in (month, day, last) if part]
    start, end = min(part.start for part in parts), max(part.end for part in parts)
    return _Day(start, end, year, month.value, day.value if day else None)


def _is_day(item: _Item) -> bool:
    return len(item.text) <= 2 and 1 <= item.value <= 31


def _is_year(item: _Item) -> bool:
    return len(item.text) == 4


_MOST_CONNECTORS = 3  # "3rd of the March"


def _number_near(items: list[_Item], at: int, step: int) -> int | None:
    """Returns the place of the next number, past short words, clocks and the same month."""
    connectors = 0
    place = at + step
    while 0 <= place < len(items):
        item = items[place]
        if item.kind == "number":
            return place
        if item.kind == "word":
            connectors += 1
            short = len(item.text) <= 3 or item.text.startswith(_YEAR_WORDS) or item.text in _ZONES
            if not short or connectors > _MOST_CONNECTORS:
                return None
        elif item.kind != "clock" and not (item.kind == "month" and item.value == items[at].value):
            return None
        place += step
    return None


def _clock(line: str, item: _Item) -> _Clock | None:
    """Returns the time of day that a token says, with half of the day and zone beside it."""
    text = re.split("[+-]", item.text, maxsplit=1)[0].rstrip()
    numbers = [int(part) for part in re.findall(r"\d+", text)][:3]
    hour, minute, second = numbers + [0] * (3 - len(numbers))
    end = item.start + len(text)
    half = _HALF.search(text) or _HALF.match(line, end)
    if half and half.string is line:
        end = half.end()
    half = half or _HALF_BEFORE.search(line, max(0, item.start - 8), item.start)
    if half:
        hour = hour % 12 + (12 if half["pm"] else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    zone: timezone | zoneinfo.ZoneInfo | None = None
    if match := _ZONE.match(line, end):
        if match["offset"]:
            zone = _offset(match["offset"])
        elif match["name"] in _ZONES:
            zone = timezone(timedelta(minutes=_ZONES[match["name"]]))
        elif match["name"] in _PLACES:
            zone = zoneinfo.ZoneInfo(_PLACES[match["name"]])
        if zone is not None:
            end = match.end()
    time = timedelta(hours=hour, minutes=minute, seconds=second)
    return _Clock(item.start, end, time, "second" if len(numbers) > 2 else "minute", zone)


def _offset(text: str) -> timezone | None:
    sign, digits = re.findall(r"[+-]|\d+", text)[0], "".join(re.findall(r"\d", text))
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    if hours > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)


def _clock_of(
    line: str, clocks: list[_Clock], day: _Day, done: int, following: int
) -> _Clock | None:
    """Returns the time of a day: within it, right before it, behind it, or before it."""
    if within := [c for c in clocks if day.start <= c.start < day.end]:
        return within[0]
    before = next((c for c in reversed(clocks) if done <= c.start and c.end <= day.start), None)
    behind = next((c for c in clocks if day.end <= c.start < following), None)
    if before and day.start - before.end <= _CLOSE:
        return before
    if behind and behind.start - day.end <= _FAR:
        return behind
    if match := _POINT_CLOCK.match(line, day.end, min(following, day.end + _FAR)):
        return _clock(line, _Item("clock", *match.span(1), text=match[1]))
    return before if before and day.start - before.end <= _NEAR else None


def _dated(day: _Day, clock: _Clock | None, persian: bool) -> Moment | None:
    year, month, day_of_month = day.year, day.month, day.day
    try:
        if month is not None and (month < 0 or (persian and 1200 <= year <= 1500)):
            written = _from_persian(year, abs(month), day_of_month or 1)
        else:
            # Thailand counts from 543 BC.
            year -= 543 if 2400 <= year <= 2700 else 0
            written = datetime(year, month or 1, day_of_month or 1)
        if day_of_month is None:
            return moment(written, "year" if month is None else "month")
        if clock is None:
            return moment(written, "day")
        return moment((written + clock.time).replace(tzinfo=clock.zone), clock.precision)
    except (ValueError, OverflowError):
        return None


def _from_persian(year: int, month: int, day: int) -> datetime:
    """Returns the Gregorian day of one of the Solar Hijri calendar.

    Its leap years follow a cycle of 33 years in the centuries of newspapers (Borkowski 1996).

    Raises:
      ValueError: there is no such day.
    """
    leap = year % 33 in (1, 5, 9, 13, 17, 22, 26, 30)
    if not 1 <= day <= (31 if month <= 6 else 30 if month < 12 or leap else 29):
        raise ValueError("no day of the Solar Hijri calendar")
    cycles, years = divmod(year - 1, 33)
    leaps = 8 * cycles + sum(past <= years for past in (1, 5, 9, 13, 17, 22, 26, 30))
    days = 365 * (year - 1) + leaps + 31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day - 1
    return datetime(622, 3, 21) + timedelta(days)

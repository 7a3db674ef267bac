"""Bytes to text: encodings, mojibake, line breaks."""

import codecs
import re
import string
from unicodedata import category

_SAMPLE = 1 << 16
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# Encoding labels of the WHATWG encoding standard with the Windows superset they stand for.
_SUPERSETS = {
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252",
    "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "x-sjis": "cp932",
    "shift_jis": "cp932", "shift-jis": "cp932", "ks_c_5601-1987": "cp949", "euc-kr": "cp949",
    "iso-8859-9": "cp1254", "tis-620": "cp874",
}  # fmt: skip
_FEWEST_HIGH_BYTES = 8
"""Fewest bytes beyond ASCII for detection; with two of them rare code pages win by accident."""
_CANDIDATES = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258",
    "iso8859_2", "iso8859_5", "iso8859_7", "iso8859_15", "koi8_r", "koi8_u", "cp866", "cp874",
    "mac_roman", "cp932", "euc_jp", "iso2022_jp", "gb18030", "big5", "cp949", "euc_kr",
)  # fmt: skip
"""Encodings in use on the web and in newsrooms; charset-normalizer has those of mainframes too."""
_LATIN_PAGES = frozenset(
    ("cp1250", "cp1254", "cp1257", "cp1258", "iso8859_2", "iso8859_15", "mac_roman")
)
_WESTERN = frozenset(
    "àáâãäåæçèéêëìíîïñòóôõöøùúûüÿœßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒ"
    "\u2018\u2019\u201a\u201c\u201d\u201e\u2013\u2014\u2026\u2022\u20ac\u2122"
    "«»°·©®§ªº¿¡£½¼\u00a0\u00ad\u00b4"
)
_COMMON = re.compile(
    "[\t\n\r\x20-\x7e\u00a0-\u052f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u1e00-\u1eff"
    "\u2010-\u2026\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffef]"
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b\v\x00\x1a"))


def wide_encoding(head: bytes) -> str | None:
    """Returns utf-16-le, utf-16-be, utf-32-le or utf-32-be, or ``None`` for others.

    Decides by the byte-order mark, else by the positions of zeros: in text of any script line
    breaks, spaces and digits have a zero high byte, so most zeros are at one parity. One byte in
    256 must be zero (a line break every 128 characters). Bytes with fewer than one zero in four
    that are UTF-8 without control characters after removing the zeros are narrow text.

    Args:
      head: the first kilobytes.
    """
    for mark, encoding in _BOMS[1:]:
        # UTF-32-LE begins like UTF-16-LE; its mark comes first in the table.
        if head.startswith(mark):
            return encoding
    sample = head[: min(len(head), 4096) // 4 * 4]
    if len(sample) < 4:
        return None
    zeros = sample.count(0)
    if zeros * 256 < len(sample):
        return None
    if zeros * 4 < len(sample) and _is_narrow(sample.replace(b"\0", b"")):
        return None
    for name, encoding, lane in (("utf-32-le", "utf-32-le", 0), ("utf-32-be", "utf-32-be", 3)):
        others = sum(sample[i::4].count(0) for i in range(4) if i != lane)
        if others >= 0.6 * len(sample) and _decodes(sample, encoding):
            return name
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd >= 9 * even:
        return "utf-16-le" if _decodes(sample, "utf-16-le") else None
    if even >= 9 * odd:
        return "utf-16-be" if _decodes(sample, "utf-16-be") else None
    # Ideographs may have a zero low byte too (U+4E00, "one"); then the scripts decide.
    little, big = _common_share(sample, "utf-16-le"), _common_share(sample, "utf-16-be")
    if max(little, big) < 0.95 or abs(little - big) < 0.1:
        return None
    return "utf-16-le" if little > big else "utf-16-be"


def _common_share(sample: bytes, encoding: str) -> float:
    """Returns the share of characters in the scripts of newspapers; .55 for random bytes."""
    decoded = sample.decode(encoding, "replace")
    return len(_COMMON.findall(decoded)) / len(decoded)


def _is_narrow(sample: bytes) -> bool:
    if len(sample) - len(sample.translate(None, _CONTROLS)) > len(sample) // 100:
        return False
    # In text of an 8-bit encoding few bytes (accents) or nearly all are beyond ASCII.
    high = sum(byte >= 0x80 for byte in sample)
    if high * 10 < len(sample):
        return True
    return begins_as_utf8(sample)


def begins_as_utf8(head: bytes) -> bool:
    """Returns True if bytes are UTF-8; they may end within a character."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _decodes(sample: bytes, encoding: str) -> bool:
    # The sample may end within a surrogate pair.
    decoded = sample.decode(encoding, "replace")
    odd = sum(not (char.isprintable() or char in "\t\n\r\f") for char in decoded)
    return odd <= max(1, len(decoded) // 50)


def is_binary(head: bytes) -> bool:
    """Returns True if more than 1 byte in 100 is a control character or 1 in 10 is zero.

    Text in an 8-bit encoding or UTF-8 has only tabs, line breaks, form feeds and escapes; 1 in 10
    random bytes is another control character. Text from C programs has single zeros, so two of
    either are always allowed.

    Args:
      head: the first kilobytes; not UTF-16 or UTF-32.
    """
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls > max(2, len(head) // 100) or head.count(0) > max(2, len(head) // 10)


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """Returns the text of some bytes and the name of their encoding.

    The first that applies: a byte-order mark, UTF-16 or UTF-32 without one, the declared encoding
    if it decodes all, UTF-8 if at most 1 sequence in 1,000 bytes is broken (decoded as U+FFFD),
    charset-normalizer's choice for the first 64 KiB, Windows-1252 (the superset that the WHATWG
    encoding standard uses for Latin-1).

    Args:
      data: the bytes.
      declared: the encoding that a header or the page declares.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "replace"), "utf-8"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if "\0" not in text or wide_encoding(data[:4096]) is None:
            # Text of an 8-bit encoding is hardly ever valid UTF-8 beyond ASCII, whatever a page
            # declares; ASCII with escapes may be ISO-2022-JP.
            if not data.isascii() or "\x1b" not in text:
                return text, "utf-8"
            return _escaped(data) or _declared(data, declared) or (text, "utf-8")
    if wide := wide_encoding(data[:4096]):
        return data.decode(wide, "replace").lstrip("\ufeff"), wide
    if found := _declared(data, declared):
        return found
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken * 1000 <= len(data) and _multibyte(text) > broken:
        return text, "utf-8"
    return _detected(data)


_ESCAPES = ((b"\x1b$B", "iso2022_jp"), (b"\x1b$@", "iso2022_jp"), (b"\x1b$)C", "iso2022_kr"))
"""What begins the two-byte characters of an encoding of seven bits (RFC 1468, RFC 1557)."""


def _escaped(data: bytes) -> tuple[str, str] | None:
    for escape, encoding in _ESCAPES:
        if escape in data:
            try:
                return data.decode(encoding), encoding.replace("_", "-")
            except UnicodeDecodeError:
                continue
    return None


def _is_western(text: str, guess: str) -> bool:
    """Returns True if text decoded as Windows-1252 has only letters of Western Europe.

    charset-normalizer gives the code pages of one alphabet equal weight. Polish, Czech, Romanian
    and Turkish decoded as Windows-1252 have many characters outside the set.
    """
    beyond = [char for char in text[:_SAMPLE] if char > "\x7f"]
    odd = sum(char not in _WESTERN for char in beyond)
    if odd > max(1, len(beyond) // 50):
        return False
    # Hungarian in Windows-1250 differs in two letters; its long o is decoded as o with tilde.
    found = set(beyond)
    return not (guess == "cp1250" and "\u00f5" in found and not found & set("\u00e3\u00e4"))


def _declared(data: bytes, declared: str | None) -> tuple[str, str] | None:
    if not declared:
        return None
    name = declared.strip().strip("\"'").lower()
    name = _SUPERSETS.get(name, name)
    if name.startswith(("utf-16", "utf-32", "utf16", "utf32")):
        # Impossible without zeros, and the declaration was readable byte by byte.
        return None
    try:
        return data.decode(name), name
    except (LookupError, UnicodeDecodeError, ValueError):
        return None


def _multibyte(text: str) -> int:
    sample = text[:_SAMPLE]
    return sum(char > "\x7f" and char != "\ufffd" for char in sample)


_EAST_ASIAN = (
    ("euc_kr", "cp949", re.compile("[\uac00-\ud7a3]"), 0.95),
    ("euc_jp", "euc_jp", re.compile("[\u3041-\u3096]"), 0.25),
    ("cp932", "cp932", re.compile("[\u3041-\u3096]"), 0.25),
    (
        "gb2312",
        "gb18030",
        re.compile("[的一是不了在人有他这个中大来上国为到说们和地出要时会年日月]"),
        0.1,
    ),
    (
        "big5",
        "big5",
        re.compile("[的一是不了在人有他這個中大來上國為到說們和地出要時會年日月]"),
        0.1,
    ),
)
"""Encodings, that of their Windows superset, characters that tell, and their least share of those
beyond ASCII: all of Korean text is Hangul (of Chinese read as Korean .6), a third to a half of
Japanese is Hiragana, and the most frequent thirty characters are a fifth of Chinese."""

_FEWEST_TELLING = 4


def _east_asian(sample: bytes) -> str | None:
    """Returns the encoding of Chinese, Japanese or Korean by its most frequent characters."""
    for encoding, superset, telling, least in _EAST_ASIAN:
        # The sample may end within a character.
        text = sample.decode(encoding, "replace")[:-1]
        wide = sum(char > "\x7f" and not "\u3000" <= char <= "\u303f" for char in text)
        found = len(telling.findall(text))
        if "\ufffd" not in text and found >= max(_FEWEST_TELLING, least * wide):
            return superset
    return None


_ALPHABETS = {
    "cp1252": ("äöüß", "àâæçèéêëîïôœùûüÿ", "áéíóúüñ", "àáâãçéêíóôõúü", "àèéìíòóùú", "åäöæøéüáó",
               "áðéíóúýþæö", "äëéèïöüóí", "äöõüšž"),
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ",
               "čćđšž", "äöüß"),
    "iso8859_2": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ",
                  "čćđšž"),
    "cp1254": ("çğıöşüâî",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),
}  # fmt: skip
"""Encodings, the likeliest first, and the letters beyond ASCII of languages written in them."""

_MOST_FOREIGN = 0.05
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_NO_PART_OF_WORDS = frozenset("±¶¼¾¹³¿¡¯¦¨ˇ˘˝¤¢\u00b8\u02db")
"""Signs that hardly ever follow a letter; each is a letter of another code page."""


def _alphabetic(sample: bytes) -> str | None:
    """Returns the encoding by which the bytes beyond ASCII are letters of one Latin alphabet.

    No symbol stands within a word then. For short texts, and for the code pages of one alphabet, to
    which charset-normalizer gives equal weight.
    """
    sample = sample[:_ALPHABETIC_SAMPLE]
    if 3 * sum(byte >= 0x80 for byte in sample) > len(sample):
        return None  # a script of its own
    best, least = None, _MOST_FOREIGN
    for encoding, alphabets in _ALPHABETS.items():
        text = sample.decode(encoding, "replace")
        letters: list[str] = []
        wrong = 0
        for match in _BEYOND_ASCII.finditer(text):
            char, (start, end) = match[0], match.span()
            if char.isalpha():
                letters.append(char.lower())
            elif start and text[start - 1].isalpha():
                inside = text[end : end + 1].isalpha() and char not in "\u2019\u00ad\u2013\u2014"
                wrong += (
                    inside
                    or char in _NO_PART_OF_WORDS
                    or not (char.isprintable() or char.isspace())
                )
        if len(letters) < 2:
            continue
        foreign = min(sum(char not in alphabet for char in letters) for alphabet in alphabets)
        if (foreign + wrong) / len(letters) < least:
            best, least = encoding, (foreign + wrong) / len(letters)
    return best


_ALPHABETIC_SAMPLE = 1 << 14


def _detected(data: bytes) -> tuple[str, str]:
    sample = data[:_SAMPLE]
    if found := _east_asian(sample) or _alphabetic(sample):
        return data.decode(found, "replace"), found.replace("_", "-")
    if sum(byte >= 0x80 for byte in sample[:4096]) < _FEWEST_HIGH_BYTES:
        return data.decode("cp1252", "replace"), "cp1252"
    # Imported here because few dumps are not UTF-8.
    from charset_normalizer import from_bytes

    best = from_bytes(sample, steps=8, chunk_size=512, cp_isolation=list(_CANDIDATES)).best()
    if best is not None:
        # Latin-1 text with curly quotes is Windows-1252; cp1250 and the like need a letter of
        # their alphabets.
        name = "cp1252" if best.encoding in ("latin_1", "ascii", "iso8859_15") else best.encoding
        try:
            text = data.decode(name)
        except (LookupError, UnicodeDecodeError):
            return data.decode("cp1252", "replace"), "cp1252"
        western = data.decode("cp1252", "replace")
        if text == western or (name in _LATIN_PAGES and _is_western(western, name)):
            return western, "cp1252"
        return text, name.replace("_", "-")
    return data.decode("cp1252", "replace"), "cp1252"


# Bytes from 0x80 on decoded as Windows-1252; its five undefined bytes are control characters, as in
# browsers.
_AS_1252 = {
    byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)
}
# Decoded as Latin-1, the bytes 0x80-0x9F are control characters.
_BYTE_OF = {chr(byte): byte for byte in range(0x80, 0xA0)} | {
    char: byte for byte, char in _AS_1252.items()
}


def _decoded_to(last: int) -> str:
    """Returns what bytes from 0x80 to one are decoded to, escaped for a character class."""
    return "".join(re.escape(char) for char, byte in _BYTE_OF.items() if 0x80 <= byte <= last)


_TAIL = f"[{_decoded_to(0xBF)}]"
_CERTAIN = re.compile(
    f"\u00e2[{_decoded_to(0x9F)}]{_TAIL}|\u00f0[\u0178\u009f]{_TAIL}{{2}}"
    # Left of what was decoded so twice: a tilde, a circumflex, a hook.
    "|(?<=[\u00e2\u20ac\u0178\u00c3])(?:\u00cb[\u0153\u2020]|\u00c6\u2019)"
)
_LATIN = re.compile(f"(?![\u00c4\u00c5]\u201d)[\u00c2-\u00c5]{_TAIL}")
_LATIN_LEADS = re.compile("[\u00c2-\u00c5]")
_SCRIPT = re.compile(f"[\u00ce-\u00db]{_TAIL}|[\u00e0-\u00ef]{_TAIL}{{2}}")
_SCRIPT_EVIDENCE = re.compile(f"[\u00ce-\u00db]{_TAIL}|[\u00e0-\u00ef](?!\u00a0){_TAIL}{{2}}")
_SCRIPT_LEADS = re.compile("[\u00ce-\u00db\u00e0-\u00ef]")
_FEWEST_SCRIPT_HITS = 8
_MOST_PASSES = 5
"""Passes for three times; some characters take one pass more."""

_CONTROL = re.compile("[\u0080-\u0084\u0086-\u009f]")


def repair_mojibake(text: str) -> str:
    """Returns text with UTF-8 restored that was decoded as Windows-1252 or Latin-1.

    ``â€™`` becomes a curly apostrophe and ``CafÃ©`` ``Café``, up to three times. Only sequences
    that are valid UTF-8 of a printable character change, and only with evidence in the text:

    - ``â`` with a symbol of 0x80-0x9F and one more, and ``ðŸ`` with two (punctuation and emoji),
      and ``Ëœ`` and ``Ë†`` behind such symbols: always, since no language has them.
    - ``Ã``, ``Â``, ``Ä`` or ``Å`` with one symbol (accented Latin): if at least half the uses of
      these letters are such pairs. A capital before a closing quote is no mojibake.
    - Greek, Cyrillic, Arabic, Hebrew, Indic and East Asian: at least 8 sequences, and half the uses
      of their first letters. In French, ``é`` before a no-break space and ``»`` is no mojibake.

    The rules are a subset of those of ftfy (Speer, doi:10.5281/zenodo.2591652), which repairs the
    titles of 5,000 articles alike and takes 0.2 ms for 1,000 characters.
    """
    for _ in range(_MOST_PASSES):
        if not (
            # First letters of nearly all mojibake; `in` is a memory scan.
            "\u00e2" in text or "\u00c3" in text or "\u00c2" in text or "\u00d0" in text
            or "\u00d1" in text or "\u00d7" in text or "\u00d8" in text or "\u00e0" in text
            or "\u00e3" in text or "\u00e5" in text or "\u00ce" in text or "\u00f0" in text
            or "\u00c5" in text
        ):  # fmt: skip
            break
        repaired = _CERTAIN.sub(_restore, text)
        for pattern, evidence, leads, fewest in (
            (_LATIN, _LATIN, _LATIN_LEADS, 1),
            (_SCRIPT, _SCRIPT_EVIDENCE, _SCRIPT_LEADS, _FEWEST_SCRIPT_HITS),
        ):
            hits = len(evidence.findall(repaired))
            if hits >= fewest and 2 * hits >= len(leads.findall(repaired)):
                repaired = pattern.sub(_restore, repaired)
        if repaired == text:
            break
        text = repaired
    # Text has no C1 control characters; they are Windows-1252 decoded as Latin-1. Text with any has
    # an apostrophe, an opening quote or a dash among them.
    if "\u0092" in text or "\u0093" in text or "\u0096" in text:
        return _CONTROL.sub(_restore_control, text)
    return text


_ACCENTED = re.compile("[\u00c0-\u00ff]")
_ASCII_LETTERS = string.ascii_letters.encode()
_FEWEST_ACCENTED, _ACCENTED_SHARE = 8, 0.6
"""Letters of Latin-1 beyond ASCII, and their share of all letters, from which on a text is of
another script; Icelandic and Faroese have .15."""

_FREQUENT = (
    ("cp1251", "оеаинтсрвлО"), ("koi8_r", "оеаинтсрвлО"), ("cp1253", "αοιετσνηυρςά"),
    ("iso8859_5", "оеаинтсрвлО"), ("cp1255", "יוהלאתרבשמ"), ("cp1256", "ايلنمورتبة"),
)  # fmt: skip
"""Encodings of one byte a character, and the ten most frequent letters of their main languages."""

_LEAST_FREQUENT = 0.45
"""Least share of the frequent letters in a text: they are .6 to .7 of it, .3 if read wrongly."""


def reread(text: str) -> str:
    """Returns text of another script that was decoded as Latin-1 or Windows-1252.

    ``Ñîâåò`` becomes ``Совет``: nearly all letters of such a text are accented, and one encoding
    makes of them the frequent letters of a language.
    """
    sample = text[:_SAMPLE]
    raw = sample.encode("utf-8", "replace")
    # Each accented letter takes a further byte. In nearly all texts the letters of ASCII are too
    # many for them, and four times as many bytes are enough to see it.
    beyond = len(raw) - len(sample)
    begin = raw[: 4 * beyond]
    if beyond < _ACCENTED_SHARE * (len(begin) - len(begin.translate(None, _ASCII_LETTERS))):
        return text
    accented = len(_ACCENTED.findall(sample))
    if accented < _FEWEST_ACCENTED:
        return text
    if accented < _ACCENTED_SHARE * sum(map(str.isalpha, sample)):
        return text
    best, share = text, _LEAST_FREQUENT
    codes = [_BYTE_OF.get(char, ord(char)) for char in text]
    if max(codes) > 0xFF:  # quotes and dashes beyond Windows-1252 stay as they are
        kept = {at: text[at] for at, code in enumerate(codes) if code > 0xFF}
        codes = [code if code <= 0xFF else 0x20 for code in codes]
    else:
        kept = {}
    for encoding, frequent in _FREQUENT:
        read = bytes(codes).decode(encoding, "replace")
        letters = [char for char in read[:_SAMPLE] if char > "\x7f" and char.isalpha()]
        found = sum(char in frequent for char in letters) / max(1, len(letters))
        if found > share and "\ufffd" not in read:
            best, share = read, found
    return "".join(kept.get(at, char) for at, char in enumerate(best)) if kept else best


def _restore_control(match: re.Match[str]) -> str:
    return _AS_1252[ord(match[0])]


def _restore(match: re.Match[str]) -> str:
    found = match[0]
    try:
        restored = bytes(_BYTE_OF[char] for char in found).decode("utf-8")
    except UnicodeDecodeError:
        return found
    # Spaces, joiners and direction marks are text; U+0080-9F are replaced later.
    allowed = restored.isprintable() or category(restored) in ("Zs", "Cf", "Mn")
    return restored if allowed or "\u0080" <= restored <= "\u009f" else found


def clean_text(text: str) -> str:
    """Returns text without zeros, with ``\\n`` for every line break, and mojibake repaired."""
    if "\0" in text:
        text = text.replace("\0", "")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = repair_mojibake(reread(text))
    return text

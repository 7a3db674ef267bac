"""Bytes to text."""

# ruff: noqa: RUF001 - letters of many alphabets and typographic quotes are what is tested

import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dumps.decoding import clean_text, decode, is_binary, repair_mojibake, wide_encoding
from pipeline.dumps.page import decode_page

# Sentences of our own, long enough to have each language's letters.
SAMPLES = {
    "de": (
        "cp1252",
        "Die Bürgermeisterin erklärte, größere Straßen "
        "würden früher geräumt – „möglichst täglich“.",
    ),
    "fr": (
        "cp1252",
        "L’été dernier, la préfète a déclaré : « Où étaient "
        "les élus ? » Le marché a été annulé à Nîmes.",
    ),
    "pt": (
        "cp1252",
        "A associação não comentou as eleições; "
        "os órgãos públicos também não deram informações.",
    ),
    "pl": (
        "cp1250",
        "Wójt zapowiedział, że droga zostanie zamknięta; "
        "mieszkańcy są źli, bo objazd trwa dłużej.",
    ),
    "tr": (
        "cp1254",
        "Belediye başkanı, köprünün altı hafta boyunca "
        "kapalı kalacağını ve ağır araçların geçemeyeceğini söyledi.",
    ),
    "ru": (
        "cp1251",
        "Мост будет закрыт на шесть недель, "
        "сообщила городская администрация в понедельник утром.",
    ),
    "el": (
        "cp1253",
        "Η γέφυρα θα παραμείνει κλειστή για έξι "
        "εβδομάδες, ανακοίνωσε ο δήμος τη Δευτέρα το πρωί.",
    ),
    "he": (
        "cp1255",
        "הגשר ייסגר למשך שישה שבועות, כך "
        "הודיעה העירייה ביום שני בבוקר לתושבי השכונה.",
    ),
    "ar": (
        "cp1256",
        "سيغلق الجسر لمدة ستة أسابيع، حسبما أعلنت "
        "البلدية صباح يوم الاثنين في بيان لها.",
    ),
    "ja": ("cp932", "橋は六週間閉鎖されると市が月曜日の朝に発表した。バスはトンネルを通ります。"),
    "zh": ("gb18030", "市政府周一早上宣布，大桥将关闭六个星期。公共汽车将改走隧道。一切照旧。"),
    "hi": (
        "utf-8",
        "नगर परिषद ने सोमवार सुबह घोषणा की "
        "कि पुल छह सप्ताह के लिए बंद रहेगा।",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", SAMPLES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "own"])
def test_text_comes_back_from_its_encoding(language: str, encoding: str) -> None:
    own, text = SAMPLES[language]
    text = (text + "\n") * 3
    name = own if encoding == "own" else encoding
    assert decode(text.encode(name))[0] == text


@pytest.mark.parametrize("language", SAMPLES)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(language: str, encoding: str) -> None:
    text = (SAMPLES[language][1] + "\n") * 10
    assert wide_encoding(text.encode(encoding)) == encoding
    assert decode(text.encode(encoding)) == (text, encoding)


@pytest.mark.parametrize("language", SAMPLES)
def test_narrow_text_is_not_wide_even_with_stray_zeros(language: str) -> None:
    own, text = SAMPLES[language]
    for encoding in {own, "utf-8"}:
        data = text.encode(encoding)
        assert wide_encoding(data) is None
        assert wide_encoding(data.replace(b" ", b" \0", 2)) is None


@pytest.mark.parametrize("language", SAMPLES)
@pytest.mark.parametrize("wrong", ["cp1252", "latin-1"])
def test_utf8_read_as_another_encoding_is_restored(language: str, wrong: str) -> None:
    text = SAMPLES[language][1]
    data = text.encode()
    if wrong == "latin-1":
        damaged = data.decode("latin-1")
    else:
        # The five bytes that Windows-1252 leaves open pass as control characters.
        damaged = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in data)
    assert damaged != text
    assert repair_mojibake(damaged) == text


def test_damage_done_several_times_is_undone_as_often() -> None:
    for text in ("It’s the café’s", "‘Far apart’, naïve 😀", "‚Zürich‘ crème", "50 € für Łódź"):
        damaged = text
        for _ in range(3):
            data = damaged.encode()
            damaged = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in data)
            assert repair_mojibake(damaged) == text


@pytest.mark.parametrize(
    "text",
    [
        *(sample for _, sample in SAMPLES.values()),
        "Il a déclaré\u00a0: «\u00a0C’est fini à «\u00a0la\u00a0» maison\u00a0» et voilà\u00a0…",
        "SÃO PAULO: A DECISÃO «FINAL» DA COMISSÃO – “SÃO” DUAS",
        "„So viel Spaß“, sagte sie. „Das ist Stuß”",
        "Ça coûte 5 €, 3 £ ou 20 ¥ – 100 ° par défaut",
        "Cost: Â",
        "Det heter ”Å” på svenska",
        "L’Æ’s hat, a tilde ˜ and Ëœ",
        "x = 3 × 4 ± 2 µm",
        "AVRUPA’DA “ŞİŞLİ” VE “ÂŞIK”",
    ],
)
def test_sound_text_is_left_alone(text: str) -> None:
    assert repair_mojibake(text) == text
    assert clean_text(text) == text


def test_control_characters_of_latin1_are_the_quotes_they_were_meant_as() -> None:
    assert repair_mojibake("It\x92s \x93fine\x94 \x96 he said") == "It’s “fine” – he said"


@given(st.text())
def test_clean_text_leaves_no_zeros_and_no_carriage_returns(text: str) -> None:
    cleaned = clean_text(text)
    assert "\0" not in cleaned
    assert "\r" not in cleaned
    if text.isascii():
        assert cleaned == text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "latin-1", "utf-16", "no-such"]))
def test_any_bytes_become_text(data: bytes, declared: str | None) -> None:
    text, encoding = decode(data, declared)
    text.encode("utf-8", "surrogatepass")
    "".encode(encoding)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_utf8_is_never_taken_for_anything_else(text: str) -> None:
    assert decode(text.encode()) == (text.removeprefix("\ufeff"), "utf-8")


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    text = SAMPLES["ru"][1] * 50
    data = bytearray(text.encode())
    data[400] = 0xFF
    decoded, encoding = decode(bytes(data))
    assert encoding == "utf-8"
    assert sum(a != b for a, b in zip(decoded, text, strict=False)) <= len(text)
    assert "\ufffd" in decoded


@pytest.mark.parametrize(
    ("page", "header", "shown"),
    [
        ('<meta charset="windows-1251"><p>мост</p>'.encode("cp1251"), None, "мост"),
        (b'<?xml version="1.0" encoding="iso-8859-2"?><p>\xb3ad</p>', None, "ład"),
        ('<meta charset="latin-1"><p>мост</p>'.encode(), None, "мост"),
        ('<meta charset="utf-8"><p>мост</p>'.encode("koi8-r"), "koi8-r", "мост"),
        ('<meta content="text/html; charset=Shift_JIS"><p>橋</p>'.encode("cp932"), None, "橋"),
        ("<meta charset=utf-16><p>naïve</p>".encode("cp1252"), None, "naïve"),
    ],
)  # fmt: skip
def test_pages_are_decoded_by_header_then_declaration(
    page: bytes, header: str | None, shown: str
) -> None:
    assert shown in decode_page(page, header)[0]


def test_binary_is_told_from_text() -> None:
    assert is_binary(bytes(range(256)))
    assert is_binary(b"\0" * 100)
    assert not is_binary(b"a\0b")
    for own, text in SAMPLES.values():
        assert not is_binary(text.encode(own))


def test_real_text_of_twenty_languages(shared_data: pathlib.Path) -> None:
    for path in sorted((shared_data / "language").glob("*.txt")):
        text = path.read_text("utf-8")[:4000]
        # What looks like a control character there is one; everything else stays as it is.
        if not any("\x80" <= char <= "\x9f" for char in text):
            assert repair_mojibake(text) == text, path.name
        for encoding in ("utf-16-le", "utf-16-be"):
            assert decode(text.encode(encoding)) == (text, encoding), path.name


SENTENCES = {
    "cp1251": "Совет города решил открыть мост весной, сообщил мэр в понедельник.",
    "koi8-r": "Совет города решил открыть мост весной, сообщил мэр в понедельник.",
    "cp949": "시의회는 월요일 다리를 열기로 결정했다고 시장이 말했다.",
    "euc-jp": "市議会は月曜日に橋を開くことを決めたと市長が述べた。",
    "cp932": "市議会は月曜日に橋を開くことを決めたと市長が述べた。",
    "gb18030": "市议会星期一决定在春天开放这座桥，市长说，人们要走的是一条不长的路。",
    "big5": "市議會星期一決定在春天開放這座橋，市長說，人們要走的是一條不長的路。",
    "cp1253": "Το δημοτικό συμβούλιο αποφάσισε τη Δευτέρα να ανοίξει τη γέφυρα την άνοιξη.",
    "cp1250": "Městská rada v pondělí rozhodla, že most bude otevřen na jaře, řekl starosta.",
    "iso8859-2": "Miasto otworzy most wiosną, powiedział burmistrz. Zapłaci województwo.",
    "cp1254": "Belediye meclisi köprünün ilkbaharda açılmasına karar verdi, dedi başkan.",
    "cp1257": "Miesto taryba nusprendė atidaryti tiltą pavasarį, pranešė meras, išlaidas padengs.",
    "cp1252": "Der Stadtrat beschloß am Montag, die Brücke im Frühjahr zu öffnen – „gern“.",
    "cp1256": "قرر مجلس المدينة يوم الاثنين فتح الجسر في الربيع، كما قال العمدة.",
    "cp1255": "מועצת העיר החליטה ביום שני לפתוח את הגשר באביב, אמר ראש העיר.",
}


@pytest.mark.parametrize("encoding", SENTENCES)
def test_a_single_sentence_comes_back(encoding: str) -> None:
    text = SENTENCES[encoding]
    assert decode(text.encode(encoding)) == (text, encoding)


def test_characters_of_seven_bits() -> None:
    japanese, korean = SENTENCES["euc-jp"], SENTENCES["cp949"]
    assert decode(japanese.encode("iso2022_jp")) == (japanese, "iso2022-jp")
    assert decode(korean.encode("iso2022_kr")) == (korean, "iso2022-kr")
    assert decode(b"A terminal in \x1b[31mred\x1b[0m.")[1] == "utf-8"


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp1253", "cp1255", "cp1256"])
def test_another_script_that_was_read_as_latin_1(encoding: str) -> None:
    text = SENTENCES[encoding]
    assert clean_text(text.encode(encoding).decode("latin-1")) == text


@pytest.mark.parametrize(
    "text",
    ["Þetta er íslenska og það er gott að lesa hana.", "ÀÉÎÕÜ ÄÖÜ ÉÈ", "Crème brûlée à côté"],
)
def test_accented_text_stays(text: str) -> None:
    assert clean_text(text) == text

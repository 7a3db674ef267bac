# ruff: noqa: RUF001 - letters and marks of other scripts are meant
"""Authors of polluted fields and of bylines in the text."""

from typing import Any

import pytest

from pipeline.dumps import DumpOptions
from pipeline.dumps.fields import article_from_record
from tests.dump_reading import BLOCK, transformed
from transforms.people import author_names, is_outlet, written_by

PARAGRAPHS = (
    "The lighthouse keeper of Sandvik found the lamp dark on Sunday morning and rowed to the "
    "mainland for help, although the wind stood against him.",
    "A mechanic of the coast office needed four hours to mend the motor that turns the lens.",
    "Ships had been warned by radio during the night, the harbour master told the board.",
)

FIELDS: list[tuple[Any, list[str]]] = [
    (
        "By Ada Moe, Bo Ek, Cy Ray, and Dee Lund, Sandvik Times",
        ["Ada Moe", "Bo Ek", "Cy Ray", "Dee Lund"],
    ),
    ("Ada Moe, Bo Ek & Cy Ray", ["Ada Moe", "Bo Ek", "Cy Ray"]),
    ("Moe, Ada", ["Ada Moe"]),
    ("Moe, Ada; Ek, Bo", ["Ada Moe", "Bo Ek"]),
    (["Moe, Ada", "Ek, Bo"], ["Ada Moe", "Bo Ek"]),
    ("de la Cruz, Maria", ["Maria de la Cruz"]),
    ("ADA MOE", ["Ada Moe"]),
    ("By ADA MOE and BO EK", ["Ada Moe", "Bo Ek"]),
    ("ada moe", ["Ada Moe"]),
    ("Ada Moe, Staff Writer", ["Ada Moe"]),
    ("Ada Moe Staff Writer", ["Ada Moe"]),
    ("Ada Moe, Senior Political Correspondent", ["Ada Moe"]),
    ("Ada Moe, Gnn Politics Reporter", ["Ada Moe"]),
    ("Analysis Ada Moe", ["Ada Moe"]),
    ("Analysis by Ada Moe, GNN Editor-at-large", ["Ada Moe"]),
    ("Opinion by Ada Moe", ["Ada Moe"]),
    (["Ada Moe", "Sports Columnist", "Follow Ada On", "Www.Facebook.Com Sandvik"], ["Ada Moe"]),
    (["Ada Moe", "View my complete profile"], ["Ada Moe"]),
    ("View my complete profile", []),
    (["Backgroundurl Avatar_Large", "Story Count", "Comment Count", "Popular Tags"], []),
    ("News Traffic Weather", []),
    ("Premier League", []),
    ("Weekdays Et", []),
    ("Nachrichten", []),
    ("SVT", []),
    ("Ada Moe and Bo Ek, harbour educators", ["Ada Moe", "Bo Ek"]),
    (["Lamp Relates To Sandvik Board", "A Keeper Believes He", "Million. This"], []),
    ("Red, Agenturen", []),
    (["Ada Moe", "Million. This"], ["Ada Moe"]),
    (["Ada Moe", "Champions League"], ["Ada Moe"]),
    ("Sandvik Times", []),
    (["Sandvik Times", "Ada Moe"], ["Ada Moe"]),
    ("Harbour Voice Sandvik", []),  # the outlet's own name
    ("Ada Moe, Harbour Voice Sandvik", ["Ada Moe"]),
    ("Ada Moe | Sandvik Post", ["Ada Moe"]),
    ("Ada Moe for Harbour Voice Sandvik", ["Ada Moe"]),
    ("Ada Moe in Berlin", ["Ada Moe"]),
    ("Ada Moe, Oslo", ["Ada Moe"]),
    (["Ada Moe", "Oslo"], ["Ada Moe"]),
    ("Ada Moe (Reuters)", ["Ada Moe"]),
    ("Reuters", ["Reuters"]),
    ("Associated Press", ["Associated Press"]),
    (["Ada Moe", "dpa"], ["Ada Moe", "dpa"]),
    ("Dr. Ada Moe, PhD", ["Ada Moe"]),
    ("Bo Ek, Jr.", ["Bo Ek Jr."]),
    ("ada.moe@sandvik.example", []),
    ("Ada Moe ada.moe@sandvik.example", ["Ada Moe"]),
    ("https://sandvik.example/ada", []),
    ("Ada Moe @adamoe", ["Ada Moe"]),
    ("Von Ada Moe und Jörg Ek", ["Ada Moe", "Jörg Ek"]),
    ("Par Anne Le Gall et Luc Roy", ["Anne Le Gall", "Luc Roy"]),
    ("Por Ana María de la Cruz y José Pérez", ["Ana María de la Cruz", "José Pérez"]),
    ("Di Carla Rossi e Ugo Neri", ["Carla Rossi", "Ugo Neri"]),
    ("Av Ada Moe og Bo Ek", ["Ada Moe", "Bo Ek"]),
    ("Иван Петров", ["Иван Петров"]),
    ("山田太郎", ["山田太郎"]),
    ("신현주 기자", ["신현주"]),
    ("Posted by Ada Moe on March 4, 2020", ["Ada Moe"]),
    ("Ada Moe Updated March 4, 2020", ["Ada Moe"]),
    ("The Editorial Board", []),
    ("admin", []),
    ("Redaktion", []),
    ("Redazione", []),
    ("Staff", []),
    ("webmaster", []),
    ("Reporter Ada Moe", ["Ada Moe"]),
    ("Reporting by Ada Moe; Editing by Bo Ek", ["Ada Moe"]),
    ("Ada Moe And Bo Ek", ["Ada Moe", "Bo Ek"]),
    ("GNN's Ada Moe", ["Ada Moe"]),
    ("Jean-Luc Le Roy", ["Jean-Luc Le Roy"]),
    ("J.D. Ray", ["J.D. Ray"]),
    ("Seán O'Ray", ["Seán O'Ray"]),
    ("Ludwig van Ek", ["Ludwig van Ek"]),
    ("Emily Post", ["Emily Post"]),
    ("Bo B. White, White House Correspondent", ["Bo B. White"]),
    ("April Page", ["April Page"]),
    ("Ada Moe,Bo Ek,Cy Ray", ["Ada Moe", "Bo Ek", "Cy Ray"]),
    ("Ada Moe\nPolitical Correspondent", ["Ada Moe"]),
    ([{"name": "Ada Moe"}, {"name": "Sandvik Herald"}], ["Ada Moe"]),
    ("Copyright Getty Images", []),
    ("Text: Ada Moe, Fotos: Bo Ek", ["Ada Moe"]),
    ("Tekst: Kari Moe Foto: Bo Ek", ["Kari Moe"]),
    ("Photographs by Bo Ek", []),
    ("Protokoll: Ada Moe", ["Ada Moe"]),
    ("a cura di Carla Rossi", ["Carla Rossi"]),
    ("dal nostro inviato Ugo Neri", ["Ugo Neri"]),
    ("Van onze correspondent Jan de Vries", ["Jan de Vries"]),
    ("Muhabir: Ayşe Yılmaz", ["Ayşe Yılmaz"]),
    ("Jan Moe, oprac. Anna Nowak", ["Jan Moe", "Anna Nowak"]),
    ("本报记者 王小明 李华", ["王小明", "李华"]),
    ("記者王小明／台北報導", ["王小明"]),
    ("كتب: أحمد محمود", ["أحمد محمود"]),
    ("منوعات", []),
    ("João da Silva, do G1, em São Paulo", ["João da Silva"]),
    ("Sportredaktion", []),
    ("Redaktionen", []),
    ("Newsdesk", []),
    ("Redacción Digital", []),
    ("Haber Merkezi", []),
    ("Pressestelle", []),
    ("Super User", []),
    ("Press Release", []),
    ("New York", []),
    ("United States", []),
    ("London", []),
    ("Ada Moe, New York", ["Ada Moe"]),
    ("Sen. Ada Moe and Rep. Bo Ek", ["Ada Moe", "Bo Ek"]),
    ("Ada Moe 4 March 2020", ["Ada Moe"]),
    ("March 4, 2020 Ada Moe", ["Ada Moe"]),
    ("Ada Moe 5 min read", ["Ada Moe"]),
    ("Ada Moe and 2 others", ["Ada Moe"]),
    ("Ada Moe AFP", ["Ada Moe", "AFP"]),
    (["Ada Moe", "Ada Moe Harbour Content"], ["Ada Moe"]),
]
"""What a dump's field says, of an article of Harbour Voice Sandvik, and who wrote it."""

BYLINES: list[tuple[list[str], list[str]]] = [
    (["By Ada Moe"], ["Ada Moe"]),
    (["BY ADA MOE"], ["Ada Moe"]),
    (["By Ada Moe and Bo Ek"], ["Ada Moe", "Bo Ek"]),
    (["By Ada Moe, Bo Ek and Cy Ray"], ["Ada Moe", "Bo Ek", "Cy Ray"]),
    (["By Ada Moe, Staff Writer"], ["Ada Moe"]),
    (["By Ada Moe", "Sandvik Times"], ["Ada Moe"]),
    (["Sandvik Times", "Published: 4 March 2024 06:30", "By Ada Moe"], ["Ada Moe"]),
    (["Ada Moe", "Sandvik Times", "March 4, 2024"], ["Ada Moe"]),
    (["Ada Moe", "March 4, 2024"], ["Ada Moe"]),
    (["Ada Moe", "4. März 2024"], ["Ada Moe"]),
    (["Ada Moe and Bo Ek", "4 March 2024 06:30"], ["Ada Moe", "Bo Ek"]),
    (["Sandvik Times", "4 March 2024"], []),
    (["Von Ada Moe und Jörg Ek"], ["Ada Moe", "Jörg Ek"]),
    (["Par Anne Le Gall"], ["Anne Le Gall"]),
    (["Por José Pérez"], ["José Pérez"]),
    (["Av Ada Moe"], ["Ada Moe"]),
    (["Written by Ada Moe"], ["Ada Moe"]),
    (["By ADA MOE, Associated Press"], ["Ada Moe"]),
    (["By the Editorial Board"], []),
    (["By Staff"], []),
    (["Text: Ada Moe"], ["Ada Moe"]),
    (["By Ada Moe in Oslo"], ["Ada Moe"]),
    (["Published on March 4, 2024", "by Ada Moe"], ["Ada Moe"]),
    (["Premier League"], []),
    (["World News"], []),
    (["New York"], []),
    (["By Ada Moe | March 4, 2024"], ["Ada Moe"]),
    (["By Ada Moe, Sandvik Post"], ["Ada Moe"]),
    (["Ada Moe / Sandvik Times"], ["Ada Moe"]),
    (["Jörg Ek, Sandvik Anzeiger"], ["Jörg Ek"]),
    (["Ada Moe", "SANDVIK TIMES"], ["Ada Moe"]),
    (["Sen. Ada Moe and Rep. Bo Ek", "Opinion contributors"], ["Ada Moe", "Bo Ek"]),
]
"""Lines between headline and text, and who wrote it."""


NOTES: list[tuple[list[str], list[str]]] = [
    (["Ada Moe is a staff writer at Harbour Voice."], ["Ada Moe"]),
    (["Ada Moe, 34, is a graduate of Sandvik, host of a show and columnist."], ["Ada Moe"]),
    (["Dr. Ada Moe is an associate professor of optics. Bo Ek is a fellow."], ["Ada Moe", "Bo Ek"]),
    (["Ada Moe is editor of Sandvik Review.", "Bo Ek is a reporter."], ["Ada Moe", "Bo Ek"]),
    (["Ada Moe\u2019s column appears regularly in the Voice."], ["Ada Moe"]),
    (["Ada Moe ist Redakteurin für Seefahrt."], ["Ada Moe"]),
    (["Ada Moe es periodista."], ["Ada Moe"]),
    (["Ada Moe is expected to repair the lamp."], []),
    (["What\u2019s next is a question for the editor."], []),
    (["Moe was a member of the board."], []),
]
"""Last lines of an article, and who wrote it."""


def authors(record: dict[str, Any]) -> list[str]:
    """Returns the authors of a record after all transforms of single articles."""
    article = article_from_record(record, BLOCK, 0, "utf-8", DumpOptions())
    found: list[str] = transformed([article])[0]["authors"]
    return found


def test_of_a_hundred_bylines_nineteen_names_in_twenty_are_right() -> None:
    text = "\n\n".join(PARAGRAPHS)
    found: list[tuple[set[str], set[str]]] = []
    for field, names in FIELDS:
        record = {"title": "Lamp goes dark", "text": text, "outlet": "Harbour Voice Sandvik"}
        found.append((set(authors(record | {"authors": field})), set(names)))
    for lines, names in BYLINES:
        record = {"text": "\n\n".join(("Lamp goes dark at Sandvik", *lines, text))}
        found.append((set(authors(record)), set(names)))
    right = sum(len(said & gold) for said, gold in found)
    wrong = [(said, gold) for said, gold in found if said != gold]
    assert len(found) >= 100
    assert right / sum(len(said) for said, _ in found) >= 0.95, wrong
    assert right / sum(len(gold) for _, gold in found) >= 0.95, wrong
    assert len(wrong) <= 5, wrong


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Senator Ada Moe", ["Ada Moe"]), ("Sens. Ada Moe and Bo Ek", ["Ada Moe", "Bo Ek"]),
        ("U.S. Sen. Ada Moe (D-Mass.)", ["Ada Moe"]), ("State Rep. Bo Ek", ["Bo Ek"]),
        ("Former Prime Minister Bo Ek", ["Bo Ek"]), ("Attorney General Ada Moe", ["Ada Moe"]),
        ("Prof. Dr. med. Ada Moe", ["Ada Moe"]), ("Lt. Col. Bo Ek", ["Bo Ek"]),
        ("The Hon. Bo Ek MP", ["Bo Ek"]), ("Frau Ada Moe", ["Ada Moe"]),
        ("Mme Anne Le Gall", ["Anne Le Gall"]), ("Dott. Ugo Neri", ["Ugo Neri"]),
        ("MUDr. Jana Nováková", ["Jana Nováková"]), ("dr hab. Jan Nowak", ["Jan Nowak"]),
        ("Rabbi Ada Moe and Bishop Bo Ek", ["Ada Moe", "Bo Ek"]),
        # Given and family names, and no name.
        ("Judge Moe", ["Judge Moe"]), ("Dean Ek", ["Dean Ek"]), ("Bishop Moe", ["Bishop Moe"]),
        ("Don Van Ek", ["Don Van Ek"]), ("Major Moe Ek", ["Major Moe Ek"]),
        ("M. Moe Ek", ["M. Moe Ek"]), ("Father John", ["Father John"]), ("Secretary", []),
    ],
)  # fmt: skip
def test_titles_before_a_full_name_are_none_of_it(text: str, names: list[str]) -> None:
    assert author_names(text) == names


def test_names_keep_their_order_and_each_once() -> None:
    assert author_names("By Bo Ek, Ada Moe and BO EK") == ["Bo Ek", "Ada Moe"]


@pytest.mark.parametrize(
    ("name", "outlet"),
    [("Sandvik Times", True), ("Daily Herald", True), ("El Diario Vasco", True), ("Times", False),
     ("Emily Post", False), ("Ada Moe", False)],
)  # fmt: skip
def test_names_of_outlets(name: str, outlet: bool) -> None:
    assert is_outlet(name) is outlet


def test_a_byline_picks_from_a_list_of_the_margin() -> None:
    margin = ["Ada Moe", "Bo Ek", "Cy Ray", "Dee Lund"]
    assert written_by(margin, ["Cy Ray"]) == ["Cy Ray"]
    assert written_by(margin, ["Flo Ness"]) == margin
    assert written_by(margin[:2], ["Ada Moe"]) == margin[:2]


@pytest.mark.parametrize(("lines", "names"), NOTES)
def test_a_note_at_the_end_says_who_wrote_it(lines: list[str], names: list[str]) -> None:
    assert authors({"title": "Lamp goes dark", "text": "\n\n".join((*PARAGRAPHS, *lines))}) == names


def test_a_note_about_the_author_counts_wherever_it_stands() -> None:
    note = "About the author Ada Moe of Sandvik is head of the board."
    lines = (PARAGRAPHS[0], note, *PARAGRAPHS[1:], *PARAGRAPHS)
    assert authors({"title": "Lamp goes dark", "text": "\n\n".join(lines)}) == ["Ada Moe"]


def test_whom_the_article_is_about_did_not_write_it() -> None:
    told = (
        "Ada Moe, the keeper of the lighthouse of Sandvik, found the lamp dark on Sunday morning."
    )
    lines = (told, *PARAGRAPHS, "Ada Moe is a member of the board.")
    assert authors({"title": "Lamp goes dark", "text": "\n\n".join(lines)}) == []


def test_of_four_names_and_more_of_a_dump_the_first_wrote_it() -> None:
    names = ["Ada Moe", "Bo Ek", "Cy Ray", "Dee Lund", "Eva Rus", "Flo Ness"]
    record = {"title": "Lamp goes dark", "text": "\n\n".join(PARAGRAPHS)}
    assert authors(record | {"authors": names}) == names[:1]
    assert authors(record | {"authors": names[:4]}) == names[:1]
    assert authors(record | {"authors": names[:3]}) == names[:3]
    offices = ["Ada Moe", "Staff Writer", "Bo Ek", "Foreign Desk", "Cy Ray", "Dee Lund"]
    assert authors(record | {"authors": offices}) == names[:4]
    noted = "\n\n".join((*PARAGRAPHS, "Cy Ray is a columnist of the Harbour Voice."))
    assert authors(record | {"authors": names, "text": noted}) == ["Cy Ray"]
    byline = "\n\n".join(("By Bo Ek and Cy Ray", *PARAGRAPHS))
    assert authors(record | {"authors": names, "text": byline}) == ["Bo Ek", "Cy Ray"]


def test_a_folder_of_the_address_picks_from_a_list_of_the_margin() -> None:
    margin = ["Ada Moe", "Bo Ék-Lund", "Cy Ray", "Dee Lund"]
    assert written_by(margin, [], "columns/boeklund/2024") == ["Bo Ék-Lund"]
    assert written_by(margin, [], "columns/bo-ek-lund") == ["Bo Ék-Lund"]
    assert written_by(margin, ["Cy Ray"], "columns/boeklund") == ["Cy Ray"]
    assert written_by(margin, [], "columns/boeklunds") == margin
    assert written_by(margin, [], "columns/senatoradamoe") == ["Ada Moe"]
    assert written_by(margin[:3], ["Cy Ray"], "columns/boeklund") == ["Bo Ék-Lund"]


@pytest.mark.parametrize(
    ("folder", "last", "names"),
    [
        ("columnists/floness/2024", "Buy Flo Ness\u2019s book about the lamp.", ["Flo Ness"]),
        ("columnists/floness/2024", "Buy a book about the lamp.", []),
        ("authors/flo-ness", "Buy a book about the lamp.", ["Flo Ness"]),
        ("columnists/adamoeandboek", "Buy a book about the lamp.", ["Ada Moe", "Bo Ek"]),
        ("columnists/2024", "Buy a book about the lamp.", ["Ada Moe"]),
    ],
)
def test_a_column_of_somebody_else_is_nobodys_of_the_list(
    folder: str, last: str, names: list[str]
) -> None:
    record = {
        "title": "Lamp goes dark",
        "text": "\n\n".join((*PARAGRAPHS, last)),
        "authors": ["Ada Moe", "Bo Ek", "Cy Ray", "Dee Lund"],
        "url": f"https://sandvik.example/{folder}/lamp-goes-dark",
    }
    assert authors(record) == names


@pytest.mark.parametrize(
    ("url", "source", "stated", "names"),
    [
        ("https://www.reuters.com/lamp", "Flo Ness", [], ["Flo Ness"]),
        ("https://www.reuters.com/lamp", "Flo Ness", ["Ada Moe"], ["Ada Moe"]),
        ("https://www.reuters.com/lamp", "Flo Ness (Sandvik Times)", [], []),
        ("https://www.reuters.com/lamp", "Sandvik Research Center", [], []),
        ("https://www.kattegat.example/lamp", "Flo Ness", [], []),  # it may be the site's name
    ],
)
def test_a_person_as_source_of_a_known_outlet_wrote_it(
    url: str, source: str, stated: list[str], names: list[str]
) -> None:
    text = "\n\n".join(PARAGRAPHS)
    record = {"title": "Lamp goes dark", "text": text, "url": url, "source": source}
    assert authors(record | {"authors": stated}) == names

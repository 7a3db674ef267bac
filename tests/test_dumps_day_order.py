"""Days such as 3/4/2024: one order for a dump, or for each of its hosts."""

import gzip
import json
import pathlib
import tempfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dumps import DumpOptions, DumpRange, parse_block, read_range, split_dump
from pipeline.dumps.day_order import day_order
from tests.dump_reading import articles, read, write

DAYS = [(28, 2), (29, 2), (1, 3), (2, 3), (13, 3)]  # day, month
TEXT = "The ferry to the islands will sail again on Monday, the harbour office said."


def rows(form: str, host: str = "gazette.example") -> list[dict[str, str]]:
    return [
        {"title": f"Story {day}", "date": form.format(d=day, m=month, y=2024), "text": TEXT,
         "url": f"https://{host}/{day}"}
        for day, month in DAYS
    ]  # fmt: skip


def dump(kind: str, records: list[dict[str, str]]) -> bytes:
    if kind == "csv":
        lines = [",".join(f'"{value}"' for value in record.values()) for record in records]
        return "\n".join(["title,date,text,url", *lines]).encode() + b"\n"
    if kind == "jsonl":
        return "".join(json.dumps(record) + "\n" for record in records).encode()
    if kind == "gzip":
        return gzip.compress(dump("jsonl", records))
    if kind == "parquet":
        sink = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pylist(records), sink, row_group_size=2)
        return sink.getvalue().to_pybytes()
    return json.dumps(records).encode()


@pytest.mark.parametrize("kind", ["csv", "jsonl", "json", "gzip", "parquet"])
@pytest.mark.parametrize(
    "form", ["{d:02}/{m:02}/{y}", "{m:02}/{d:02}/{y}", "{d}-{m}-{y}", "{m}-{d}-24", "{d}.{m}.{y}",
             "{d:02}/{m:02}/{y} 10:15"],
)  # fmt: skip
def test_a_column_has_one_order(kind: str, form: str, tmp_path: pathlib.Path) -> None:
    path = write(tmp_path, f"dump.{kind}", dump(kind, rows(form)))
    found = articles(read(path))
    assert [(a["published_on"].day, a["published_on"].month) for a in found] == DAYS


def test_hosts_that_write_days_in_different_orders(tmp_path: pathlib.Path) -> None:
    records = rows("{d:02}/{m:02}/{y}", "gazette.example") + rows(
        "{m:02}/{d:02}/{y}", "www.post.example"
    )
    found = articles(read(write(tmp_path, "dump.jsonl", dump("jsonl", records))))
    assert [(a["published_on"].day, a["published_on"].month) for a in found] == DAYS * 2


def test_without_evidence_a_slash_is_month_first(tmp_path: pathlib.Path) -> None:
    records = [record for record in rows("{d:02}/{m:02}/{y}") if record["date"] < "13"]
    found = articles(read(write(tmp_path, "dump.jsonl", dump("jsonl", records))))
    assert [(a["published_on"].month, a["published_on"].day) for a in found] == [(1, 3), (2, 3)]


def test_days_within_a_text_are_no_values() -> None:
    assert day_order(b'{"text": "It opened on 28/02/2024, at noon.", "date": "3/4/2024"}') == {}


@given(st.lists(st.sampled_from([*DAYS, (3, 4)]), min_size=1, max_size=12), st.sampled_from("dm"))
def test_ranges_agree_with_the_whole(days: list[tuple[int, int]], first: str) -> None:
    form = "{d}/{m}/2024" if first == "d" else "{m}/{d}/2024"
    records = [{"date": form.format(d=d, m=m), "text": TEXT} for d, m in days]
    with tempfile.TemporaryDirectory() as folder:
        path = write(pathlib.Path(folder), "dump.jsonl", dump("jsonl", records))
        options = DumpOptions()
        whole = [a["published_on"] for a in articles(read(path))]
        parts = split_dump(DumpRange(str(path)), options, 100)
        found = [
            item["published_on"]
            for part in parts
            for block in read_range(part, options)
            for item in parse_block(block, options)
        ]
    assert found == whole


SPANISH = "El consejo del puerto votó el martes por la noche a favor de cerrar la terminal. " * 4
ENGLISH = "The council of the harbour voted on Tuesday night to close the ferry terminal. " * 4


@pytest.mark.parametrize(
    ("record", "month"),
    [
        ({"title": "A", "text": ENGLISH, "date": "02/03/2020"}, 2),
        ({"title": "A", "text": ENGLISH, "date": "02/03/2020", "url": "https://a.example.com/"}, 2),
        ({"title": "A", "text": ENGLISH, "date": "02/03/2020", "url": "https://a.co.uk/1"}, 3),
        ({"title": "A", "text": ENGLISH, "date": "02/03/2020", "url": "https://a.co/1"}, 2),
        ({"title": "A", "text": SPANISH, "date": "02/03/2020"}, 3),
        ({"titulo": "A", "texto": "Breve.", "fecha": "02/03/2020"}, 3),
        ({"заголовок": "A", "текст": "Кратко.", "дата": "02/03/2020"}, 3),
        ({"제목": "A", "본문": "짧다.", "날짜": "02/03/2020"}, 2),
        ({"title": "A", "text": SPANISH, "date": "02/03/2020", "language": "en"}, 2),
    ],
)
def test_language_and_country_decide_where_no_value_does(
    record: dict[str, str], month: int, tmp_path: pathlib.Path
) -> None:
    (found,) = articles(read(write(tmp_path, "a.jsonl", dump("jsonl", [record]))))
    assert found["published_on"].month == month


def warnings(path: pathlib.Path) -> list[list[str]]:
    return [[reason for reason, _ in article["warnings"]] for article in articles(read(path))]


def test_an_order_that_nothing_decides_is_told_once(tmp_path: pathlib.Path) -> None:
    records = [record for record in rows("{d:02}/{m:02}/{y}") if record["date"] < "13"]
    path = write(tmp_path, "dump.csv", dump("csv", records))
    assert warnings(path) == [["guessed_date"], []]


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("{d:02}/{m:02}/{y}", {}),  # 28/02 decides
        ("{y}-{m:02}-{d:02}", {}),
        ("03/0{d}/{y}", {"language": "de"}),
    ],
)
def test_an_order_that_something_decides_is_not_told(
    form: str, names: dict[str, str], tmp_path: pathlib.Path
) -> None:
    records = [record | names for record in rows(form)]
    path = write(tmp_path, "dump.jsonl", dump("jsonl", records))
    assert not any("guessed_date" in reasons for reasons in warnings(path))

"""Rows of a small, consistent corpus, and a run that commits them; for tests of the warehouse."""

import dataclasses
import datetime
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.article import paragraph_id
from pipeline.plan import discover
from pipeline.transform import Column, Table
from pipeline.warehouse import (
    CATALOG_NAME,
    DataFile,
    Input,
    Manifest,
    Schema,
    Warehouse,
    build_schema,
    write_table,
)
from tests import PATIENCE

SCHEMA = build_schema([member() for member in discover()])
COLUMNS = {name: table.columns for name, table in SCHEMA.tables.items()}
SCHEMAS = {name: SCHEMA.arrow(name) for name in SCHEMA.tables}


def wider(table: str, **columns: Column) -> Schema:
    """Returns the schema with more columns in a table, or with another table."""
    known = SCHEMA.tables.get(table, Table("A row of a test.", {}))
    more = dataclasses.replace(known, columns={**known.columns, **columns})
    return dataclasses.replace(SCHEMA, tables={**SCHEMA.tables, table: more})


START = datetime.datetime(2026, 11, 22, 6, 0, tzinfo=datetime.UTC)
OUTLETS = ("The Harbour Post", "Valley Courier", None)


def run_id(number: int) -> str:
    return f"20261122T{number:06d}Z-{number:04x}"


def _article_id(number: int) -> str:
    return f"{number:024x}"


def corpus_rows(number: int, articles: int = 6) -> dict[str, list[dict[str, Any]]]:
    """Returns the rows run ``number`` writes: table -> rows.

    Each article has four paragraphs. Of every odd one the first paragraph equals that of the
    article before, an agency's, the second nearly does, and the third, a quotation, is part of its
    third. Article 3 of every six is a second edition of the first of them.
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMA.tables if name != "runs"}
    run = run_id(number)
    for index in range(number * articles, (number + 1) * articles):
        source = index - 1 if index % 2 else index
        article, earlier = _article_id(index), _article_id(source)
        paragraphs = [
            f"The harbour of town {source} was closed on Monday after a storm.",
            f"Ferry number {source} will sail again on {'Wednesday' if index % 2 else 'Tuesday'}.",
            f"The pilots of pier {source} said so."
            if index % 2
            else f"The pilots of pier {source} said so. Nobody was hurt, the mayor added.",
            f"Reader {index} wrote to us about the café.",
        ]
        duplicates = 2 if index % 2 else 0
        language = ("en", "de", None)[index // 2 % 3]
        is_edition = index % 6 == 3 and index - 3 >= number * articles
        rows["articles"].append(
            {
                "article_id": article,
                "source_file": f"dumps/{index}.txt",
                "record_index": 0,
                "dump_format": "text",
                "url": f"https://example.org/{index}",
                "outlet": OUTLETS[index % 3],
                "title": f"Storm closes harbour {source}",
                "authors": ["A. Mariner"],
                "published_at": START + datetime.timedelta(hours=index),
                "language": language,
                "agency": None if index % 2 else "Coastal Press Agency",
                "agency_own": not index % 2,
                "edition_of": _article_id(index - 3) if is_edition else None,
                "edition_number": 2 if is_edition else 1,
                "tags": ["weather"],
                "topics": ["weather"],
                "keywords": ["harbour", "ferry"],
                "story_id": earlier,
                "text": "\n\n".join(paragraphs),
                "unique_text": "\n\n".join(paragraphs[duplicates:]),
                "word_count": sum(len(text.split()) for text in paragraphs),
                "paragraph_count": 4,
                "duplicate_paragraph_count": duplicates,
                "removed_line_count": 2,
                "ingested_at": START,
            }
        )
        for position, text in enumerate(paragraphs, start=1):
            copied = position <= duplicates
            own, other = paragraph_id(article, position), paragraph_id(earlier, position)
            rows["paragraphs"].append(
                {
                    "paragraph_id": own,
                    "article_id": article,
                    "position": position,
                    "text": text,
                    "word_count": len(text.split()),
                    "cluster_id": other if copied else own,
                    "is_duplicate": copied,
                    "duplicate_of": other if copied else None,
                    "similarity": (1.0, 0.75)[position - 1] if copied else None,
                    "language": language,
                }
            )
            if index % 2 and position <= 3:
                shared = text.rstrip(".").removesuffix(" Wednesday")
                ends = {"start": 0, "source_start": 0}
                ends |= {"end": len(shared), "source_end": len(shared)}
                rows["paragraph_links"].append(
                    {
                        "paragraph_id": own,
                        "source_paragraph_id": other,
                        "kind": ("exact", "near", "contained")[position - 1],
                        "reuse": ("wire", "copy", "quotation")[position - 1],
                        "reuse_evidence": ("agency", "credit", "marks")[position - 1],
                        "direction": ("agency", "credit", "common")[position - 1],
                        "shared_words": len(shared.split()),
                        "holders": 2,
                        "holder_outlets": 2,
                        "spans": [ends],
                        "similarity": (1.0, 0.75, 0.4)[position - 1],
                        "containment": (1.0, 0.86, 1.0)[position - 1],
                        "source_containment": (1.0, 0.86, 0.4)[position - 1],
                    }
                )
        for line, (text, rule) in enumerate(
            [("Share this page", "share_prompt_v1"), ("By A. Mariner", "field:byline")], start=5
        ):
            rows["removed_lines"].append(
                {"article_id": article, "line_number": line, "text": text, "rule": rule}
            )
    rows["rejects"].append(
        {
            "source_file": f"dumps/broken-{number}.html",
            "record_index": 0,
            "stage": "read",
            "reason": "empty",
            "detail": "The dump holds no bytes. Fetch it again.",
            "raw": b"",
        }
    )
    for table in rows.values():
        for row in table:
            row["run_id"] = run
    return rows


def as_table(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    schema = SCHEMAS[table]
    return pa.Table.from_pylist([dict.fromkeys(schema.names) | row for row in rows], schema=schema)


def write_rows(root: str | Path, number: int, articles: int = 6) -> list[DataFile]:
    """Writes the rows of a run without committing them."""
    return [
        file
        for table, rows in corpus_rows(number, articles).items()
        for file in write_table(
            str(root), table, as_table(table, rows), SCHEMAS[table], run_id(number), "0"
        )
    ]


def run_row(number: int, articles: int = 6) -> dict[str, Any]:
    return {
        "run_id": run_id(number),
        "started_at": START,
        "finished_at": START,
        "version": "0.1.0",
        "settings": "{}",
        "dumps": articles + 1,
        "records": articles + 1,
        "lines": 6 * articles,
        "duplicate_paragraphs": articles,
        "removed_by_rule": {"field:byline": articles, "share_prompt_v1": articles},
    }


def commit_run(root: str | Path, number: int, articles: int = 6) -> Manifest:
    """Opens the warehouse, writes a run's rows and commits them."""
    warehouse = Warehouse(str(root))
    with warehouse.open_for_writing(SCHEMA):
        warehouse.staging_folder(run_id(number))
        files = write_rows(root, number, articles)
        manifest = warehouse.commit(
            run_row(number, articles), files, [Input(f"dumps/{number}", 10, f"{number:08x}")]
        )
        warehouse.remove_staging(run_id(number))
        return manifest


def commit_rows(
    root: str | Path,
    rows: Mapping[str, list[dict[str, Any]]],
    number: int = 0,
    run: Mapping[str, Any] | None = None,
) -> Manifest:
    """Commits rows of some tables, with NULL in columns they lack, and the row of their run."""
    warehouse = Warehouse(str(root))
    with warehouse.open_for_writing(SCHEMA):
        files = [
            file
            for table, members in rows.items()
            for file in write_table(
                str(root), table, as_table(table, members), SCHEMAS[table], run_id(number), "0"
            )
        ]
        return warehouse.commit(run or {"run_id": run_id(number)}, files)


def query(root: str | Path, sql: str) -> list[tuple[Any, ...]]:
    """Returns the rows of a query on the catalog."""
    import duckdb  # most children of the tests need none

    with duckdb.connect(f"{root}/{CATALOG_NAME}", read_only=True) as connection:
        return connection.execute(sql).fetchall()


def shell(catalog: str | Path, sql: str, cwd: str | Path | None = None) -> str:
    """Runs SQL in the DuckDB shell of the package duckdb-cli; returns what it prints, as CSV."""
    done = subprocess.run(
        [sys.executable, "-m", "duckdb_cli", "-readonly", "-batch", "-bail", "-csv", "-noheader",
         str(catalog), "-c", sql],
        capture_output=True, text=True, check=False, timeout=PATIENCE, cwd=cwd,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout


def tree(root: str | Path) -> Mapping[str, bytes]:
    """Returns every file below a folder with its content."""
    root = Path(root)
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }

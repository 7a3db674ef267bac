"""Lists what an outlet still repeats in a warehouse: `python -m tests.bench.outlet_leftovers DIR`.

Prints the most repeated kept paragraphs, and the most repeated heads and tails of five words, each
with an example, for reading by eye: how many of them are boilerplate?
"""

import argparse
import pathlib

import duckdb

WORDS = 5
"""Words of a head or tail."""


def leftovers(warehouse: pathlib.Path, limit: int) -> dict[str, list[tuple[str, int, str]]]:
    """Returns (outlet, stories, example) of what is repeated most, by kind.

    Args:
      warehouse: its folder.
      limit: most rows of each kind.
    """
    keys = {
        "lines": "list_aggregate(words, 'string_agg', ' ')",
        "heads": f"words[:{WORDS}]",
        "tails": f"words[-{WORDS}:]",
    }
    found = {}
    with duckdb.connect(str(warehouse / "news.duckdb"), read_only=True) as catalog:
        for kind, key in keys.items():
            long = "" if kind == "lines" else f"AND len(words) > {WORDS}"
            found[kind] = catalog.sql(
                f"""
                SELECT outlet, count(DISTINCT story) AS stories, min(text)
                FROM (
                  SELECT a.outlet, coalesce(a.title, a.article_id) AS story, p.text,
                         regexp_extract_all(lower(p.text), '[\\p{{L}}\\p{{M}}\\p{{N}}]+') AS words
                  FROM paragraphs AS p JOIN articles AS a USING (article_id)
                  WHERE a.outlet IS NOT NULL
                ) WHERE len(words) > 0 {long}
                GROUP BY outlet, {key} HAVING stories > 1
                ORDER BY stories DESC, outlet, min(text) LIMIT {limit}
                """
            ).fetchall()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouse", type=pathlib.Path)
    parser.add_argument("--limit", type=int, default=100, help="rows of each kind")
    arguments = parser.parse_args()
    for kind, rows in leftovers(arguments.warehouse, arguments.limit).items():
        print(f"{kind}: outlet, stories, example")
        for outlet, stories, text in rows:
            shown = text if len(text) <= 160 else f"{text[:100]} … {text[-55:]}"
            print(f"  {outlet}, {stories}: {shown}")


if __name__ == "__main__":
    main()

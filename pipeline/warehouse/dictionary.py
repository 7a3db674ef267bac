"""The data dictionary in Markdown: every table, view and macro of the catalog.

``python -m pipeline.warehouse.dictionary`` prints that of the installed transforms; with the path
of ``warehouse/README.md`` it writes it there.
"""

import sys
from collections.abc import Mapping, Sequence

from pipeline.transform import Column, discover
from pipeline.warehouse.schema import TABLES, TRANSFORM_TABLE, duckdb_type, table_columns
from pipeline.warehouse.views import MACROS, VIEWS


def data_dictionary(columns: Mapping[str, Mapping[str, Column]]) -> str:
    """Returns the data dictionary as Markdown: every table, view and macro of the catalog.

    Args:
      columns: as ``table_columns`` returns them.
    """
    parts = []
    for table, members in columns.items():
        rows = "\n".join(
            f"| {name} | {duckdb_type(column.type)} | {_cell(column.description)} |"
            for name, column in members.items()
        )
        parts.append(
            f"### {table}\n\nOne row is: {_lower(TABLES.get(table, TRANSFORM_TABLE))}\n\n"
            f"| column | type | meaning |\n|---|---|---|\n{rows}\n"
        )
    for name, view in VIEWS.items():
        rows = "\n".join(
            f"| {column} | {_cell(meaning)} |" for column, meaning in view.columns.items()
        )
        parts.append(
            f"### {name}\n\nA view; one row is: {_lower(view.description)}\n\n"
            f"| column | meaning |\n|---|---|\n{rows}\n"
        )
    for name, macro in MACROS.items():
        parts.append(f"### {name}\n\nA macro, `{macro.signature}`. {macro.description}\n")
    return "\n".join(parts)


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main(arguments: Sequence[str]) -> None:
    """Prints the data dictionary of the installed transforms, or puts it into a file.

    Args:
      arguments: nothing; or the path of a Markdown file with the lines ``<!-- dictionary -->`` and
        ``<!-- end of dictionary -->``, to write what lies between anew.
    """
    dictionary = data_dictionary(table_columns([member() for member in discover()]))
    if not arguments:
        sys.stdout.write(dictionary)
        return
    [path] = arguments
    with open(path, encoding="utf-8") as file:
        content = file.read()
    before, begin, rest = content.partition("<!-- dictionary -->\n")
    _, end, after = rest.partition("<!-- end of dictionary -->")
    if not end:
        sys.exit(f"{path} lacks the lines <!-- dictionary --> and <!-- end of dictionary -->.")
    with open(path, "w", encoding="utf-8") as file:
        file.write(before + begin + dictionary + end + after)


if __name__ == "__main__":
    main(sys.argv[1:])

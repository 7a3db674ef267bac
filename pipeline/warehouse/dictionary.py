"""The data dictionary in Markdown: every table, view and macro of the catalog.

``python -m pipeline.warehouse.dictionary`` prints that of the installed transforms; with the path
of ``warehouse/README.md`` it writes it there.
"""

import sys
from collections.abc import Iterable, Sequence

from pipeline.plan import discover
from pipeline.transform import Transform
from pipeline.warehouse.catalog import COLUMNS, catalog_statements, connect
from pipeline.warehouse.manifest import SCHEMA_VERSION, Manifest
from pipeline.warehouse.schema import Schema, build_schema

_MACROS = """
    SELECT function_name, array_to_string(parameters, ', '), coalesce(comment, '')
    FROM duckdb_functions()
    WHERE function_type LIKE '%macro' AND NOT internal ORDER BY function_oid
"""


def data_dictionary(schema: Schema) -> str:
    """Returns the data dictionary as Markdown: every table, view and macro of the catalog.

    Args:
      schema: tables and SQL of the transforms.
    """
    with connect() as connection:
        for statement in catalog_statements(Manifest(0, SCHEMA_VERSION, "", "", {}, ()), schema):
            connection.execute(statement)
        columns = connection.execute(COLUMNS).fetchall()
        macros = connection.execute(_MACROS).fetchall()
    parts: dict[str, str] = {}
    for name, description, column, kind, comment in columns:
        table = name in schema.tables
        if name not in parts:
            row = "One row is" if table else "A view; one row is"
            parts[name] = f"### {name}\n\n{row}: {_lower(description)}\n"
        if comment:  # a view with the columns of a table has none, and says so
            head = "| column | type | meaning |" if table else "| column | meaning |"
            if head not in parts[name]:
                parts[name] += f"\n{head}\n{'|---' * (head.count('|') - 1)}|\n"
            meaning = comment.replace("|", "\\|").replace("\n", " ")
            cells = (column, kind, meaning) if table else (column, meaning)
            parts[name] += f"| {' | '.join(cells)} |\n"
    for name, parameters, comment in macros:
        parts[name] = f"### {name}\n\nA macro, `{name}({parameters})`. {comment}\n"
    return "\n".join(parts.values())


def rules_of(members: Iterable[Transform]) -> str:
    """Returns the values of ``removed_lines.rule`` as Markdown: each rule of the transforms."""
    rows = "".join(
        f"| {rule} | {about} |\n" for member in members for rule, about in member.removes().items()
    )
    return f"### Values of removed_lines.rule\n\n| rule | the line was |\n|---|---|\n{rows}"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def main(arguments: Sequence[str]) -> None:
    """Prints the data dictionary of the installed transforms, or puts it into a file.

    Args:
      arguments: nothing; or the path of a Markdown file with the lines ``<!-- dictionary -->`` and
        ``<!-- end of dictionary -->``, to replace what stands between.
    """
    members = [member() for member in discover()]
    dictionary = data_dictionary(build_schema(members)) + "\n" + rules_of(members)
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

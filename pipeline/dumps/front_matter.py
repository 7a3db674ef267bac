"""Front matter of Markdown: fields in YAML (``---``) or TOML (``+++``) before the text."""

import re
import tomllib

from pipeline.dumps.labels import HEADER, LABELS, NO_COLUMNS, FieldText

FRONT_MATTER = re.compile(
    r"\s*(?:---[ \t]*\n(?P<yaml>.{1,65536}?)\n(?:---|\.\.\.)|\+\+\+[ \t]*\n(?P<toml>.{1,65536}?)\n"
    r"\+\+\+)[ \t]*(?:\n|\Z)",
    re.DOTALL,
)


def front_matter(text: str, front: re.Match[str]) -> FieldText | None:
    """Reads the fields that Markdown has before it; ``None`` if they are none.

    Args:
      text: the front matter and the text.
      front: match of ``FRONT_MATTER`` with it.
    """
    # Imported here since few dumps have front matter.
    import yaml

    try:
        if front["toml"] is not None:
            record = tomllib.loads(front["toml"])
        else:
            # Its base loader makes texts, lists and dicts, and nothing else.
            record = yaml.load(front["yaml"], yaml.BaseLoader)
    except (yaml.YAMLError, tomllib.TOMLDecodeError, RecursionError):
        return None
    if type(record) is not dict or not record:
        return None
    record = {str(name): value for name, value in record.items()}
    for name in ("text", "content", "body", "html"):
        record.pop(name, None)
    count = text.count("\n", 0, front.end()) + (not text[: front.end()].endswith("\n"))
    lines = text.split("\n")
    field_lines, field = [], HEADER
    for number, line in enumerate(lines[:count], 1):
        if not line.strip():
            continue
        label = re.match(r"([\w-]+)\s*[:=]", line)
        if label:
            field = LABELS.get(label[1].lower(), (HEADER, 0))[0]
        elif not line.startswith((" ", "\t", "-")) or line.startswith("---"):
            field = HEADER
        field_lines.append((number, HEADER if field in NO_COLUMNS else field))
    return FieldText(text, record, field_lines)

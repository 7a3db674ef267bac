"""ALTO: the text of a scanned page, word by word, as libraries keep their digitised newspapers.

A block is a paragraph. A word that is broken at the end of a line is whole in ``SUBS_CONTENT`` of
its first part (Library of Congress, ALTO 2 to 4).
"""

from typing import Any


def _local(node: Any) -> str:
    return node.tag.rpartition("}")[2] if type(node.tag) is str else ""


def page_blocks(page: Any) -> list[str]:
    """Returns the text of each block of a ``Page`` of ALTO that has any."""
    blocks = (node for node in page.iter() if _local(node) == "TextBlock")
    return [text for block in blocks if (text := " ".join(_words(block)))]


def _words(block: Any) -> list[str]:
    words = []
    for node in block.iter():
        if _local(node) != "String" or node.get("SUBS_TYPE") == "HypPart2":
            continue
        whole = node.get("SUBS_CONTENT") if node.get("SUBS_TYPE") == "HypPart1" else None
        words.append(whole or node.get("CONTENT", ""))
    return [word for word in words if word.strip()]

"""Left-over mark-up: short codes, lines of nothing but an address, scripts and style sheets."""

import re

SHORT_CODE = re.compile(
    r"\[/[a-z][\w-]*\]|\[[a-z][\w-]*\s[^\]]*=[^\]]*\]|\[[a-z]+_[a-z_]+\]"
    r"|\[([a-z][\w-]*)\](?=.*\[/\1\])|\[(?:caption|embed|gallery|audio|video|playlist|pullquote"
    r"|break|more|ad|ads|adsense|quote|html|youtube|tweet|twitter|instagram|iframe|newsletter"
    r"|related|sidebar|divider|nextpage)\]",
    re.IGNORECASE,
)
ADDRESS_ONLY = re.compile(
    r"^\W*(?:https?://\S+|www\.\S+|pic\.twitter\.com/\S+|\S+@\S+\.\w{2,}|[\w.-]+\.(?:com|org"
    r"|net)(?:/\S*)?)\W*$",
    re.IGNORECASE,
)
SCRIPT = re.compile(
    r"^\s*(?:var |function\s*\(|window\.|document\.|\$\(|\}\s*\)|<!--|<script|<style|\{\{"
    r"|googletag|@media |@import|\.[\w-]+\s*\{|#[\w-]+\s*\{)|\}\s*catch\s*\(|jQuery\("
)


def may_be_script(text: str) -> bool:
    """Whether the line holds what every script or style sheet begins with or holds."""
    return "{" in text or "jQuery(" in text or text.startswith(SCRIPT_STARTS)


SCRIPT_STARTS = (
    "var ",
    "function",
    "window.",
    "document.",
    "$(",
    "}",
    "<",
    "googletag",
    "@",
    ".",
    "#",
)

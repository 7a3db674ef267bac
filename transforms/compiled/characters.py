"""Classes of characters, as tables of code points give them to the compiled loops."""

SEPARATOR, LETTER, APOSTROPHE, SPACELESS, MARK, COMPLEX, SPACE, DIGIT = range(8)
"""What a character is; a ``COMPLEX`` one normalises only with its neighbours. The tokeniser takes
white space for any separator and digits for letters; ``SPACE`` and ``DIGIT`` are for others."""

UNKNOWN = 255
"""Class of a character that was not looked at yet."""

LINE_END = ord("\n")
"""Ends each line handed to a compiled loop."""

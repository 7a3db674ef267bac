"""Counts of the documents of an export (``3 of 120 DOCUMENTS``)."""

import itertools

OF = rb"(?:of|von|de|van|di|sur|af|av|\xd0\xb8\xd0\xb7)"
DOCUMENTS = rb"(?:documents?|dokument(?:e|en)?|documentos?|documenti|documenten)"
"""Words of a count in the languages of LexisNexis."""


class Counted:
    """The counts that were read so far."""

    def __init__(self) -> None:
        self._counts: list[tuple[int, int]] = []

    def add(self, number: int, total: int) -> None:
        """Takes the next count."""
        self._counts.append((number, total))

    def rises(self) -> bool:
        """Returns True if the numbers rise; another export may follow, of another total or from 1.

        A single one must be 1 of 1.
        """
        numbers = self._counts
        return (
            all(1 <= number <= total for number, total in numbers)
            and all(
                later[0] == 1 or later[0] > earlier[0] or later[1] != earlier[1]
                for earlier, later in itertools.pairwise(numbers)
            )
            and (len(numbers) > 1 or numbers == [(1, 1)])
        )

    def problem(self) -> str:
        """Returns what is missing by the counts; empty if nothing is."""
        gap, expected, last = "", 1, 0
        for number, total in [*self._counts, (1, 0)]:
            if number == 1 and expected > 1:
                if expected <= last and not gap:
                    gap = f"after {expected - 1:,} of {last:,} comes no other"
                expected = 1
            if total and number != expected and not gap:
                gap = f"{number:,} of {total:,} comes where {expected:,} should"
            expected, last = number + 1, total
        if not gap:
            return ""
        return (
            f"The export counts its documents, and some are missing: {gap}; {len(self._counts):,} "
            "were found and kept. Export the others again, unless you left them out."
        )

"""Finds the runs of capitalised words that may be names, with the small words inside them."""

import functools
import re
from collections.abc import Iterator

ORGANISATIONS = frozenset(
    """
    agency alliance association authority bank board bureau church club coalition college commission
    committee company congress corp corporation council court department enterprises federation
    force forces foundation front fund group inc institute international league llc ltd ministry
    movement office organisation organization parliament party plc police press senate service
    society times union university ag bundesamt bundesbank gericht gesellschaft gewerkschaft
    institut verein gmbh ministerium partei universität verband asociación banco comisión consejo
    federación ministerio partido universidad tribunal banque comité conseil fédération academy
    administration airlines airways campaign caucus center centers centre centres corps herald
    hospital journal magazine motors nations network news newspaper post subcommittee tribune
    ministère parti société université associazione banca commissione consiglio ministero partito
    università министерство партия банк университет совет комитет комиссия суд
    """.split()
)
_HEADS = frozenset(
    """
    academy agency alliance association board bureau campaign center centers centre centres
    coalition commission committee conference council department foundation fund institute ministry
    office organisation organization service society subcommittee ministerio comisión departamento
    secretaría ministère secrétariat ministero ministério
    """.split()
)
"""Words of an organisation before what it is for: "Center for", "Department of"."""

_SUBJECT = re.compile(
    r"(?:[ct]ion|[st]ión|zione|ção|ment|miento|mento|it[yé]|idad|idade|tà|ology|ics|ture|tura|ance"
    r"|ence|encia|enza|ing|erce|ercio|[^s]ic|ous|ar|(?<!r)al)$|^(?:affairs|arts|budget|development|diseases|drug|"
    r"economía|energy|explosives|families|firearms|fisheries|food|health|hacienda|industria|labor|"
    r"labour|management|means|prevention|research|rights|science|securities|services|sports|trade|"
    r"veterans|ways|welfare|women|world)$"
)
"""Last words of what an organisation is for: "Food and Drug Administration"."""

CALENDAR = frozenset(
    """
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June
    July August September October November December Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
    """.split()
)
_SMALL = "of|the|de|da|do|dos|das|del|della|di|du|des|la|le|van|von|der|den|bin|ibn|al|el"


_AND = frozenset("and y e et i".split())
_JOINING = "and|y|e|et|i|&|(?:for|on|to|against)(?: the)?"
"""Words in which a name may go on."""

_COMMITTEES = frozenset("coalition commission committee conference council subcommittee".split())


@functools.cache
def name_pattern() -> re.Pattern[str]:
    """Returns the pattern of a run of capitalised words."""
    capital = f"[{''.join(char for char in map(chr, range(0x0590)) if char.isupper())}]"
    rest = rf"(?:[^\W_]|[&.-](?=[^\W_])|['\u2019](?={capital}))*+"
    word = capital + rest
    initial = rf"(?:(?<= {capital})\.(?= {capital}))?"
    # What stands before is looked at behind the first letter: `re` finds a set of characters at the
    # beginning of a pattern ten times as fast as anything else.
    return re.compile(
        rf"{capital}(?<![\w@#/.].){rest}(?:{initial} (?:(?:{_SMALL}) ){{0,2}}{word})*+"
        rf"(?:(?= ({_JOINING}) {capital}))?"
    )


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yields begin and end of each run of capitalised words, with those that it goes on in.

    A pattern alone cannot say where a name goes on behind "and" or "for": "Centers for Disease
    Control and Prevention", but "Trump for president".
    """
    begin = end = -1
    small = ""
    for found in name_pattern().finditer(text):
        start, stop = found.span()
        if begin < 0:
            begin = start
        elif not _goes_on(text[begin:end], small, text[start:stop]):
            yield begin, end
            begin = start
        end, small = stop, found[1]
        if small is None:
            yield begin, end
            begin = -1


@functools.lru_cache(1 << 14)
def _goes_on(name: str, small: str, rest: str) -> bool:
    """Returns whether a name goes on in a run of capitalised words behind a small word."""
    if small == "&":
        return True
    words, others = name.lower().split(), rest.lower().split()
    if small in _AND:
        # "Department of Health and Human Services", "Food and Drug Administration"
        is_whole = len(words) > 2 and not _HEADS.isdisjoint(words[:-1]) and len(others) < 4
        is_begun = others[-1] in ORGANISATIONS
        return bool(
            (is_begun and _SUBJECT.search(words[-1])) or (is_whole and _SUBJECT.search(others[-1]))
        )
    heads = _COMMITTEES if small[:2] in ("on", "to") else _HEADS
    return words[-1] in heads and rest not in CALENDAR

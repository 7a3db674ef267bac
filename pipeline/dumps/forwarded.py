# ruff: noqa: RUF001 - labels in other scripts are meant
"""Forwarded mail: the headers that a program writes above the message it forwards.

Each program has its own layout in the language of its user (``From:``, ``Von:``, ``De :``,
``差出人:``, in bold or not, with a line of dashes above), but all of them write sender, date,
recipient and subject on lines of their own, one below the other::

    ---------- Forwarded message ---------
    From: Example Courier <desk@example.org>
    Date: Mon, 2 Mar 2020 at 08:15
    Subject: Ferry terminal to close
    To: <reader@example.net>
"""

import re
from typing import NamedTuple

_LABELS = {
    label: kind
    for kind, labels in {
        "from": (
            "from", "von", "de", "da", "van", "från", "fra", "od", "от", "від", "feladó", "kimden",
            "lähettäjä", "από", "de la", "dari", "từ", "差出人", "送信者", "发件人", "寄件者",
            "寄件人", "보낸 사람", "من", "מאת", "expéditeur", "remitente", "mittente", "afzender",
            "absender",
        ),
        "date": (
            "date", "sent", "datum", "gesendet", "envoyé", "enviado", "enviado el", "enviada em",
            "fecha", "data", "inviato", "verzonden", "skickat", "sendt", "dato", "wysłano",
            "odesláno", "отправлено", "дата", "надіслано", "elküldve", "dátum", "tarih",
            "gönderildi", "lähetetty", "päivämäärä", "ημερομηνία", "trimis", "dikirim", "tanggal",
            "送信日時", "日付", "日時", "发送时间", "日期", "寄件日期", "보낸 날짜", "날짜",
            "التاريخ", "תאריך",
        ),
        "subject": (
            "subject", "betreff", "objet", "asunto", "assunto", "oggetto", "onderwerp", "ämne",
            "emne", "temat", "předmět", "тема", "tárgy", "konu", "aihe", "θέμα", "subiect",
            "subjek", "chủ đề", "件名", "主题", "主旨", "제목", "الموضوع", "נושא",
        ),
        "to": (
            "to", "an", "à", "para", "a", "aan", "till", "til", "do", "komu", "кому", "címzett",
            "kime", "vastaanottaja", "προς", "către", "kepada", "宛先", "收件人", "收件者",
            "받는 사람", "إلى", "אל", "cc", "kopie", "copie", "copia", "kopia", "kopi", "копия",
            "reply-to", "antwort an", "importance", "priority", "organization",
        ),
    }.items()
    for label in labels
}  # fmt: skip
_LINE = re.compile(
    r"[\s*_]*+(?P<label>[^\W\d_][^:：\n]{0,24}?)[\s*_]*+[:：](?P<value>.*)", re.DOTALL
)
_MARK = re.compile(r"\s*(?:[-_=]{2,}.{0,60}|.{3,60}[:：])\s*")
"""A line above the headers: of dashes, or a few words and a colon."""

_FORWARD = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|enc|i|vs|vb|vl|doorst|pd|ha|továbbítás|ilt|转发|轉寄|전달)\s*[:：]\s*(?=\S)",
    re.IGNORECASE,
)
"""Begin of the subject of a mail that forwards another, as programs write it in each language."""

_WITHIN = 60
"""Lines with words, from the top, within which the headers begin; below, they end a mail."""


class Forwarded(NamedTuple):
    """Headers of a message within another.

    Attributes:
      lines: 1-based numbers of their lines, and of the mark above them.
      sender: value of the line that names it; empty without one, like the others.
      date: as written.
      subject: without marks of forwarding.
    """

    lines: list[int]
    sender: str
    date: str
    subject: str


def is_forward(subject: str) -> bool:
    """Returns True if a subject says that another message is forwarded."""
    return _FORWARD.match(subject) is not None


def bare_subject(subject: str) -> str:
    """Returns a subject without the marks of forwarding before it."""
    while match := _FORWARD.match(subject):
        subject = subject[match.end() :]
    return subject


def forwarded(text: str) -> Forwarded | None:
    """Returns the first headers within a text: three kinds or more, sender and subject among them.

    Args:
      text: plain text of a mail.
    """
    lines = text.split("\n")
    filled = [at for at, line in enumerate(lines) if line.strip()]
    for number, start in enumerate(filled[:_WITHIN]):
        if _kind(lines[start]) is None:
            continue
        found: dict[str, str] = {}
        taken: list[int] = []
        for at in filled[number:]:
            kind = _kind(lines[at])
            # Recipients may go on in a second line, which ends no address.
            goes_on = bool(taken) and at == taken[-1] + 1 and lines[at][:1] in " \t;,<"
            if kind is None and not goes_on:
                break
            taken.append(at)
            if kind is not None:
                found.setdefault(*kind)
        if len(found) >= 3 and found.keys() >= {"from", "subject"}:
            if number and _MARK.fullmatch(lines[filled[number - 1]]):
                taken.insert(0, filled[number - 1])
            return Forwarded(
                [at + 1 for at in taken],
                found["from"],
                found.get("date", ""),
                bare_subject(found["subject"]),
            )
    return None


def _kind(line: str) -> tuple[str, str] | None:
    """Returns kind and value of a header; ``None`` for any other line."""
    match = _LINE.fullmatch(line)
    kind = _LABELS.get(" ".join(match["label"].lower().split())) if match else None
    return (kind, match["value"].strip(" \t\r*_\xa0")) if match and kind else None

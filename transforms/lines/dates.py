# ruff: noqa: RUF001 - letters of other scripts are meant
"""When a text was published or changed: stamps, clock times, notices of its age."""

import re
from collections.abc import Sequence

from transforms.text import DIGIT_RUN, key

_MONTHS = (
    "january february march april may june july august september october november december jan"
    " feb mar apr"
    " jun jul aug sep sept oct nov dec januar februar märz mai juni juli oktober dezember jän"
    " jänner okt dez"
    " janvier février mars avril juin juillet août septembre octobre novembre décembre enero"
    " febrero marzo"
    " abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre janeiro"
    " fevereiro março"
    " maio junho julho setembro outubro novembro dezembro gennaio febbraio aprile maggio giugno"
    " luglio"
    " settembre ottobre novembre dicembre januari februari maart mei augustus января февраля"
    " марта апреля"
    " мая июня июля августа сентября октября ноября декабря ocak şubat mart nisan mayıs haziran"
    " temmuz ağustos"
    " eylül ekim kasım aralık stycznia lutego marca kwietnia maja czerwca lipca sierpnia września"
    " października"
    " listopada grudnia ledna února března dubna května června července srpna září října"
    " listopadu prosince"
    " maj augusti januar februar marts august desember december januaria"
)
TIME_WORDS = frozenset(
    (
        _MONTHS + " monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu"
        " thur thurs fri"
        " sat sun montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi"
        " mercredi jeudi vendredi"
        " samedi dimanche lunes martes miércoles jueves viernes sábado domingo segunda terça"
        " quarta quinta sexta"
        " feira lunedì martedì mercoledì giovedì venerdì sabato domenica maandag dinsdag woensdag"
        " donderdag vrijdag"
        " zaterdag zondag понедельник вторник среда четверг пятница суббота воскресенье pazartesi"
        " salı çarşamba"
        " perşembe cuma cumartesi pazar poniedziałek wtorek środa czwartek piątek sobota"
        " niedziela am pm a p m gmt"
        " utc est edt et ist cet cest bst pst pdt pt cst cdt ct mst aest sgt hkt jst wib ago year"
        " years month months"
        " week weeks day days hour hours hr hrs minute minutes min mins second seconds sec s h d"
        " yr yrs yesterday heute gestern aujourd hui hoy ayer hoje ontem oggi ieri vandaag gisteren"
        " сегодня вчера bugün dün dziś dzisiaj wczoraj"
        " today read reading time minread estimated approx temps at on the of de del du à le um"
        " uhr vor stunden stunde"
        " minuten tagen tag"
        " jahren il y a heures heure jours jour ans lecture lesezeit hace horas hora días día"
        " lectura há horas"
        " minutos dias atrás leitura fa ore giorni minuti lettura geleden uur leestijd назад"
        " часов час минут минуты"
        " г года год в önce saat dakika godz temu minut godzin czytania published updated last"
        " modified posted"
        " first date edited created updated: online since print aktualisiert veröffentlicht"
        " erstellt stand publié"
        " mis jour modifié publicado actualizado atualizado pubblicato aggiornato gepubliceerd"
        " bijgewerkt laatst"
        " опубликовано обновлено güncelleme yayınlanma giriş tarihi opublikowano aktualizacja"
        " publikováno"
        " publicerad uppdaterad publiceret opdateret publisert oppdatert julkaistu päivitetty st"
        " nd rd th"
    ).split()
)
STAMP_START = re.compile(
    r"^\W*(?:first |originally |last |date |story )?(?:published|updated|posted|modified|created"
    r"|edited|issued|date\s?:|veröffentlicht|aktualisiert|erstellt|zuletzt|stand|publié"
    r"|mis à jour|modifié|posté|publicado|publicada|actualizado|actualizada|atualizado|atualizada"
    r"|pubblicato|aggiornato|ultimo aggiornamento|última actualización|última atualização"
    r"|gepubliceerd|bijgewerkt|laatst|geplaatst|опубликован\w*|обновлен\w*|дата|güncelle\w*"
    r"|yayın\w*|giriş|opublikowan\w*|aktualizac\w*|dodano|data\s?:|data (?:publikacji|aktualizacji"
    r"|dodania|(?:di|de|da) publica\w+|(?:di )?pubblicazione|(?:de|da) atualiza\w+)|publikováno"
    r"|publicerad\w*"
    r"|uppdaterad\w*|publiceret|opdateret|publisert|oppdatert|julkaistu|diterbitkan|发布时间|更新"
    r"|公開)(?<=[\w:]).{0,60}\d",
    re.IGNORECASE,
)

_AFTER_STAMP = re.compile(r"\d.*?(?:\s--|\s[–—-]\s|\])(.*)$")


def heads_entry(text: str) -> bool:
    """Whether a stamp heads an entry of a live report: a headline of three words or more follows.

    ``Updated 4:19 p.m. -- Voters weigh in`` is one, ``Updated 4:19 p.m. - 3 June 2013`` is none.
    """
    match = _AFTER_STAMP.search(text)
    if match is None:
        return False
    words = key(match.group(1)).split()
    return len([word for word in words if word not in TIME_WORDS and word.isalpha()]) >= 3


CLOCK = re.compile(r"^\W*\d{1,2}[:.h]\d{2}\W*(?:[ap]\.?m\.?|uhr|h)?\W*$", re.IGNORECASE)
_CLOCK_OR_DATE = re.compile(r"\b\d{1,2}[:.]\d{2}\b(?![./-])|\b\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b")


def only_time(words: Sequence[str], text: str) -> bool:
    """Whether words (lower case) say a date or time and nothing else.

    Args:
      words: those of the line's key.
      text: the line.
    """
    if len(words) > 16:
        return False
    named = 0
    for word in words:
        bare = DIGIT_RUN.sub("", word)
        if bare and bare not in TIME_WORDS:
            return False
        named += bare in TIME_WORDS and len(bare) > 1
    if DIGIT_RUN.search(text) is None and "yesterday" not in words:
        return False
    return named > 0 or bool(_CLOCK_OR_DATE.search(text))


AGE_NOTICE = re.compile(
    r"^\W*(?:this (?:story|article|post|report|piece|page) (?:has been|was|is being) (?:updated"
    r"|corrected)(?!\S*\w).{0,60}$|this (?:article|story|post|content) is (?:more than|over) (?:\d+"
    r"|a|one|two|three) (?:year|month|week)s? old\b|(?:this (?:article"
    r"|story) )?was (?:last )?(?:published|updated) (?:more than |over )?\w+ (?:year|month|week"
    r"|day)s? ago\b|(?:dieser|cet|este|questo) (?:artikel|article|artículo|artigo|articolo) (?:ist"
    r"|date de|tiene|tem|ha) (?:mehr als|plus de|más de|mais de|più di))",
    re.IGNORECASE,
)
UPDATED_WORDS = "updated corrected old ago artikel article artículo artigo articolo".split()
"""One of them is in every line that ``AGE_NOTICE`` matches."""

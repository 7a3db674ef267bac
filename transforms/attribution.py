# ruff: noqa: RUF001 - names in other alphabets and the dashes of datelines are meant as written
"""Says which news agency an article comes from, and from where it was filed.

A newspaper prints an agency's report with a credit: in the dateline ("LONDON (Reuters) - "), in the
byline ("By The Associated Press"), on a line of its own ("Agence France-Presse"), in a copyright
notice or a sign-off. Only these places are read. An agency named anywhere else is quoted, not
printed ("according to Reuters"), and the agency of a photograph says nothing about the words.

An outlet that leads with its own name ("(CNN) - ") is not an agency: the dateline counts, the name
does not. A note that an agency contributed leaves the article its outlet's own.
"""

import dataclasses
import functools
import operator
import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

import pyarrow as pa

from pipeline.article import Article, Paragraph, RemovedLine
from pipeline.transform import Column, Transform


class Agency(NamedTuple):
    """A news agency.

    Attributes:
      name: its own name, in English or its own language's Latin spelling; the value of `agency`.
      marks: short forms, which count only as they are written here: ``AP`` is an agency, ``ap`` no.
      names: long forms and foreign ones, in any case.
      domains: its own sites; an article from there, or from an address below, is its own.
    """

    name: str
    marks: tuple[str, ...]
    names: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


AGENCIES: tuple[Agency, ...] = (
    Agency(
        "Reuters",
        ("RTRS",),
        (
            "Thomson Reuters",
            "Thomson/Reuters",
            "Рейтер",
            "Reuters Staff",
            "Reuters Editorial",
            "路透社",
            "路透",
            "ロイター",
            "로이터",
            "رويترز",
            "רויטרס",
        ),
        ("reuters.com",),
    ),
    Agency(
        "Associated Press",
        ("AP", "АП"),
        ("美联社", "美聯社", "AP通信", "أ ب", "أسوشيتد برس", "Ассошиэйтед Пресс"),
        ("apnews.com", "ap.org"),
    ),
    Agency(
        "Agence France-Presse",
        ("AFP", "AFP-Services", "АФП"),
        (
            "Agence France Presse",
            "AFP News",
            "法新社",
            "AFP通信",
            "AFP=時事",
            "أ ف ب",
            "فرانس برس",
            "وكالة فرانس برس",
            "AFPBB News",
            "Франс Пресс",
            "אי אף פי",
        ),
        ("afp.com", "afpbb.com"),
    ),
    Agency("United Press International", ("UPI",), (), ("upi.com",)),
    Agency(
        "Bloomberg",
        ("BLOOMBERG",),
        (
            "Bloomberg",
            "Bloomberg News",
            "Bloomberg L.P.",
            "Bloomberg LP",
            "Bloomberg Opinion",
            "Bloomberg View",
            "彭博社",
            "블룸버그",
        ),
        ("bloomberg.com",),
    ),
    Agency("Dow Jones Newswires", ("DJN",), ("Dow Jones",), ("dowjones.com",)),
    Agency("Inter Press Service", ("IPS",), (), ("ipsnews.net",)),
    # Europe.
    Agency("PA Media", ("PA",), ("Press Association", "PA news agency"), ("pamediagroup.com",)),
    Agency(
        "dpa",
        ("dpa", "DPA", "dpa-AFX", "dpa-afx", "dpa-infocom", "dpa/tmn", "ДПА"),
        (
            "Deutsche Presse-Agentur",
            "Deutsche Presse Agentur",
            "德新社",
            "د ب أ",
            "German Press Agency",
        ),
        ("dpa.com", "dpa-international.com"),
    ),
    Agency("epd", ("epd", "EPD"), ("Evangelischer Pressedienst",), ("epd.de",)),
    Agency("KNA", ("KNA",), ("Katholische Nachrichten-Agentur", "Katholische Nachrichtenagentur")),
    Agency("SID", ("SID",), ("Sport-Informations-Dienst",)),
    Agency("APA", ("APA",), ("Austria Presse Agentur", "Austria Press Agency"), ("apa.at",)),
    Agency(
        "Keystone-SDA",
        ("SDA", "sda", "ATS", "ats"),
        (
            "Keystone-ATS",
            "Keystone SDA",
            "Schweizerische Depeschenagentur",
            "SDA-ATS",
            "Swiss News Agency",
        ),
        ("keystone-sda.ch",),
    ),
    Agency("ANSA", ("ANSA",), ("Agenzia ANSA", "АНСА"), ("ansa.it",)),
    Agency("Adnkronos", ("ADNKRONOS",), ("Adnkronos", "AdnKronos/Labitalia"), ("adnkronos.com",)),
    Agency("AGI", ("AGI",), ("Agenzia Giornalistica Italia",), ("agi.it",)),
    Agency("LaPresse", ("LAPRESSE",), ("LaPresse",), ("lapresse.it",)),
    Agency("askanews", ("ASKANEWS",), ("askanews",), ("askanews.it",)),
    Agency("EFE", ("EFE",), ("Agencia EFE", "EFE Agencia", "эфе", "埃菲社"), ("efe.com",)),
    Agency("Europa Press", (), (), ("europapress.es",)),
    Agency("Lusa", ("LUSA", "Lusa"), ("Agência Lusa", "Lusa News Agency"), ("lusa.pt",)),
    Agency(
        "Belga", ("BELGA", "Belga", "BLG"), ("Agence Belga", "Belga News Agency"), ("belga.be",)
    ),
    Agency("ANP", ("ANP",), ("Algemeen Nederlands Persbureau",), ("anp.nl",)),
    Agency("Ritzau", ("RITZAU", "Ritzau", "/ritzau/"), ("Ritzaus Bureau",), ("ritzau.dk",)),
    Agency("NTB", ("NTB", "©NTB"), ("Norsk Telegrambyrå", "NPK-NTB"), ("ntb.no",)),
    Agency(
        "TT",
        ("TT", "TT-AFP", "TT-Reuters"),
        ("Tidningarnas Telegrambyrå", "TT Nyhetsbyrån"),
        ("tt.se",),
    ),
    Agency(
        "STT", ("STT",), ("Suomen Tietotoimisto", "STT-Lehtikuva", "STT–Lännen Media"), ("stt.fi",)
    ),
    Agency("BNS", ("BNS",), ("Baltic News Service",), ("bns.lt", "bns.ee")),
    Agency("ELTA", ("ELTA",), (), ("elta.lt",)),
    Agency("LETA", ("LETA",), (), ("leta.lv",)),
    Agency("PAP", ("PAP",), ("Polska Agencja Prasowa", "Polish Press Agency"), ("pap.pl",)),
    Agency(
        "ČTK",
        ("ČTK", "CTK"),
        ("Česká tisková kancelář", "Czech News Agency"),
        ("ctk.cz", "ceskenoviny.cz"),
    ),
    Agency("TASR", ("TASR",), ("Tlačová agentúra Slovenskej republiky",), ("tasr.sk", "teraz.sk")),
    Agency("SITA", ("SITA",), ("Slovenská tlačová agentúra",), ("sita.sk",)),
    Agency("MTI", ("MTI",), ("Magyar Távirati Iroda",), ("mti.hu",)),
    Agency("Agerpres", ("AGERPRES",), ("Agerpres",), ("agerpres.ro",)),
    Agency("Mediafax", ("MEDIAFAX",), ("Mediafax",), ("mediafax.ro",)),
    Agency(
        "BTA",
        ("BTA", "БТА"),
        ("Bulgarian News Agency", "Българска телеграфна агенция"),
        ("bta.bg",),
    ),
    Agency("HINA", ("HINA", "Hina"), ("Hrvatska izvještajna novinska agencija",), ("hina.hr",)),
    Agency("STA", ("STA",), ("Slovenska tiskovna agencija", "Slovenian Press Agency"), ("sta.si",)),
    Agency("Tanjug", ("TANJUG", "ТАНЈУГ"), ("Tanjug", "Танјуг"), ("tanjug.rs",)),
    Agency("FoNet", ("FONET",), ("FoNet",), ("fonet.rs",)),
    Agency("FENA", ("FENA",), (), ("fena.ba",)),
    Agency("SRNA", ("SRNA",), (), ("srna.rs",)),
    Agency(
        "ATA",
        ("ATSH",),
        ("Albanian Telegraphic Agency", "Agjencia Telegrafike Shqiptare"),
        ("ata.gov.al",),
    ),
    Agency("ANA-MPA", ("AMNA", "ΑΠΕ", "ΑΠΕ-ΜΠΕ"), (), ("amna.gr",)),
    Agency("CNA (Cyprus)", ("ΚΥΠΕ",), ("Cyprus News Agency",), ("cna.org.cy",)),
    # Eastern Europe, the Caucasus and Central Asia.
    Agency(
        "TASS",
        ("TASS", "ТАСС", "ITAR-TASS", "ИТАР-ТАСС"),
        ("Tass", "Itar-Tass", "Russian News Agency TASS", "塔斯社", "타스"),
        ("tass.com", "tass.ru"),
    ),
    Agency(
        "RIA Novosti",
        ("RIA", "РИА"),
        ("RIA Novosti", "РИА Новости", "RIA News", "МИА Россия сегодня", "俄新社"),
        ("ria.ru", "rian.ru", "rian.com"),
    ),
    Agency(
        "Sputnik", ("SPUTNIK",), ("Sputnik", "卫星通讯社"), ("sputniknews.com", "sputnikglobe.com")
    ),
    Agency(
        "Interfax",
        ("INTERFAX", "ИНТЕРФАКС", "INTERFAX.RU"),
        ("Interfax", "Интерфакс", "Interfax.ru", "国际文传电讯社"),
        ("interfax.ru", "interfax.com"),
    ),
    Agency(
        "Interfax-Ukraine",
        (),
        ("Interfax-Ukraine", "Интерфакс-Украина", "Інтерфакс-Україна"),
        ("interfax.com.ua",),
    ),
    Agency(
        "Ukrinform",
        ("UKRINFORM", "УКРІНФОРМ"),
        ("Ukrinform", "Укрінформ", "Укринформ"),
        ("ukrinform.net", "ukrinform.ua"),
    ),
    Agency("UNIAN", ("UNIAN", "УНИАН", "УНІАН"), (), ("unian.net", "unian.info", "unian.ua")),
    Agency("BelTA", ("BELTA", "БЕЛТА"), ("BelTA", "БелТА"), ("belta.by",)),
    Agency("Moldpres", ("MOLDPRES",), ("Moldpres",), ("moldpres.md",)),
    Agency("Azertac", ("AZERTAC", "AZƏRTAC", "АЗЕРТАДЖ"), ("Azertac",), ("azertag.az",)),
    Agency("Armenpress", ("ARMENPRESS",), ("Armenpress",), ("armenpress.am",)),
    Agency("Interpressnews", ("IPN",), ("Interpressnews",), ("interpressnews.ge",)),
    Agency(
        "Kazinform",
        ("KAZINFORM", "КАЗИНФОРМ"),
        ("Kazinform", "Казинформ", "QazInform"),
        ("inform.kz",),
    ),
    Agency("Kabar", ("KABAR", "КАБАР"), ("Kabar",), ("kabar.kg",)),
    Agency("UzA", ("UzA", "УзА"), ("Uzbekistan National News Agency",), ("uza.uz",)),
    # The Middle East and North Africa.
    Agency(
        "Anadolu Agency",
        ("AA",),
        ("Anadolu", "Anadolu Ajansı", "الأناضول", "阿纳多卢通讯社"),
        ("aa.com.tr",),
    ),
    Agency("DHA", ("DHA",), ("Demirören Haber Ajansı", "Demirören News Agency"), ("dha.com.tr",)),
    Agency("İHA", ("İHA", "IHA"), ("İhlas Haber Ajansı", "Ihlas News Agency"), ("iha.com.tr",)),
    Agency("ANKA", ("ANKA",), ("ANKA Haber Ajansı",), ("ankahaber.net",)),
    Agency("IRNA", ("IRNA", "ایرنا"), ("Islamic Republic News Agency", "إرنا"), ("irna.ir",)),
    Agency("ISNA", ("ISNA", "ایسنا"), (), ("isna.ir",)),
    Agency("Fars", ("FARS", "FNA"), ("Fars News Agency", "فارس"), ("farsnews.ir",)),
    Agency("Tasnim", ("TASNIM",), ("Tasnim", "Tasnim News Agency", "تسنیم"), ("tasnimnews.com",)),
    Agency("Mehr", ("MNA",), ("Mehr News Agency",), ("mehrnews.com",)),
    Agency("SANA", ("SANA",), ("Syrian Arab News Agency", "سانا"), ("sana.sy",)),
    Agency("WAFA", ("WAFA",), ("وفا",), ("wafa.ps",)),
    Agency("MENA", ("MENA",), ("Middle East News Agency", "أ ش أ", "أ.ش.أ"), ("mena.org.eg",)),
    Agency("SPA", ("SPA",), ("Saudi Press Agency", "واس"), ("spa.gov.sa",)),
    Agency("WAM", ("WAM",), ("Emirates News Agency", "وام"), ("wam.ae",)),
    Agency("QNA", ("QNA",), ("Qatar News Agency", "قنا"), ("qna.org.qa",)),
    Agency("KUNA", ("KUNA",), ("Kuwait News Agency", "كونا"), ("kuna.net.kw",)),
    Agency("BNA", ("BNA",), ("Bahrain News Agency", "بنا"), ("bna.bh",)),
    Agency("ONA", ("ONA",), ("Oman News Agency", "العمانية"), ("omannews.gov.om",)),
    Agency("Petra", ("PETRA",), ("Petra", "Jordan News Agency", "بترا"), ("petra.gov.jo",)),
    Agency("NNA (Lebanon)", (), ("National News Agency",), ("nna-leb.gov.lb",)),
    Agency("INA", ("INA",), ("Iraqi News Agency", "واع"), ("ina.iq",)),
    Agency("APS", ("APS",), ("Algérie Presse Service", "وأج"), ("aps.dz",)),
    Agency("MAP", ("MAP",), ("Maghreb Arabe Presse", "و م ع", "و.م.ع"), ("mapnews.ma",)),
    Agency("TAP", ("TAP",), ("Tunis Afrique Presse", "وات"), ("tap.info.tn",)),
    Agency("LANA", ("LANA",), ("Libyan News Agency",), ("lana.gov.ly",)),
    Agency("JTA", ("JTA",), ("Jewish Telegraphic Agency",), ("jta.org",)),
    Agency("JNS", ("JNS",), ("Jewish News Syndicate",), ("jns.org",)),
    # Africa south of the Sahara.
    Agency("NAN", ("NAN",), ("News Agency of Nigeria",), ("nannews.ng", "nan.ng")),
    Agency("Ghana News Agency", ("GNA",), (), ("gna.org.gh",)),
    Agency("SAPA", ("SAPA", "Sapa"), ("South African Press Association",)),
    Agency("African News Agency", (), ("ANA/African News Agency",), ("africannewsagency.com",)),
    Agency("ENA", ("ENA",), ("Ethiopian News Agency",), ("ena.et",)),
    Agency("Angop", ("ANGOP",), ("Angop",), ("angop.ao",)),
    Agency("APS (Senegal)", (), ("Agence de presse sénégalaise",), ("aps.sn",)),
    Agency("PANA", ("PANA",), ("Panapress",), ("panapress.com",)),
    # South Asia.
    Agency("Press Trust of India", ("PTI",), ("पीटीआई", "पीटीआइ"), ("ptinews.com",)),
    Agency("Indo-Asian News Service", ("IANS",), ("आईएएनएस",), ("ians.in",)),
    Agency("Asian News International", ("ANI",), ("एएनआई",), ("aninews.in",)),
    Agency("United News of India", ("UNI",), (), ("uniindia.com",)),
    Agency("Bhasha", (), ("भाषा",)),
    Agency("Associated Press of Pakistan", ("APP",), (), ("app.com.pk",)),
    Agency("INP", ("INP",), ("Independent News Pakistan",), ("inp.net.pk",)),
    Agency("BSS", ("BSS",), ("Bangladesh Sangbad Sangstha", "বাসস"), ("bssnews.net",)),
    Agency("UNB", ("UNB",), ("United News of Bangladesh", "ইউএনবি"), ("unb.com.bd",)),
    Agency("RSS (Nepal)", (), ("Rastriya Samachar Samiti", "रासस"), ("rssnepal.com",)),
    # East and South-East Asia, the Pacific.
    Agency(
        "Xinhua",
        ("XINHUA",),
        (
            "Xinhua",
            "Xinhua News Agency",
            "新华社",
            "新華社",
            "Синьхуа",
            "新华网",
            "신화통신",
            "شينخوا",
        ),
        ("xinhuanet.com", "news.cn"),
    ),
    Agency(
        "China News Service",
        ("ECNS",),
        ("中新社", "中新网", "中国新闻社", "中新網"),
        ("chinanews.com", "chinanews.com.cn", "ecns.cn"),
    ),
    Agency(
        "Central News Agency",
        ("CNA",),
        ("中央社", "中央通訊社", "CNA/Focus Taiwan"),
        ("cna.com.tw", "focustaiwan.tw"),
    ),
    Agency(
        "Kyodo News",
        ("KYODO",),
        ("Kyodo", "共同", "共同通信", "共同通信社", "共同社", "교도통신", "교도"),
        ("kyodonews.net", "kyodo.co.jp"),
    ),
    Agency(
        "Jiji Press", ("JIJI",), ("Jiji", "時事", "時事通信", "時事通信社", "时事社"), ("jiji.com",)
    ),
    Agency(
        "Yonhap News Agency",
        ("YONHAP",),
        ("Yonhap", "Yonhap News", "연합뉴스", "韩联社", "聯合ニュース"),
        ("yna.co.kr", "yonhapnews.co.kr"),
    ),
    Agency("Newsis", ("NEWSIS",), ("Newsis", "뉴시스"), ("newsis.com",)),
    Agency("News1", (), ("뉴스1",), ("news1.kr",)),
    Agency(
        "KCNA",
        ("KCNA",),
        ("Korean Central News Agency", "朝中社", "조선중앙통신"),
        ("kcna.kp", "kcna.co.jp"),
    ),
    Agency("Montsame", ("MONTSAME", "МОНЦАМЭ"), ("Montsame",), ("montsame.mn",)),
    Agency(
        "VNA",
        ("VNA", "TTXVN"),
        ("Vietnam News Agency", "Vietnam Plus", "VietnamPlus"),
        ("vietnamplus.vn", "vnanet.vn"),
    ),
    Agency("Antara", ("ANTARA",), ("Antara", "Antara News"), ("antaranews.com",)),
    Agency("Bernama", ("BERNAMA",), ("Bernama",), ("bernama.com",)),
    Agency("Philippine News Agency", ("PNA",), (), ("pna.gov.ph",)),
    Agency("Thai News Agency", ("TNA",), (), ("tna.mcot.net",)),
    Agency("Australian Associated Press", ("AAP",), (), ("aap.com.au",)),
    Agency("NZPA", ("NZPA",), ("New Zealand Press Association",)),
    # The Americas.
    Agency(
        "The Canadian Press",
        ("CP",),
        ("Canadian Press", "La Presse canadienne", "Presse canadienne"),
        ("thecanadianpress.com",),
    ),
    Agency("Notimex", ("NOTIMEX", "NTX"), ("Notimex",), ("notimex.gob.mx",)),
    Agency(
        "Agência Brasil",
        ("ABr",),
        ("Agencia Brasil", "Agência Brasil de Notícias"),
        ("agenciabrasil.ebc.com.br",),
    ),
    Agency("Estadão Conteúdo", (), ("Estadão Conteúdo", "Agência Estado"), ()),
    Agency("Télam", ("TELAM", "TÉLAM"), ("Telam",), ("telam.com.ar",)),
    Agency("Noticias Argentinas", (), ("Agencia NA",), ("noticiasargentinas.com",)),
    Agency("Andina", ("ANDINA",), ("Andina",), ("andina.pe",)),
    Agency("Colprensa", ("COLPRENSA",), ("Colprensa",), ("colprensa.com",)),
    Agency("AVN", ("AVN",), ("Agencia Venezolana de Noticias",), ("avn.info.ve",)),
    Agency("Prensa Latina", (), (), ("prensa-latina.cu", "plenglish.com")),
    Agency("ACN", ("ACN",), ("Agencia Cubana de Noticias",), ("acn.cu",)),
    # China News Service, Catholic News Service and City News Service all sign with this.
    Agency("CNS", ("CNS",)),
    Agency("Tribune News Service", ("TNS",)),
)
"""News agencies of the world: the members of the regional alliances (European Alliance of News
Agencies, OANA for Asia and the Pacific, FANA for the Arab countries, ATPA and FAAPA for Africa) and
the large private ones, with the short forms they sign with."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PLAIN_WORDS = _words(
    """
    ADNKRONOS AA ANDINA ANI ANTARA APP APS BETA BNA CP ENA FARS INA INP IPS MAP MENA ONA
    PANA PETRA RIA SANA SDA SID SITA SPA SPUTNIK STA TAP UNB UNI
    """
)
"""Marks that are also words, parties or people: no credit when they are all there is of a line."""

PLAIN_NAMES = frozenset(("andina", "antara", "bloomberg", "fars", "petra", "sputnik"))
"""The same of long names, in lower case."""

CITIES = frozenset(
    name.strip()
    for name in """
    atlanta, baltimore, boston, chicago, cincinnati, cleveland, dallas, denver, detroit, honolulu,
    houston, indianapolis, las vegas, los angeles, miami, milwaukee, minneapolis, new orleans,
    new york, oklahoma city, philadelphia, phoenix, pittsburgh, st. louis, salt lake city,
    san antonio, san diego, san francisco, seattle, washington, amsterdam, baghdad, bangkok,
    barcelona, basel, beijing, beirut, berlin, bogota, brussels, cairo, djibouti, dublin, frankfurt,
    geneva, gibraltar, guatemala city, hamburg, havana, helsinki, hong kong, islamabad, istanbul,
    jerusalem, johannesburg, kabul, karachi, kuala lumpur, kuwait city, london, luxembourg, macau,
    madrid, mexico city, milan, monaco, montreal, moscow, mumbai, munich, nairobi, new delhi,
    panama city, paris, prague, quebec city, quito, rio de janeiro, rome, san marino, san salvador,
    sao paulo, shanghai, singapore, stockholm, sydney, taipei, tokyo, toronto, united nations,
    vatican city, vienna, zurich,
    abu dhabi, abuja, accra, addis ababa, algiers, amman, ankara, antananarivo, ashgabat, asmara,
    astana, asuncion, athens, baku, bamako, bandar seri begawan, bangui, banjul, belgrade, belmopan,
    bern, bishkek, bissau, brasilia, bratislava, brazzaville, bridgetown, bucharest, budapest,
    buenos aires, bujumbura, canberra, caracas, castries, chisinau, colombo, conakry, copenhagen,
    dakar, damascus, dhaka, dili, dodoma, doha, dushanbe, freetown, gaborone, georgetown, gitega,
    hanoi, harare, jakarta, juba, kampala, kathmandu, khartoum, kiev, kigali, kingston, kinshasa,
    kyiv, la paz, libreville, lilongwe, lima, lisbon, ljubljana, lome, luanda, lusaka, malabo, male,
    managua, manama, manila, maputo, maseru, mbabane, minsk, mogadishu, monrovia, montevideo,
    muscat, n'djamena, nassau, naypyidaw, niamey, nicosia, nouakchott, nuku'alofa, nursultan, oslo,
    ottawa, ouagadougou, palikir, paramaribo, phnom penh, podgorica, port-au-prince, port louis,
    port moresby, port of spain, port vila, porto-novo, praia, pretoria, pristina, pyongyang, rabat,
    ramallah, reykjavik, riga, riyadh, roseau, saint petersburg, st. petersburg, san jose, sanaa,
    santiago, santo domingo, sarajevo, seoul, skopje, sofia, sucre, suva, tallinn, tashkent,
    tbilisi, tegucigalpa, tehran, thimphu, tirana, tripoli, tunis, ulan bator, ulaanbaatar, vaduz,
    valletta, victoria, vientiane, vilnius, warsaw, wellington, windhoek, yangon, yaounde, yerevan,
    zagreb, gaza city, tel aviv,
    athen, belgrad, bruxelles, brüssel, bukarest, den haag, genève, genf, kairo, kopenhagen, köln,
    københavn, lisboa, lissabon, londres, londra, mailand, milano, moskau, moskva, moscou, moscú,
    mosca, münchen, nova york, nueva york, peking, pekin, pékin, pequim, praha, prag, rom,
    roma, são paulo, tokio, varsovie, warschau, warszawa, washington dc, washington d.c,
    wien, zürich, brasília, bogotá, ciudad de méxico, teherán, téhéran, teheran, le caire, bükreş,
    москва, київ, киев, минск, мінськ, санкт-петербург, лондон, париж, берлин, берлін, вашингтон,
    пекин, токио, нью-йорк, брюссель, анкара, стамбул, тегеран, женева, вена, рим, баку, ереван,
    тбилиси, астана, ташкент, бишкек, душанбе, софия, београд
    """.replace("\n", " ").split(",")
)
"""Cities, in lower case, that stand alone in a dateline: those the Associated Press Stylebook lists
and the capitals of the world, with some native names."""

NOT_PLACES = _words(
    """
    advertisement alert analysis audio background blog breaking caption column comment
    commentary correction coronavirus covid-19 developing editorial exclusive explainer fact
    factbox facts fact-check flashback full gallery graphic interview investigation latest
    listen live lower map more news note opinion overview photo photos podcast poll preview
    profile question quiz read related report review sponsored story summary transcript
    trending update updated upper urgent video videos warning watch wrap
    """
)
"""Words that open a line as a dateline does, and are none."""

_CONNECTORS = _words(
    """
    a al am an au auf aux bei city d da das de del den der des di do dos du e el en im in
    la las le les los na nad of on ob of pod sur the upon van y
    """
)
_STATES = _words(
    """
    Ala. Ariz. Ark. Calif. Colo. Conn. Del. Fla. Ga. Ill. Ind. Kan. Ky. La. Md. Mass. Mich. Minn.
    Miss. Mo. Mont. Neb. Nev. N.H. N.J. N.M. N.Y. N.C. N.D. Okla. Ore. Pa. R.I. S.C. S.D. Tenn. Vt.
    Va. Wash. W.Va. Wis. Wyo. D.C. Alaska Hawaii Idaho Iowa Maine Ohio Texas Utah
    """
)
"""States of the USA as the Associated Press Stylebook abbreviates them after a city."""

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?(?=\s+\d|\s*$|,)"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
_DATE_TAIL = re.compile(rf"[\s,]+(?:\d|{_MONTH}|{_WEEKDAY}).*$", re.IGNORECASE | re.DOTALL)
_CLOCK_OR_DATE = re.compile(r"\d{1,4}[-/.:]\d{1,2}")

_MARKUP = re.compile(r"\[/?[a-z][a-z0-9_-]*(?:[ =][^\[\]]*)?\]|</?[a-z][^<>]*>", re.IGNORECASE)
_PHOTO = re.compile(
    r"photo|foto|image|\bimg\b|picture|\bcredit\b|getty|\bpool\b|\bfile\b|video|graphic|"
    r"illustration|archiv|handout|screengrab|\bepa\b|фото|写真|사진|图",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*[/,;+&|]\s*|\s+[-–—]\s+|\s+(?:and|und|et|y|e|with|ve|en|og|och|i|и|та)\s+")
_DESK_CODE = re.compile("[a-z]{2,4}|[A-Z]{2,5}")
_ROLE = re.compile(
    r"\s+(?:in\s+\w.*|staff.*|editorial|reporters?|correspondents?|"
    r"(?:[a-z]+\s+){0,3}(?:writers?|editors?|correspondents?|reporters?))$",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:by|von|par|por|di|da|door|av|af|от|від)[:\s]+|"
    r"(?:sources?|quellen?|fuentes?|fonte|fonti|bron(?:nen)?|kilder?|källa|lähde|źródło|izvor|"
    r"zdroj|forrás|sursa|източник|источник|джерело|kaynak|sumber|via|texte?|agency|agencies|"
    r"agencias?|wire|来源|來源|출처|المصدر|מקור)\s*[:：-]\s*",
    re.IGNORECASE,
)
_INPUTS = re.compile(
    r"(?:(?:with|including|mit|avec|con|com|met|med)\s+)"
    r"(?:(?:additional\s+)?(?:agency\s+)?(?:inputs?|reporting|material|files|reports?|information|"
    r"informationen|informations|información|informações|informazioni|agences?)\s+"
    r"(?:from|by|von|de|da|di|d['’])\s*)?(?P<who>.{2,60})",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"(?:copyright|©|\(c\)|\W)+(?:(?:19|20)\d\d(?:\s*[-–]\s*(?:19|20)\d\d)?\W*)?(?:by\s+)?"
    r"(?P<who>[^.,|;()]{2,40}?(?:\s+L\.P\.)?)(?:\s*[.,|;(].*|\s+all\s+rights.*)?",
    re.IGNORECASE | re.DOTALL,
)
_SIGN_OFF = re.compile(
    r"\W{0,2}(?:additional\s+)?reporting\s+by\s.{3,400}?[;,.]\s*(?:\w+\s+){0,2}editing\s+by\s",
    re.IGNORECASE,
)
_DESK_SIGN = re.compile(r"[a-z]{2,4}(?:[/,]\s?[a-z]{2,4})*\s*\((?P<who>[^()]{2,40})\)")
_INITIALS = re.compile(r"(?P<who>PTI|ANI|IANS|UNI)(?:\s+[A-Z]{2,4}){1,6}")
_CLOSING = re.compile(
    r"[.!?…。»”\"'’)]\s*(?:[-–—]*\s*[(\[/](?P<paren>[^()\[\]]{2,40}?)[)\]/]|"
    r"[-–—]{1,2}\s*(?P<dash>[^\s()\[\]][^()\[\]–—]{1,30}))\.?$"
)
_LAST_PARENTHESIS = re.compile(r"\((?P<who>[^()]{2,40})\)$")

_DATELINE = re.compile(
    r"\W{0,3}(?P<place>[^()\[\]\":;!?“”«»]{0,70}?)[\s,]*(?:[-–—]+\s*)?"
    r"(?:[(\[](?P<paren>[^()\[\]]{2,40})[)\]]|(?<!\w)/(?P<slash>[^/]{2,30})/)"
    r"(?P<end>[.:]?\s*[-–—―−]+|[.:=])?\s*"
)
_DATELINE_DASHED = re.compile(
    r"(?P<place>[^()\[\]\":;!?“”«»–—]{2,60}?)"
    r"(?:,?\s+[-–—]\s+(?P<dashed>[^.:,;()–—]{2,30}?)\s*[.:–—-]|"
    r"\.\s+\d[^.]{1,14}\.\s+(?P<dotted>[\w.-]{3,20})\s*[-–—])\s"
)
_AGENCY_FIRST = re.compile(r"\W?(?P<who>[^\W\d_][^()\[\]\":;.!?–—]{1,29}?)\s+[-–—]+\s+")
_JAPANESE = re.compile(r"【(?P<place>[^】]{0,20}?)(?P<who>共同|時事|AFP=時事|AFP|ロイター)】")
_CHINESE = re.compile(
    r"[（(]?(?P<who>新华社|新華社|中新社|中新网|中央社|法新社|路透社|美联社)"
    r"(?P<place>[\u4e00-\u9fff]{2,6}?)\d{1,2}(?:月\d{1,2})?日[电電]?"
)
_KOREAN = re.compile(r"[(\[](?P<place>[\w·,]{2,20})=(?P<who>연합뉴스|뉴시스|뉴스1)[)\]]")
_PLAIN = re.compile(
    r"(?P<place>[^()\[\]:;!?\"“”«»—–]{2,60}?)\s*(?P<end>:|--+|[—–]|\s-)\s*(?P<rest>\S)"
)
_ITALIAN_PLACE = re.compile(
    r"(?P<place>[^\W\d_][^\d:;()\"–—-]{2,30}),\s*\d{1,2}\s+\w{3,9}\.?\s*[-–—]"
)

HEAD_PARAGRAPHS = 3
"""Kept paragraphs at the beginning in which a dateline or a credit is looked for."""

TAIL_PARAGRAPHS = 3
"""Kept paragraphs at the end in which a credit or a sign-off is looked for."""

MAX_AUTHORS = 3
"""Names of a byline; a longer list was gathered from all over a page."""

CREDIT_CHARACTERS = 160
"""A credit on a line of its own is no longer than this; copyright notices may be."""

EVIDENCE_CHARACTERS = 80
"""How much of a line is quoted as evidence."""


_LINE_NUMBER = operator.itemgetter(0)


class Finding(NamedTuple):
    """What is known of where an article comes from.

    Attributes:
      agency: canonical name of the agency (:data:`AGENCIES`), or ``None``.
      evidence: where the credit stands and its words, as in ``dateline 2: LONDON (Reuters) -``;
        the number is the line's. ``None`` without an agency.
      own: whether the article as a whole is the agency's, not a desk's mix of several.
      dateline: the place as written, its date stripped, or ``None``.
    """

    agency: str | None = None
    evidence: str | None = None
    own: bool = False
    dateline: str | None = None


def _tables() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    marks: dict[str, str] = {}
    names: dict[str, str] = {}
    domains: dict[str, str] = {}
    for agency in AGENCIES:
        for mark in agency.marks:
            marks[mark] = agency.name
        strict = {mark.casefold() for mark in agency.marks}
        for name in (agency.name, *agency.names):
            if name is agency.name and name.casefold() in strict:
                marks[name] = agency.name
            else:
                names[name.casefold().strip(".")] = agency.name
        for domain in agency.domains:
            domains[domain] = agency.name
    return marks, names, domains


_MARKS, _NAMES, _DOMAINS = _tables()
_ASCII_LETTERS = bytes(
    ord(chr(code).lower()) if code < 0x80 and chr(code).isalpha() else ord(" ")
    for code in range(0x100)
)


def _words_in(line: str) -> list[bytes]:
    """Returns the words of ASCII letters in a line, in lower case."""
    return line.encode("ascii", "replace").translate(_ASCII_LETTERS).split()


# Every credit in ASCII letters holds one of these; looking them up first spares nine lines in ten.
# A "The" in front is no such word: it is in half of all lines, and `agency_of` does without it.
_CUES = frozenset(
    _words_in(name.casefold().removeprefix("the "))[0]
    for name in (*_MARKS, *_NAMES)
    if name.isascii()
)
# No name of an agency in other characters than ASCII makes do with these.
_TYPOGRAPHIC = re.compile("[\x00-\x7f\u00a0\u2013\u2014\u2018\u2019\u201c\u201d\u2026]*")


def agency_of(words: str) -> str | None:
    """Returns the canonical name of the agency that some words name, or ``None``.

    Short forms must be written as agencies write them, long ones may be in any case; ``The`` and
    ``news agency`` around a name do not matter.
    """
    words = words.strip(" \t\u00a0\"'“”«».,:*")
    if words in _MARKS:
        return _MARKS[words]
    folded = words.casefold()
    if folded in _NAMES:
        return _NAMES[folded]
    if folded.startswith("the "):
        return agency_of(words[4:])
    if folded.endswith(" news agency"):
        return agency_of(words[: -len(" news agency")])
    return None


def agencies_of(credit: str) -> list[str]:
    """Returns the agencies a credit names, in its order; none where it names anything else.

    ``dpa/lby`` (a regional desk) and ``ABC/AFP`` (an outlet with an agency) are credits of the
    agency; ``Pool/Reuters`` and ``Jane Doe/AP`` are credits of photographs and give none. A part
    that is no agency counts as a second source, an empty string in the answer, unless it is a
    desk's code in lower case.
    """
    whole = agency_of(credit)
    if whole is not None:
        return [whole]
    if len(credit) > 60:
        return []
    found: list[str] = []
    for part in _SPLIT.split(credit.strip()):
        agency = agency_of(part)
        if agency is not None:
            if agency not in found:
                found.append(agency)
        elif not _DESK_CODE.fullmatch(part):
            return []
        elif part.isupper():
            found.append("")
    # Asked last: few credits come so far, and the answer takes as long as all before.
    return found if any(found) and not _PHOTO.search(credit) else []


def place_of(words: str) -> str | None:
    """Returns the place of a dateline with its date stripped, or ``None`` if it is no place name.

    The answer is empty where there is nothing but a date.

    A place is at most three parts between commas, each of at most four words that begin with a
    capital (or are in letters without capitals).
    """
    words = _DATE_TAIL.sub("", " " + words.strip()).strip(" \t\u00a0,-–—*•")
    if not words:
        return ""
    if len(words) > 50:
        return None
    parts = words.replace("/", ", ").split(",")
    if len(parts) > 4:
        return None
    for part in parts:
        members = part.split()
        if not 1 <= len(members) <= 4 or not _is_name(members[0], first=True):
            return None
        if not all(_is_name(member, first=False) for member in members[1:]):
            return None
    if parts[0].split()[0].casefold() in NOT_PLACES:
        return None
    # The full stop of "Sofia. " ends the place, that of "Durham, N.C." belongs to it.
    return words if len(parts) > 1 and "," in words else words.rstrip(".")


def _is_name(word: str, first: bool) -> bool:
    if not first and word.lower() in _CONNECTORS:
        return True
    head = word.lstrip("'’`")[:1]
    return head.isalpha() and not head.islower()


def _is_city(place: str) -> bool:
    return place.split(",")[0].split("/")[0].strip().casefold() in CITIES


def _filed_from(place: str, paragraphs: Sequence[Paragraph]) -> bool:
    """Whether the article speaks of a name as one speaks of a place: "in Sochi", "resort of Sochi".

    A name that says something is a person, whatever else is in it.
    """
    name = place.split(",")[0]
    name = name.title() if place.isupper() else name
    text = " ".join(paragraph.text for paragraph in paragraphs[:40])
    # The patterns are made for the name, and compiled for a millisecond. Without these words the
    # answer is no whoever speaks, and hardly a name that opens a line follows one of them.
    squeezed, words = " ".join(text.split()), " ".join(name.split())
    if not any(f"{word} {words}" in squeezed for word in ("in", "near", "outside", "of")):
        return False
    name = re.escape(name)
    if re.search(rf"\b{name}\s+(?:said|says|told|added|tweeted|wrote|asked)\b", text):
        return False
    return bool(
        re.search(
            rf"\b(?:in|near|outside|(?:city|town|capital|resort|port|village|province|state|district|"
            rf"region|island)\s+of)\s+{name}(?=[\s,.;)]|$)(?!\s+[A-Z])",
            text,
        )
    )


def _dateline_credit(paragraph: Paragraph, index: int, finding: Finding) -> Finding:
    """Adds what a paragraph's opening says: an agency and a place, an agency, or nothing."""
    text = paragraph.text
    head = text[:130]
    # What each pattern cannot do without is looked for first; a failing match costs ten times that.
    dashed = " - " in head or "–" in head or "—" in head or " --" in head
    if not dashed and head.isascii() and not ("(" in head or "[" in head or " /" in head):
        return finding
    if head[0] in "【（(新中法路美[" or "=" in head[:24]:
        for pattern in (_JAPANESE, _CHINESE, _KOREAN):
            match = pattern.match(head)
            if match and (agency := agency_of(match["who"])):
                return Finding(
                    agency,
                    f"dateline {paragraph.line_number}: {match.group()}",
                    True,
                    match["place"].strip() or finding.dateline,
                )
    match = _DATELINE.match(head) if "(" in head or "[" in head or "/" in head else None
    if match:
        credit = match["paren"] or match["slash"]
        agencies = agencies_of(credit)
        place = place_of(match["place"])
        rest = len(text) - match.end()
        if place is None or (rest < 20 and not match["end"]):
            return finding
        settled = bool(match["end"]) or place.isupper() or _is_city(place)
        if agencies and (settled or (not place and rest >= 40)):
            if not place:
                following = _ITALIAN_PLACE.match(text, match.end())
                place = place_of(following["place"]) if following else ""
            return Finding(
                next(filter(None, agencies)),
                f"dateline {paragraph.line_number}: {match.group().strip()}",
                len(agencies) == 1,
                place or finding.dateline,
            )
        # Not an agency: "LONDON (MarketWatch) — ", or the place itself, "(ANCHORAGE, Alaska) — ".
        dash = (match["end"] or ":")[-1] != ":"
        bracketed = not place and dash and match["paren"]
        place = place_of(credit) if bracketed else place
        if not place:
            return finding
        capitals = place.partition(",")[0].isupper() and len(place) > 3
        if _is_city(place) or (dash and capitals and ("," in place or not bracketed)):
            return finding._replace(dateline=finding.dateline or place)
        return finding
    match = _DATELINE_DASHED.match(head) if dashed else None
    if match:
        agencies = agencies_of(match["dashed"] or match["dotted"])
        place = place_of(match["place"])
        if agencies and place and len(text) - match.end() >= 20:
            return Finding(
                next(filter(None, agencies)),
                f"dateline {paragraph.line_number}: {match.group().strip()}",
                len(agencies) == 1,
                place,
            )
    match = _AGENCY_FIRST.match(head) if dashed and index == 0 else None
    if match and len(match["who"]) > 2 and (agency := agency_of(match["who"])):
        return finding._replace(
            agency=agency,
            evidence=f"dateline {paragraph.line_number}: {match.group().strip()}",
            own=True,
        )
    return finding


def _plain_dateline(paragraph: Paragraph, paragraphs: Sequence[Paragraph]) -> str | None:
    """Returns the place of a dateline without a credit ("SOFIA, Bulgaria — "), or ``None``.

    A line may open with any name and a colon or dash ("Putin: …", "Update: …"), so that one of
    these must speak for a place: it is a city that stands alone in datelines, it is in capitals
    before a dash, or the article says "in" it elsewhere.
    """
    text = paragraph.text
    head = text[:66]
    if not (":" in head or "—" in head or "–" in head or "--" in head or " - " in head):
        return None
    match = _PLAIN.match(head)
    if not match or len(text) - match.end() < 40 or match["rest"].islower():
        return None
    place = place_of(match["place"])
    if not place:
        return None
    state = place.rpartition(",")[2].strip()
    if _is_city(place) or state in _STATES or _filed_from(place, paragraphs):
        return place
    first = place.split(",")[0].strip()
    dash = match["end"] != ":" and ("," in place or match["end"] != " -")
    letters = sum(map(str.isalpha, first))
    if dash and first.isupper() and letters >= 4 and not _says(first, paragraphs):
        return place
    return None


def _says(name: str, paragraphs: Sequence[Paragraph]) -> bool:
    """Whether a name in capitals is one of the outlet or a speaker: it heads other lines, too."""
    return sum(paragraph.text.startswith(name) for paragraph in paragraphs[:40]) > 1


def _bare(line: str) -> str:
    """Returns a line without markup, brackets and bullets around it."""
    if "[" in line or "<" in line:
        line = _MARKUP.sub("", line)
    return line.strip(" \t\u00a0.·•*-–—()[]|:/")


def _credit_line(number: int, line: str, rule: str, tail: bool) -> Finding | None:
    """Returns what a line says if it is a credit and nothing else.

    Args:
      number: of the line.
      line: its text.
      rule: what removed it, empty for a kept paragraph.
      tail: whether it follows the article; before it, a bare name may belong to a photograph.
    """
    if tail and len(line) <= 500 and "eporting by" in line[:40] and _SIGN_OFF.match(line):
        return Finding("Reuters", _quote("sign-off", number, line), True)
    if len(line) > 400:
        return None
    short = len(line) <= CREDIT_CHARACTERS and rule != "field:credit"
    notice = tail and line[:12].lstrip(" (").casefold().startswith(("©", "copyright", "c)"))
    if not (short or notice) or _lacks_cues(line):
        return None
    if short:
        found = _short_credit(number, line, rule, tail)
        if found is not None and not _PHOTO.search(line):
            return found
    if notice:
        match = _COPYRIGHT.fullmatch(line.strip())
        if match and (agency := agency_of(match["who"])):
            return Finding(agency, _quote("copyright", number, line), True)
    return None


def _lacks_cues(line: str) -> bool:
    """Whether a line cannot name an agency, none of the words of ``_CUES`` being in it."""
    plain = line.isascii() or (len(line) <= CREDIT_CHARACTERS and _TYPOGRAPHIC.fullmatch(line))
    return bool(plain) and _CUES.isdisjoint(_words_in(line[:CREDIT_CHARACTERS]))


def _short_credit(number: int, line: str, rule: str, tail: bool) -> Finding | None:
    core = _bare(line)
    if not core:
        return None
    prefix = _BY.match(core)
    if prefix:
        agencies = _byline(core[prefix.end() :])
        if agencies:
            place = "byline" if prefix.group()[-1] not in ":：" else "credit line"
            return _credited(agencies, place, number, line)
        return None
    agencies = agencies_of(core)
    if agencies:
        firm = tail or rule in ("field:agency", "field:byline") or core != line.strip()
        plain = core in PLAIN_WORDS or core.casefold() in PLAIN_NAMES
        if firm and not plain:
            return _credited(agencies, "credit line", number, line)
        return None
    if "|" in core and _CLOCK_OR_DATE.search(core):
        agencies = agencies_of(core.split("|")[0])
        if agencies:
            return _credited(agencies, "credit line", number, line)
    if not tail:
        match = _LAST_PARENTHESIS.search(line)
        if match and _CLOCK_OR_DATE.search(line[max(0, match.start() - 12) : match.start()]):
            agencies = agencies_of(match["who"])
            return _credited(agencies, "credit line", number, line) if agencies else None
        return None
    match = _DESK_SIGN.fullmatch(line.strip()) or _INITIALS.fullmatch(core)
    if match:
        agencies = agencies_of(match["who"])
        return _credited(agencies, "credit line", number, line) if agencies else None
    match = _INPUTS.fullmatch(core)
    if match:
        agencies = agencies_of(match["who"])
        if agencies:
            return _credited(agencies, "credit line", number, line)._replace(own=False)
    return None


def _byline(words: str) -> list[str]:
    """Returns the agencies of a byline: the whole of it, or what its last name is of."""
    words = words.strip(" \t\u00a0.")
    agencies = agencies_of(words) or agencies_of(_ROLE.sub("", words))
    if agencies:
        return agencies
    for separator in (",", "|", "(", " of ", " for ", " - ", " – ", " — "):
        name, found, affiliation = words.rpartition(separator)
        if found and name:
            affiliation = affiliation.strip(" )")
            agency = agency_of(affiliation) or agency_of(_ROLE.sub("", affiliation))
            if agency is not None:
                return [agency]
    match = re.search(
        r"\s(AP|Associated Press|Reuters|AFP)\s(?:\w+\s){0,3}(?:Writer|Editor)s?$", words
    )
    agency = agency_of(match[1]) if match else None
    return [agency] if agency else []


def _credited(agencies: list[str], place: str, number: int, line: str) -> Finding:
    return Finding(next(filter(None, agencies)), _quote(place, number, line), len(agencies) == 1)


def _quote(place: str, number: int, line: str) -> str:
    words = " ".join(_MARKUP.sub("", line).split())
    if len(words) > EVIDENCE_CHARACTERS:
        words = words[: EVIDENCE_CHARACTERS - 1].rstrip() + "…"
    return f"{place} {number}: {words}"


def _closing_credit(paragraph: Paragraph) -> Finding | None:
    """Returns what the end of the last paragraph says: "… he said. (AFP)", "… he said. - PTI"."""
    text = paragraph.text
    if len(text) < 60:
        return None
    match = _CLOSING.search(text[-50:])
    if not match:
        return None
    credit = match["paren"] or match["dash"]
    agencies = agencies_of(credit)
    if not agencies:
        return None
    words = match.group()[1:].strip()
    return _credited(agencies, "closing words", paragraph.line_number, words)


@functools.lru_cache(maxsize=4096)
def _site(host: str) -> str | None:
    labels = host.casefold().split(".")
    for start in range(len(labels) - 1):
        agency = _DOMAINS.get(".".join(labels[start:]))
        if agency is not None:
            return agency
    return None


def _publisher(outlet: str | None, url: str | None, title: str | None) -> Finding | None:
    """Returns the agency whose own site the article is from."""
    if url:
        host = re.split("[/?#]", url.partition("//")[2] or url, maxsplit=1)[0]
        host = host.rpartition("@")[2].partition(":")[0]
        if agency := _site(host):
            return Finding(agency, f"url: {host}", True)
    if outlet and (agency := agency_of(outlet) or _site(outlet)):
        return Finding(agency, f"outlet: {outlet}", True)
    if title and " | " in title:
        name = title.rpartition(" | ")[2]
        if len(name) > 4 and (agency := agency_of(name)):
            return Finding(agency, f"title: {name}", True)
    return None


def _authors(authors: Sequence[str]) -> Finding | None:
    """Returns what the list of authors says.

    An agency at its head is the author. Behind a person it is the person's, or the source of what
    the person wrote, and the article is not taken for the agency's own. In a list longer than
    ``MAX_AUTHORS`` it is one of the names of a whole page, or of its pictures.
    """
    for index, author in enumerate(authors[:MAX_AUTHORS]):
        words = _bare(author)
        if words.isascii() and _CUES.isdisjoint(_words_in(words)):
            continue
        prefix = _BY.match(words)
        agencies = _byline(words[prefix.end() :] if prefix else words)
        if not agencies:
            continue
        if index and (len(authors) > MAX_AUTHORS or any(map(_PHOTO.search, authors))):
            return None
        agency = next(filter(None, agencies))
        return Finding(agency, f"author: {words}", index == 0 and len(agencies) == 1)
    return None


def attribute(
    paragraphs: Sequence[Paragraph],
    removed_lines: Sequence[RemovedLine] = (),
    authors: Sequence[str] = (),
    outlet: str | None = None,
    url: str | None = None,
    title: str | None = None,
) -> Finding:
    """Returns the agency an article comes from and the place it was filed from.

    The places that can name an agency are read in this order, and the first that does decides: the
    dateline, the authors, credit lines before the article, credit lines after it, the end of its
    last paragraph, the address and name of its outlet. The answer is the agency's own copy unless
    the credit names several sources, or says that the agency gave part of it ("with inputs from").

    Args:
      paragraphs: the kept ones, in order.
      removed_lines: the lines taken out, in order.
      authors: names, as the dump or the article gives them.
      outlet: name or domain.
      url: address of the article.
      title: headline.
    """
    finding = Finding()
    for index, paragraph in enumerate(paragraphs[:HEAD_PARAGRAPHS]):
        finding = _dateline_credit(paragraph, index, finding)
        if finding.agency:
            break
        if finding.dateline is None and index < 2:
            place = _plain_dateline(paragraph, paragraphs)
            if place is not None:
                finding = finding._replace(dateline=place)
    if finding.agency:
        return finding
    credit = (
        _authors(authors)
        or _lines_credit(paragraphs, removed_lines)
        or (_closing_credit(paragraphs[-1]) if paragraphs else None)
        or _publisher(outlet, url, title)
    )
    return credit._replace(dateline=finding.dateline) if credit else finding


def _lines_credit(
    paragraphs: Sequence[Paragraph], removed_lines: Sequence[RemovedLine]
) -> Finding | None:
    first, last = paragraphs[:HEAD_PARAGRAPHS], paragraphs[-TAIL_PARAGRAPHS:]
    head_end = first[-1].line_number if first else 0
    tail_start = last[0].line_number if last else 0
    before = [line for line in removed_lines if line.line_number < head_end]
    behind = [line for line in removed_lines if line.line_number > tail_start]
    for kept, removed, tail in ((first, before, False), (last, behind, True)):
        lines: list[Paragraph | RemovedLine] = [*kept, *removed]
        for line in sorted(lines, key=_LINE_NUMBER) if removed else lines:
            rule = line.rule if isinstance(line, RemovedLine) else ""
            found = _credit_line(line.line_number, line.text, rule, tail)
            if found:
                return found
    return None


@dataclasses.dataclass
class Attribution(Transform):
    """Adds `agency`, `agency_evidence`, `dateline` and `agency_own`."""

    reads = ("paragraphs", "removed_lines", "authors", "outlet", "url", "title")
    adds: ClassVar[Mapping[str, Column]] = {
        "agency": Column(
            pa.string(),
            "News agency whose copy the article is, or is put together from; null where none is "
            "credited. Agencies that are only quoted do not count.",
            after="language_confidence",
        ),
        "agency_evidence": Column(
            pa.string(),
            "What says so: the place of the credit, its line number and its words.",
            after="agency",
        ),
        "dateline": Column(
            pa.string(),
            "Place the article was filed from, as it is written; its date is left out.",
            after="agency_evidence",
        ),
        "agency_own": Column(
            pa.bool_(),
            "Whether the article as a whole is the agency's own copy, not a desk's mix.",
        ),
    }
    version = 1

    def apply(self, article: Article) -> Article:
        """Returns the article with its attribution."""
        finding = attribute(
            article["paragraphs"],
            article["removed_lines"] or (),
            article["authors"] or (),
            article["outlet"],
            article["url"],
            article["title"],
        )
        return article | {
            "agency": finding.agency,
            "agency_evidence": finding.evidence,
            "dateline": finding.dateline,
            "agency_own": finding.own,
        }

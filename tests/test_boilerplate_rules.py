# ruff: noqa: RUF001 - letters of other scripts are meant
"""What a person would call page furniture goes, what only looks like it stays.

None of these lines is taken from the data the rules were written for.
"""

import pytest

from transforms.boilerplate import RULES, split

BODY = [
    "The city council voted on Tuesday to close the old harbour bridge for repairs that will take "
    "at least eighteen months.",
    "Engineers found cracks in three of the nine pillars during an inspection last autumn, the "
    "mayor's office said.",
    "Ferries will carry commuters across the river until the work is done, and the fare will stay "
    "the same.",
    "Shop owners on the eastern bank fear that customers will stay away during the winter season.",
    "The regional government will pay two thirds of the cost, according to the council's plan.",
]
TITLE = "Harbour bridge to close for eighteen months"


def rules_of(lines: list[str], **options: object) -> dict[int, str | None]:
    parts = split(lines, **options)  # type: ignore[arg-type]
    return {line.line_number: None for line in parts.paragraphs} | {
        line.line_number: line.rule for line in parts.removed
    }


def within(line: str) -> str | None:
    """The rule that removes a line between paragraphs."""
    lines = [TITLE, "", *BODY[:2], line, *BODY[2:]]
    return rules_of(lines)[5]


def at_end(*tail: str) -> list[str | None]:
    """The rules that remove the lines after the last paragraph."""
    lines = [TITLE, "", *BODY, "", *tail]
    found = rules_of(lines)
    return [found[number] for number in range(len(BODY) + 4, len(lines) + 1)]


def at_top(*head: str) -> list[str | None]:
    """The rules that remove the lines between the title and the text."""
    lines = [TITLE, *head, *BODY]
    found = rules_of(lines)
    return [found[number] for number in range(2, len(head) + 2)]


BETWEEN_PARAGRAPHS = """
Share via emailShare via email
Copy linkCopy link
Artikel druckenArtikel drucken
Share on Facebook
Share this story Facebook Twitter WhatsApp Email
Facebook Twitter Pinterest LinkedIn
Teilen Drucken Per E-Mail versenden
Partager sur Facebook
Compartir en Twitter
Condividi su WhatsApp
Поделиться
Paylaş
Udostępnij na Facebooku
Advertisement
ADVERTISEMENT
Anzeige
Publicité
Publicidad
- Werbung -
Story continues below
Article continues below advertisement
La suite après la publicité
Continúa leyendo después de la publicidad
>> Read more: Why the old bridge matters to commuters
>> Ferry operators prepare for a busy winter
» Mayor faces questions over the cost of repairs
► Five bridges that were closed for good
→ What the closure means for cyclists
Read more: Ferry operators prepare for a busy winter
READ MORE: Ferry operators prepare for a busy winter
READ MORE Ferry operators prepare for a busy winter
Read also: Ferry operators prepare for a busy winter
Also read: Ferry operators prepare for a busy winter
Related: Ferry operators prepare for a busy winter
RELATED STORY: Ferry operators prepare for a busy winter
See also: Ferry operators prepare for a busy winter
Don't miss: Ferry operators prepare for a busy winter
WATCH: Divers inspect the cracked pillars
(READ ALSO: Ferry operators prepare for a busy winter)
[Read more: Ferry operators prepare for a busy winter]
Lesen Sie auch: Fähren bereiten sich auf den Winter vor
Lesen Sie mehr: Fähren bereiten sich auf den Winter vor
Mehr zum Thema: Fähren bereiten sich auf den Winter vor
À lire aussi : Les ferries se préparent à un hiver chargé
Lire aussi : Les ferries se préparent à un hiver chargé
LIRE AUSSI Les ferries se préparent à un hiver chargé
Lea también: Los transbordadores se preparan para el invierno
Te puede interesar: Los transbordadores se preparan para el invierno
Leia também: Balsas se preparam para um inverno movimentado
Veja também: Balsas se preparam para um inverno movimentado
Leggi anche: I traghetti si preparano all'inverno
Lees ook: Veerboten bereiden zich voor op de winter
LEES OOK Veerboten bereiden zich voor op de winter
Читайте также: Паромы готовятся к зиме
Смотрите также: Паромы готовятся к зиме
Ayrıca okuyun: Feribotlar kışa hazırlanıyor
Czytaj także: Promy przygotowują się do zimy
Zobacz też: Promy przygotowują się do zimy
Čtěte také: Trajekty se chystají na zimu
Läs också: Färjorna förbereder sig för vintern
Læs også: Færgerne gør sig klar til vinteren
Les også: Fergene gjør seg klare til vinteren
Baca juga: Feri bersiap menghadapi musim dingin
Click here to subscribe to our newsletter
Click the bell icon to get notifications
Tap here to follow this topic
Klicken Sie hier, um unseren Newsletter zu abonnieren
Cliquez ici pour vous abonner
Haz clic aquí para suscribirte
Clique aqui para seguir o nosso canal
Нажмите здесь, чтобы подписаться
Sign up for our daily newsletter and never miss a story
Get the morning briefing delivered straight to your inbox
Subscribe to our newsletter
Join our WhatsApp channel for the latest updates
Follow us on Twitter and Facebook
Follow us on Google News
Melden Sie sich für unseren Newsletter an
Abonnieren Sie unseren Newsletter
Folgen Sie uns auf Facebook und Instagram
Abonnez-vous à notre newsletter
Suivez-nous sur Facebook et Twitter
Inscrivez-vous à notre newsletter pour ne rien manquer
Suscríbete a nuestro boletín
Síguenos en Facebook y Twitter
Assine a nossa newsletter
Siga-nos no Instagram
Iscriviti alla nostra newsletter
Seguici su Facebook
Schrijf je in voor onze nieuwsbrief
Volg ons op Facebook
Подпишитесь на нашу рассылку
Подписывайтесь на наш Telegram-канал
Bizi Instagram'da takip edin
Bültenimize abone olun
Zapisz się do naszego newslettera
Obserwuj nas na Facebooku
Already a subscriber? Log in
Subscribe to continue reading
This article is available to subscribers only
Déjà abonné ? Connectez-vous
Bereits Abonnent? Hier anmelden
Ya eres suscriptor? Inicia sesión
Photo: Harbour Authority
(Photo by Ann Example/Getty Images)
Image credit: Harbour Authority
Foto: dpa
Crédit photo : AFP
Фото: ТАСС
Fotoğraf: AA
© 2021 Harbour Times. All rights reserved.
Copyright 2019 Harbour Times
Alle Rechte vorbehalten
Tous droits réservés
The old bridge seen from the ferry pier on Monday. Photograph: Ann Example/Reuters
Divers inspect the pillars of the old bridge. (Ann Example/AP)
Engineers at work on the eastern pillar in March | Ann Example/AFP via Getty Images
Latest News
Breaking News
You might also like
More from this section
Most Read
Recommended for you
Related Articles
Trending Now
Lates News
Latset News
Trendng Now
Recomended for you
You may aslo like
Das könnte Sie auch interessieren
Meistgelesen
Sur le même sujet
Les plus lus
Lo más leído
Últimas noticias
Más leídas
Artigos relacionados
Leia mais
Articoli correlati
Potrebbe interessarti anche
Gerelateerde artikelen
Meest gelezen
Материалы по теме
İlgili haberler
Podobne artykuły
Leave a comment
3 Comments
Kommentare
Laisser un commentaire
Deja un comentario
***
[embed]https://www.example.org/video/17[/embed]
https://www.example.org/video/17
Tags: bridge, harbour, council
Tags: Brücke, Hafen
Mots-clés : pont, port
Etiquetas: puente, puerto
""".strip().split("\n")


@pytest.mark.parametrize("line", BETWEEN_PARAGRAPHS)
def test_furniture_between_paragraphs_goes(line: str) -> None:
    assert within(line) in RULES


AFTER_THE_TEXT = [
    ["You might also enjoy"],
    ["Newest Stories"],
    ["Todays Top Stories"],
    [
        "Our Vision",
        "To bring honest and balanced reporting to every home in the valley.",
        "Contact us",
    ],
    [
        "About Us",
        "The Harbour Times is an independent daily for the people of the coast.",
        "Privacy",
    ],
    ["Who we are", "A small team of reporters that covers the river and its people.", "Subscribe"],
    ["Newsletter", "Sign up to get our stories by e-mail every Friday."],
    ["Stay connected", "Follow us for more news", "© 2020 Harbour Media"],
    ["Über uns", "Wir berichten seit 1990 unabhängig über die Region.", "Impressum", "Datenschutz"],
    ["À propos", "Un journal indépendant au service des habitants.", "Mentions légales"],
    ["Quiénes somos", "Un diario independiente al servicio de la región.", "Aviso legal"],
    ["Quem somos", "Um jornal independente ao serviço da região.", "Contacto"],
    ["Chi siamo", "Un giornale indipendente al servizio della regione.", "Contatti"],
    ["Over ons", "Een onafhankelijke krant voor de regio.", "Contact"],
    ["О нас", "Независимая газета для жителей региона.", "Контакты"],
    ["Hakkımızda", "Bölge halkı için bağımsız bir gazete.", "İletişim"],
    ["O nas", "Niezależna gazeta dla mieszkańców regionu.", "Kontakt"],
    ["Related stories", "Ferry operators prepare for winter", "Cyclists demand a second bridge"],
    ["Das könnte Sie auch interessieren", "Fähren bereiten sich auf den Winter vor"],
    ["@2015 - All Rights Reserved. Designed and developed by Webhouse"],
    ["© 2014–2022 Valley Press | Powered by WordPress"],
    ["Todos los derechos reservados. Prohibida su reproducción."],
    ["Designed by Webhouse"],
    ["HarbourNews/ab"],
    ["dpa/xy"],
    ["Valley24/Jk"],
    ["(AFP)"],
    ["Reuters"],
    ["Source: Reuters"],
    ["Quelle: dpa"],
    ["With inputs from PTI"],
    ["Con información de EFE"],
    ["Avec AFP"],
    ["— AP"],
    ["[source]Deutsche Presse-Agentur[/source]"],
    ["[agency_credit]Press Trust of India[/agency_credit]"],
    ["Agencies"],
    ["Reporting by Ann Example in Sofia; Editing by Bo Sample"],
    ["Additional reporting by Ann Example"],
    ["Ann Example contributed to this report."],
    ["Published: 14 March 2021"],
    ["Last updated on March 14, 2021 at 10:30 am"],
    ["Follow Ann Example on Twitter @annexample"],
    ["Comments are closed."],
    ["Do you have a story for us? Email tips@example.org"],
    ["Share your thoughts in the comments below"],
    ["Support independent journalism by becoming a member today"],
    ["Tap the follow button to get alerts on these topics:"],
    ["Press the star to add this author to your list"],
]


@pytest.mark.parametrize("tail", AFTER_THE_TEXT, ids=lambda tail: tail[0])
def test_furniture_after_the_text_goes(tail: list[str]) -> None:
    assert [rule for rule in at_end(*tail) if rule not in RULES] == []


ABOVE_THE_TEXT = [
    ["By Ann Example"],
    ["By ANN EXAMPLE and BO SAMPLE"],
    ["By Ann Example, Staff Writer"],
    ["Von Ann Beispiel"],
    ["Par Anne Exemple"],
    ["Por Ana Ejemplo"],
    ["Di Anna Esempio"],
    ["Door Anna Voorbeeld"],
    ["Автор: Анна Примерова"],
    ["14 March 2021"],
    ["March 14, 2021 10:30 AM"],
    ["Published 2 hours ago"],
    ["5 min read"],
    ["14. März 2021, 10:30 Uhr"],
    ["14 de marzo de 2021"],
    ["By Ann Example", "Harbour Correspondent", "14 March 2021"],
    ["Share", "Tweet", "Pin"],
    ["Save", "Print", "1.2k shares"],
    [
        "The harbour bridge seen from the eastern bank",
        "The harbour bridge seen from the eastern bank",
    ],
    [
        "A ferry passes under the harbour bridge on 3 March 2021.",
        "A ferry passes under the harbour bridge on 3 March 2021. Photo: Bo Sample / AFP",
    ],
    [
        "Ferry crews wait at the pier on Monday.",
        "Ferry crews wait at the pier on Monday.Credit: Bo Sample/ AP",
    ],
    ["The harbour bridge is seen from the eastern bank in this file photo"],
    ["Mayor Ann Example (left) with engineers at the harbour bridge"],
    ["Home > News > Local"],
]


@pytest.mark.parametrize("head", ABOVE_THE_TEXT, ids=lambda head: head[0])
def test_furniture_above_the_text_goes(head: list[str]) -> None:
    assert [rule for rule in at_top(*head) if rule not in RULES] == []


CONTENT = """
“It is over.”
"Never."
"We had no choice," she said.
– Long detours –
— Anger on the eastern bank —
What happens next?
Why now?
A long winter
Background
The plan
Politics
Health
Who pays?
Traders worry
1. Cracks in the pillars
• The bridge will close in October.
- Ferries run every ten minutes
Yes: 52 percent
No: 41 percent
Undecided 7
52%
Q: When will the bridge reopen?
A: In the spring of next year at the earliest.
Ann Example: We knew about the cracks.
Read more than the headlines before you judge the council, the mayor said.
Read my lips: no new taxes, he told the crowd.
The newsletter of the harbour association called the plan a disgrace.
She writes a newsletter about bridges that has 40,000 subscribers.
The company asked users to sign up for alerts before the storm, officials said.
The council said more than 2,000 people had signed up for its e-mail alerts.
He told readers to follow the money, not the mayor.
Follow the money, he said.
Share prices fell by three percent on Tuesday.
Facebook said on Monday that it would remove the posts.
Twitter suspended the account on Tuesday.
Facebook and Twitter declined to comment.
Subscribers were told of the change in a letter last week.
The advertisement showed the bridge in flames.
Comments by the mayor angered shop owners on both banks.
The latest news from the bridge was not good, engineers said.
Related costs would rise to two million, the council said.
Related costs
Latest views
Watch your step, the sign on the bridge reads.
Watching the river has become a habit for the old men on the pier.
Photographs of the cracks were published by a local paper last week.
The photo by the inspector shows a crack as wide as a hand.
Copyright law does not protect the design of a bridge, the court ruled.
The court held that all rights reserved by the builder had lapsed in 1990.
By Monday, all shops on the eastern bank had closed.
By then it was too late.
From the archives of the harbour office comes another story.
More than 300 people came to the meeting.
Next month the council will vote again.
Video shows the moment the first pillar cracked.
Privacy campaigners object to the cameras on the bridge.
Our mission is to save this bridge, said the chairman of the association.
“Our mission is simple: to keep the river open,” he added.
Contact with the ferry was lost at noon.
Help arrived an hour later.
Support for the plan has fallen since the spring.
Donate blood, save lives, the posters said.
Join the queue early, the ferry company advised its passengers.
Get out of the way, a worker shouted.
Click, click, click: the cameras never stopped.
Tags on the pillars show where the cracks are.
Updated figures will be presented on Thursday.
Published figures put the cost at two million.
In 2018, the bridge was declared safe.
September 11, 2001
2019
Paris
Reuters reported that the bridge would close in October.
The AP first reported the closure.
AFP journalists saw long queues at the pier.
(AP) — that is how the first report of the closure began.
According to Reuters, the work could take two years.
The minister spoke to Reuters and AFP.
Police said two people were hurt. (AP)
The ferries were full, a witness said. - Reuters
Wir werden die Brücke retten, sagte der Bürgermeister.
„Das ist ein schwarzer Tag für die Stadt.“
Lesen Sie den Bericht genau, riet der Bürgermeister den Bürgern.
Mehr Fähren, mehr Lärm
Der Newsletter des Vereins kritisierte den Plan.
« C'est une catastrophe », a déclaré le maire.
Lire et écrire ne suffisent plus, dit-elle.
Une lettre d'information de la mairie annonce la fermeture.
«Es una vergüenza», dijo la alcaldesa.
Leer entre líneas no basta, dijo.
Más de 300 personas acudieron a la reunión.
«È una vergogna», ha detto il sindaco.
Mais de 300 pessoas foram à reunião.
“Это катастрофа”, — сказал мэр.
Новости пришли поздно вечером.
Köprü ekim ayında kapanacak.
Więcej niż 300 osób przyszło na zebranie.
橋は十月に閉鎖される。
大桥将于十月关闭。
سيغلق الجسر في أكتوبر.
""".strip().split("\n")


@pytest.mark.parametrize("line", CONTENT)
def test_content_between_paragraphs_stays(line: str) -> None:
    assert within(line) is None


CONTENT_AT_END = """
"We will be back," she said.
The meeting ends at noon.
“Never again.”
The association's newsletter will report on the vote.
He has not paid since.
And then it was gone
Police said two people were hurt. (AFP)
Das war's.
""".strip().split("\n")


@pytest.mark.parametrize("line", CONTENT_AT_END)
def test_content_at_the_end_stays(line: str) -> None:
    assert at_end(line) == [None]

# ruff: noqa: RUF001 - letters of other scripts are meant
"""What a person would call page furniture goes, what only looks like it stays.

None of these lines is taken from the data the rules were written for.
"""

from typing import Any

import pytest

from transforms.boilerplate import RULES
from transforms.lines.article import split

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


def rules_of(lines: list[str], **options: Any) -> dict[int, str | None]:
    parts = split(lines, **options)
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
Print this articlePrint this article
Save to favoritesSave to favorites
Zum Merkzettel hinzufügenZum Merkzettel hinzufügen
Share this article on LinkedIn
Email to a friend
WhatsApp
Tweet this
Send to Kindle
Enviar por WhatsAppEnviar por WhatsApp
Envoyer par mailEnvoyer par mail
Facebook Twitter E-Mail Drucken
Share on: Facebook Twitter
Click the follow button to get updates on this story:
Tap the heart icon to save this story to your favourites
Hit the subscribe button to get notified:
Choose the topics you want to follow:
Select topics to follow:
Follow this topic:
Get alerts on this topic
Turn on notifications to follow this story
Follow these topics
Klicken Sie auf das Glockensymbol, um Themen zu folgen:
Cliquez sur la cloche pour suivre ces sujets :
>>> Ministers to meet again in Vienna next week
>> Explained: What the ceasefire means
>> Opinion | The day the guns fell silent
>> Watch: Refugees return to their homes
> Read more: Ministers to meet again in Vienna next week
» Lesen Sie auch: Minister treffen sich erneut in Wien
>> À lire aussi : Les ministres se retrouvent à Vienne
▶ Ministers to meet again in Vienna next week
👉 Ministers to meet again in Vienna next week
Also Read | Ministers to meet again in Vienna next week
ALSO READ: Ministers to meet again in Vienna
READ | Ministers to meet again in Vienna
Read full story: Ministers to meet again in Vienna
More on this story: Ministers to meet again in Vienna
More: Ministers to meet again in Vienna
MORE FROM THE HARBOUR TIMES: Ministers to meet again
Related coverage: Ministers to meet again in Vienna
You may also like: Ministers to meet again in Vienna
See more: Ministers to meet again in Vienna
Our previous report: Ministers to meet again in Vienna
Lesen Sie hierzu: Minister treffen sich in Wien
Mehr dazu: Minister treffen sich in Wien
Sur le même sujet : Les ministres se retrouvent à Vienne
Más información: Los ministros se reúnen en Viena
LEA MÁS: Los ministros se reúnen en Viena
Veja mais: Ministros voltam a reunir-se em Viena
Approfondisci: I ministri si incontrano a Vienna
Bekijk ook: Ministers ontmoeten elkaar in Wenen
По теме: Министры встретятся в Вене
İlgili haber: Bakanlar Viyana'da buluşacak
Przeczytaj też: Ministrowie spotkają się w Wiedniu
Top News
Recent Post
Recent Posts
Populer Posts
Populr Posts
Realted News
Releated Articles
Reccomended Stories
Breking News
Latest Updates
Latest Storys
Most Viewed
Must Read
Featured Video
Other Stories
Weitere Artikel
Aktuelle Nachrichten
Aktuele Nachrichten
Dernières nouvelles
Derniéres actualités
Noticias relacionadas
Notícas relacionadas
Ultime notizie
Laatste nieuws
Последние новости
Son Haberler
Najnowsze wiadomości
Sponsored Content
Paid Content
Promoted Stories
From our partners
Sign up to our free weekly newsletter for tips and recipes
Don't forget to subscribe to our newsletter for more posts & photos!
Enter your email address to receive our best stories
Stay up to date with our daily email
Never miss an update. Subscribe now!
Be the first to know - get our breaking news alerts
Want the day's top stories in your inbox? Sign up here.
Recevez chaque matin l'essentiel de l'actualité dans votre boîte mail
Täglich die wichtigsten Nachrichten in Ihrem Postfach - jetzt anmelden
Recibe las noticias más importantes en tu correo
Receba as principais notícias no seu e-mail
Ricevi ogni mattina le notizie nella tua casella di posta
Ontvang dagelijks het nieuws in je mailbox
Получайте главные новости в нашем телеграм-канале
Otrzymuj najważniejsze wiadomości na swoją skrzynkę
Download our app for iOS and Android
Download the app now
Join the conversation on Facebook
Like our page on Facebook
Subscribe to our YouTube channel
Listen to our podcast on Spotify
Become a member
Login to comment
Post a comment
View all comments (12)
Comments (0)
0 comments
Picture: Supplied
Image: Shutterstock
Image courtesy of the Harbour Authority
(Image: Getty)
(Photo: AFP)
Photo by Bo Sample on Unsplash
Photo credit: Bo Sample
Credit: Bo Sample
Bild: dpa / Bo Beispiel
Foto: Bo Beispiel/dpa
Photo : Bo Exemple / AFP
Photograph: Bo Sample/The Harbour Times
Pic: Bo Sample
© Bo Sample/AFP
© Reuters
AP Photo/Bo Sample
File photo
Representational image
Video by Reuters
[caption id="attachment_17" align="alignnone" width="640"]The bridge at dawn[/caption]
[/caption]
[gallery ids="1,2,3"]
[adrotate banner="3"]
pic.twitter.com/aBcDeFg
var _gaq = _gaq || [];
Copyright © 2020 Valley Media Group. All Rights Reserved.
(c) 2020 Valley Media
©2020 Valley Media Inc.
Copyright 2020 Valley Media LLC. All rights reserved. It may not be published or broadcast.
Content copyright 2018. Valleynews.com. All rights reserved.
Minden jog fenntartva
Все права защищены © 2020
Send by SMSSend by SMS
Share this pageShare this page
Gift this articleGift this article
Seite druckenSeite drucken
Enviar por correoEnviar por correo
Partager par emailPartager par email
Invia per emailInvia per email
Copy this link
Share to Facebook Share to Twitter Share to LinkedIn
Tell your friends
Save this article for later
Add to reading list
Text size A- A A+
Click the plus sign to follow this author:
Tap the bell to receive alerts about this topic:
Touch the icon to follow topics
Press here to subscribe
Use the button below to follow this story
To follow this topic, click the bell icon
>> More: Border crossings reopen after three years
>> Analysis: The long road to peace
>> Border crossings reopen after three years | Opinion
>> In pictures: Life on the border
>>Border crossings reopen after three years
► Read also: Border crossings reopen after three years
Read Next: Border crossings reopen after three years
READ NEXT Border crossings reopen after three years
Must read: Border crossings reopen after three years
Editor's pick: Border crossings reopen after three years
From our archive: Border crossings reopen after three years
Earlier: Border crossings reopen after three years
What you need to know: Border crossings reopen
Learn more: Border crossings reopen after three years
Auch interessant: Grenzübergänge öffnen nach drei Jahren
Siehe auch: Grenzübergänge öffnen nach drei Jahren
Voir aussi : Les postes-frontières rouvrent après trois ans
Vea también: Los pasos fronterizos reabren tras tres años
Saiba mais: Fronteiras reabrem após três anos
Guarda anche: I valichi riaprono dopo tre anni
Lees verder: Grensovergangen gaan na drie jaar open
Подробнее: Границы откроют через три года
Haberin devamı: Sınır kapıları üç yıl sonra açılıyor
Polecamy: Przejścia graniczne otwarte po trzech latach
News Feed
Top Picks
Hot News
World News Today
Latest Headlines
Lastest News
Latest Newss
Breaking Newz
Most Poplar
Poplar Posts
You mght also like
Subscrbe
Newsleter
Newslettter
Folow us
Related Storys
Advertisment
Advertisements
Sponsered
Recomended
Neuste Nachrichten
Letzte Nachrichtn
Derniers articles
Articles similares
Ultimas Noticias
Noticias mas leidas
Últimos artigos
Le più lette
Sign up for our newsletter to get exclusive photos, tips and stories!
Subscribe to my blog for new posts & giveaways
Join our mailing list
Get notified of new posts by email
Get our stories in your inbox every morning
Keep me updated
Let's keep in touch! Sign up for the newsletter.
Enter your e-mail address
Your email address
Unsubscribe at any time
Rejoignez notre chaîne WhatsApp
Erhalten Sie jeden Morgen unser Briefing per E-Mail
Únete a nuestro canal de Telegram
Entre no nosso grupo do WhatsApp
Unisciti al nostro canale Telegram
Word lid van ons WhatsApp-kanaal
Вступайте в нашу группу ВКонтакте
Telegram kanalımıza katılın
Dołącz do nas na Facebooku
Photographer: Bo Sample
Photos by Bo Sample
(Bo Sample/The Harbour Times)
Bo Sample / AFP
Bo Sample/Reuters
Getty Images
Image credit: Bo Sample/AFP
Photo: Bo Sample
(Foto: Bo Beispiel)
Bildquelle: dpa
Fotos: Bo Beispiel
Crédito: Bo Ejemplo
Foto: Bo Esempio/Ansa
AFP / Bo SAMPLE
EPA-EFE/BO SAMPLE
© Provided by AFP
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
    [
        "Our Mission",
        "We want to be the voice of the people of this valley and bring them the truth.",
        "Newsletter",
    ],
    [
        "Mission Statement",
        "To inform and to entertain the community with balanced news from around the world.",
        "Latest News",
    ],
    [
        "About",
        "Valley24 is a leading online news portal that publishes fair and objective news.",
        "Follow Us",
    ],
    ["Our Goal", "Serving readers with unbiased news.", "Recent Posts"],
    [
        "Our Promise",
        "Fair news for everyone, every day, without fear or favour.",
        "Subscribe",
        "© 2020",
    ],
    [
        "Unsere Mission",
        "Wir wollen unsere Leser fair und unabhängig informieren.",
        "Newsletter",
        "Melden Sie sich an, um nichts zu verpassen.",
    ],
    ["Notre mission", "Informer les lecteurs de façon juste et indépendante.", "Newsletter"],
    ["Nuestra misión", "Ofrecer a los lectores una información justa e independiente.", "Boletín"],
    ["Nossa missão", "Informar os leitores de forma justa e independente.", "Newsletter"],
    ["Наша миссия", "Мы хотим дать читателям честные новости.", "Рассылка"],
    ["Site designed by Webhouse"],
    ["Design & Development: Webhouse"],
    ["Developed by Webhouse Ltd"],
    ["Theme by Webhouse"],
    ["© 2011 Valley News. Website by Webhouse"],
    ["@2019 - All Right Reserved"],
    ["All right reserved 2019"],
    ["Copyright @ 2019 Valley News"],
    ["VN/ab"],
    ["Valleynews24/SM"],
    ["BSS/AFP/17:20"],
    ["ANI/mk"],
    ["UNB/Rb"],
    ["(PTI)"],
    ["PTI ABC DEF"],
    ["--IANS"],
    ["ab/cd"],
    ["IANS"],
    ["AFP/ab"],
    ["[source]Reuters[/source]"],
    ["[author]Agence France-Presse[/author]"],
    ["[credit_text]Associated Press[/credit_text]"],
    ['[source_with_link url="http://example.org"]Xinhua News Agency[/source_with_link]'],
    ["{{source}}Reuters{{/source}}"],
    ["<source>Reuters</source>"],
    ["(With input from agencies)"],
    ["With agency inputs"],
    ["Source: Agencies"],
    ["Source: AFP"],
    ["Agence France-Presse"],
    ["The Associated Press"],
    ["– Reuters"],
    ["(Reuters)"],
    ["AFP/The Harbour Times"],
    ["By Bo Sample, Reuters"],
    ["Bo Sample is a reporter at the Harbour Times. Follow him on Twitter @bosample"],
    ["Editing by Bo Sample"],
    ["(Reporting by Bo Sample and Ann Example; Editing by Cy Model)"],
    ["Our Standards: The Thomson Reuters Trust Principles."],
    ["Want to get in touch? Email us at desk@example.org"],
    ["Filed Under: Bridges"],
    ["More like this"],
    ["Tags"],
    ["Share this:"],
    ["Like this:"],
    ["Loading..."],
    ["Previous article", "Next article"],
    ["Read our privacy policy"],
    ["This story has been published from a wire agency feed without modifications to the text."],
    ["(This story has not been edited by our staff and is auto-generated from a syndicated feed.)"],
    ["Read more at harbourtimes.example"],
    ["Contact the author at desk@example.org"],
    ["Post navigation"],
    ["Back to top"],
    ["Advertise With Us | Privacy | Terms"],
    ["Home | About | Contact"],
    ["Our Values", "We believe in honest news for honest people.", "Contact Us"],
    ["What we stand for", "A free and fair press for all.", "Subscribe"],
    [
        "About this site",
        "Daily news, views and photos from the valley and beyond since 2009.",
        "Recent Posts",
        "Tags",
    ],
    [
        "About Us",
        (
            "We provide you with the latest breaking news and videos straight from the"
            " entertainment industry."
        ),
        "Contact us: desk@example.org",
    ],
    ["Contact us: desk@example.org"],
    ["Editor: Ann Example"],
    ["Editor-in-Chief: Ann Example | Publisher: Bo Sample"],
    ["Address: 12 Pier Street, Harbour City"],
    ["Phone: +1 555 0100"],
    ["All Rights Reserved by Valley News"],
    ["© Valley News 2020"],
    ["© Copyright 2020, All Rights Reserved | Valley News"],
    ["Copyright ©2020 Valley Press Ltd. Developed by Webhouse"],
    ["Copyright reserved"],
    ["Design: Webhouse"],
    ["Powered by Webhouse CMS"],
    ["Maintained by Webhouse"],
    ["Proudly powered by WordPress"],
    ["Created by Webhouse"],
    ["Harbour24/ra"],
    ["AFP/cd"],
    ["News desk/xy"],
    ["BN24/MK"],
    ["Xinhua"],
    ["Source: Xinhua"],
    ["(Source: AFP)"],
    ["Source: AFP/Reuters"],
    ["AFP, Reuters"],
    ["AP, Reuters"],
    ["—AFP"],
    ["- AFP"],
    ["[AFP]"],
    ["[byline]Reuters[/byline]"],
    ["[source_link]Associated Press[/source_link]"],
    ["[wire_credit]Xinhua[/wire_credit]"],
    ["ANSA"],
    ["dpa"],
    ["(dpa)"],
    ["(dpa/lby)"],
    ["EFE"],
    ["(EFE)"],
    ["(ANSA)"],
    ["TASS"],
    ["Agencias"],
    ["Mit Material von dpa"],
    ["Redaktion"],
    ["By our correspondent"],
    ["Written by Ann Example"],
    ["Ann Example is the bridge correspondent of this paper."],
    ["Previous Post", "Next Post"],
    ["Next: Storm damages forty boats", "Previous: School gets new roof"],
    ["Post Views: 123"],
    ["Views: 1,234"],
    ["Share", "0"],
    ["Facebook Comments"],
    ["Leave a Reply", "Your email address will not be published. Required fields are marked *"],
    ["0 Comments"],
    ["Tags: bridge"],
    ["#bridge #harbour"],
    ["Print Friendly, PDF & Email"],
    ["Click to share on Twitter (Opens in new window)"],
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
    ["World"],
    ["WORLD NEWS"],
    ["Middle East"],
    ["Home / World / Middle East"],
    ["Home » World"],
    ["You are here: Home » World » Harbour bridge to close for eighteen months"],
    ["Startseite > Lokales > Harbour bridge to close for eighteen months"],
    ["News18 » World"],
    ["Updated: March 14, 2021 10:30 IST"],
    ["Posted: 14 March 2021"],
    ["Last Updated: 14/03/2021 10:30"],
    ["Mon, 14 Mar 2021"],
    ["14.03.2021"],
    ["2021-03-14 10:30:00"],
    ["3 hours ago"],
    ["Bo Sample"],
    ["by Bo Sample"],
    ["By Bo Sample | March 14, 2021"],
    ["By Bo Sample, The Associated Press"],
    ["By Reuters"],
    ["Reuters"],
    ["AFP"],
    ["Bo Sample, Sofia"],
    ["Written by Bo Sample"],
    ["Posted by Admin"],
    ["Staff Reporter"],
    ["Our Correspondent"],
    ["From Our Correspondent"],
    ["Web Desk"],
    ["News Desk"],
    ["Texte: Bo Exemple"],
    ["Bo Sample and Ann Example"],
    ["The bridge at dawn", "The bridge at dawn"],
    [
        "President Ann Example meeting with Prime Minister Bo Sample on March 3, 2021.",
        (
            "President Ann Example meeting with Prime Minister Bo Sample on March 3,"
            " 2021.Credit: \\ POOL/ AP"
        ),
    ],
    [
        "Ferries at the pier in Sofia, March 3, 2021",
        "Ferries at the pier in Sofia, March 3, 2021 (AFP)",
    ],
    [
        "Ferries at the pier in Sofia, March 3, 2021",
        "Photo: AFP",
        "Ferries at the pier in Sofia, March 3, 2021",
    ],
    ["A man fishes next to the old harbour bridge", "(Bo Sample/AFP)"],
    ["File - A man fishes next to the old harbour bridge, March 3, 2021."],
    ["FILE PHOTO: A man fishes near the bridge, March 3, 2021. REUTERS/Bo Sample/File Photo"],
    ["A man fishes next to the old harbour bridge on Monday. REUTERS/Bo Sample"],
    ["A man fishes next to the old harbour bridge on Monday. [Bo Sample/Reuters]"],
    ["A man fishes next to the old harbour bridge on Monday — AFP"],
    ["A man fishes next to the old harbour bridge. AFP PHOTO"],
    ["A man fishes next to the old harbour bridge on Monday [File: Bo Sample/EPA]"],
    ["In this March 3, 2021 photo, a man fishes next to the bridge."],
    ["A man is seen next to the old harbour bridge"],
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


# Whole articles of short or odd lines: nothing but the title may leave them.
ARTICLES: dict[str, list[str]] = {
    "interview": [
        "The mayor on the bridge, the ferries and her critics",
        "",
        "The mayor spoke to us in her office above the harbour, an hour before the vote.",
        "Q: When will it open?",
        "In spring.",
        "Q: Who pays?",
        "The region does, mostly.",
        "Q: Why now?",
        "Because of the cracks.",
        "Q: Are you sure?",
        "Yes.",
        "Q: And the ferries?",
        "They will run.",
        "Q: Will you resign?",
        "No.",
        "Q: When will it open?",
        "In spring.",
        "Q: Who pays?",
        "The region does, mostly.",
        "Q: Why now?",
        "Because of the cracks.",
        "Q: Are you sure?",
        "Yes.",
        "Q: And the ferries?",
        "They will run.",
        "Q: Will you resign?",
        "No.",
        "The interview was edited for length.",
    ],
    "transcript": [
        "Transcript of the council meeting on the harbour bridge",
        "",
        "CHAIR: Good evening.",
        "MAYOR: Thank you.",
        "CHAIR: Please begin.",
        "MAYOR: We have three pillars with cracks.",
        "SMITH: How deep?",
        "MAYOR: Deep enough.",
        "(LAUGHTER)",
        "SMITH: I see.",
        "CHAIR: Order.",
        "JONES: I object.",
        "CHAIR: Noted.",
        "MAYOR: May I go on?",
        "CHAIR: Yes.",
        "MAYOR: The bridge will close in October.",
        "(APPLAUSE)",
        "SMITH: For how long?",
        "MAYOR: Eighteen months.",
        "SMITH: That is a disgrace.",
        "CHAIR: Order, please.",
        "JONES: Who pays?",
        "MAYOR: The region.",
        "CHAIR: We will vote now.",
        "(END OF EXCERPT)",
    ],
    "poll": [
        "How the valley would vote",
        "",
        *BODY[:2],
        "Poll of 1,000 voters:",
        "Green List 31",
        "Citizens' Union 27",
        "Farmers' Party 14",
        "Left Alliance 11",
        "Liberals 9",
        "Others 8",
        "Undecided: 12 percent",
        "Margin of error: 3 points",
        *BODY[2:],
    ],
    "poem": [
        "A song for the bridge",
        "",
        "The poet read these lines at the pier on Sunday, to an audience of forty.",
        "Old bridge of stone,",
        "you carried us home",
        "through wind and through snow,",
        "through ebb and through flow.",
        "Now rest in the tide,",
        "your pillars have cried,",
        "and we on the shore",
        "shall cross you no more.",
        "",
        "She was asked to read it twice.",
        *BODY,
    ],
    "de": [
        "Brücke bleibt achtzehn Monate gesperrt",
        "",
        "Die Sanierung kostet vier Millionen Euro. Händler fürchten um ihr Geschäft.",
        (
            "Der Stadtrat hat am Dienstag beschlossen, die alte Hafenbrücke für mindestens"
            " achtzehn Monate zu sperren."
        ),
        "Risse in drei Pfeilern",
        (
            "Ingenieure hatten im Herbst Risse in drei der neun Pfeiler gefunden, teilte"
            " das Büro der Bürgermeisterin mit."
        ),
        "„Wir haben keine Wahl“",
        "„Das ist ein schwarzer Tag“, sagte ein Händler.",
        "Mehr zum Plan will die Stadt am Freitag sagen.",
        "Themen waren auch die Fähren.",
        "Und nun?",
        "Niemand weiß es.",
    ],
    "fr": [
        "Le pont du port fermé dix-huit mois",
        "",
        (
            "Le conseil municipal a voté mardi la fermeture du vieux pont du port pour au"
            " moins dix-huit mois."
        ),
        "Des fissures dans trois piles",
        "Des ingénieurs ont trouvé des fissures dans trois des neuf piles, a indiqué la mairie.",
        "« On n'a pas le choix »",
        "Lire le rapport ne suffit pas, dit un élu.",
        "À suivre, promet la maire.",
        "Voir la mer, enfin, soupire une habitante.",
    ],
    "ru": [
        "Мост закроют на полтора года",
        "",
        (
            "Городской совет решил во вторник закрыть старый мост на ремонт не менее чем на"
            " восемнадцать месяцев."
        ),
        "Трещины в опорах",
        "Инженеры нашли трещины в трех из девяти опор, сообщили в мэрии.",
        "«Выбора нет»",
        "Подробнее о плане расскажут в пятницу.",
        "Главное — паромы, говорит мэр.",
    ],
    "zh": [
        "海港大桥将关闭十八个月",
        "",
        "市议会周二投票决定关闭旧海港大桥进行维修，工期至少十八个月。",
        "工程师去年秋天在检查中发现九根桥墩中有三根出现裂缝，市长办公室表示。",
        "裂缝",
        "“我们别无选择。”",
        "渡轮将继续运行。",
    ],
    "liveblog": [
        "Live: Council votes on harbour bridge",
        "",
        "10:15",
        "The doors are open and the first speakers have arrived in the hall.",
        "10:32",
        "The mayor takes the floor and thanks the engineers for their work.",
        "11:05",
        "Shouts from the gallery. The chair calls for order.",
        "11:40",
        "The vote: 21 to 9.",
        "12:00",
        "That's all from us.",
    ],
    "recipe": [
        "Fish soup from the harbour",
        "",
        (
            "Every family on the eastern bank has its own recipe for this soup, and every"
            " one of them is right."
        ),
        "Ingredients",
        "1 kg fish",
        "2 onions",
        "3 tomatoes",
        "1 l water",
        "Salt",
        "Pepper",
        "Method",
        "Chop the onions.",
        "Fry them in oil until they are soft and golden.",
        "Add the fish, the tomatoes and the water and simmer for half an hour.",
        "Serve hot.",
    ],
    "short": ["Bridge closed", "", "The harbour bridge is closed.", "Ferries run instead."],
    "hosts": [
        "Obituary: Ann Example, bridge builder, 91",
        "",
        *BODY,
        "Ann Example is survived by two sons.",
        "Her brother is a professor at the university of the valley.",
        "Bo Sample is a former editor of the paper and a friend of the family.",
    ],
}


@pytest.mark.parametrize("kind", ARTICLES)
@pytest.mark.parametrize("extracted", [False, True], ids=["dump", "extract"])
def test_articles_of_short_or_odd_lines_stay_whole(kind: str, extracted: bool) -> None:
    lines = [line for line in ARTICLES[kind] if line] if extracted else ARTICLES[kind]
    parts = split(lines, extracted=extracted)
    assert parts.title == lines[0]
    assert [line.text for line in parts.paragraphs] == [line for line in lines[1:] if line]


def test_the_headings_and_sentences_of_a_list_stay() -> None:
    headings = [
        "It is older than the town hall",
        "It has nine pillars",
        "It was built by one family",
        "It carries 20,000 cars a day",
        "It leaks",
        "It sings in the wind",
        "It was painted green once",
        "It has a twin",
        "It survived a flood",
        "It will be back",
    ]
    lines = ["Ten things to know about the harbour bridge", BODY[0]]
    for number, heading in enumerate(headings, 1):
        lines += [
            f"{number}. {heading}",
            f"That is what the keeper of bridge {number} told our reporter when they met there.",
        ]
    for extracted in (False, True):
        kept = [line.text for line in split(lines, extracted=extracted).paragraphs]
        assert kept == lines[1:]


CAPTIONS = [
    "The ferry Marigold leaves the eastern bank on the first day of the timetable.",
    "Commuters wait in the rain at the old landing stage in January 2019.",
    "A diver shows the crack in the third pillar of the bridge.",
    "Children paint the railing of the landing stage in June.",
]


def test_captions_that_are_each_printed_twice_go() -> None:
    doubled = [caption for caption in CAPTIONS for _ in range(2)]
    lines = [TITLE, *BODY[:3], *doubled[:6], BODY[3], *doubled[6:], BODY[4]]
    found = rules_of(lines)
    captions = [*range(5, 11), 12, 13]
    assert {number for number, rule in found.items() if rule == "doubled_caption_v1"} == {*captions}
    assert [found[number] for number in (2, 3, 4, 11, 14)] == [None] * 5


def test_paragraphs_that_are_set_twice_stay_once() -> None:
    # Two are accidents; where all are doubled the dump is, and lines of verse are short.
    for lines in (
        [TITLE, *BODY, *CAPTIONS[:2], CAPTIONS[1], BODY[0]],
        [TITLE, *(line for line in BODY for _ in range(2))],
    ):
        found = rules_of(lines)
        assert {text for number, text in enumerate(lines, 1) if found[number] is None} == {
            *lines[1:]
        }
    chorus = ["Row on, row on, my lads"] * 2 + ["Pull for the farther shore"] * 2 + ["Heave"] * 2
    assert set(rules_of([TITLE, *BODY[:2], *chorus, *BODY[2:]]).values()) == {"field:title", None}


def test_tags_below_the_first_one_go_and_headings_with_text_stay() -> None:
    tags = ["This article tagged under: Bridges", "Ferries", "City council", "Ada Quill"]
    assert at_end(*tags) == ["tags_v2", *["tag_list_v1"] * 3]
    assert at_end(*tags[:2], BODY[0].replace("Tuesday", "Monday"))[1:] == [None, None]


def test_labelled_links_below_what_there_is_to_know_go() -> None:
    links = [
        "How the cracks were found and who was told: the bridge explained",
        "Where to change on your way to work: ferry timetable",
        "Follow the repairs from week to week: bridge map",
    ]
    found = rules_of([TITLE, *BODY[:3], "What to know about the bridge:", *links, *BODY[3:]])
    assert [found[number] for number in range(5, 9)] == ["guide_links_v1"] * 4
    # A list with sentences, with short labels or with the clock times of a live report stays.
    for kept in (
        [f"{link}." for link in links],
        ["Where: the old bridge", "When: from May"],
        ["9:15 a.m.: the mayor arrives at the old bridge", "9:40 a.m.: divers enter the water"],
    ):
        found = rules_of([TITLE, *BODY[:3], "What to know about the bridge:", *kept, *BODY[3:]])
        assert set(found.values()) == {"field:title", None}

# ruff: noqa: RUF001 - letters of other scripts are meant
"""Which words let which patterns through: the gates of the rules about one line.

Most patterns are tried only on lines whose first word, or any word, is one that the pattern needs.
Each such condition is a gate, a bit; the lists name the words that open it. A gate that is open too
often costs time, one that stays shut loses lines: every word is listed that a pattern may need. The
words of ``CUE`` and most of ``ASK`` are those that cues and requests themselves begin with;
``transforms.lines.rules`` adds them. Bits from 16 on are its own.

The rules stand in families. Of each it is told from words and marks in which lines one of them may
be met at all (``transforms.lines.rules`` says where); in other lines the family is not asked.
"""

from transforms.lines import prompts

BY_ITSELF, LONG_LINES, SHORT_LINES, LEAD, CREDIT, REQUEST, NOTICES, APPEAL, OFFER = (
    1 << bit for bit in range(9)
)
"""The families: ``prompts.by_itself``; what is asked of lines of more than ``LONG`` characters and
of at most ``SHORT``; and of ``sentences.sentence_rule`` those that go by how a line begins or by
its mark-up, the credit at the end of a caption, ``notices.prompt_rule``, ``prompts.notice``,
``prompts.appeal``, and long offers, advertisements and notes about authors."""
SENTENCES = LEAD | CREDIT | REQUEST | NOTICES | APPEAL | OFFER

# --- of a line's first word -----------------------------------------------------------------------

CUE, REPORT, CLICK_GATE, FOLLOW_GATE, TIP_GATE, CONTINUE, SUPPORT_GATE = (
    1 << bit for bit in range(7)
)
TAG_GATE, BUILT, STAMP, HERE, PAGE, ASK, BYLINE, PICTURE, MASTHEAD = (
    1 << bit for bit in range(7, 16)
)

VOICE_FIRST = ASK | CLICK_GATE | BUILT | SUPPORT_GATE | TIP_GATE
FIRST_LISTS = {
    REPORT: """reporting additional writing editing compiled edited translated written produced
        bearbeitung redaktion con information with""",
    CLICK_GATE: """touch use please click tap press hit klick klicken klicke klickt cliquez
    cliquer haz haga
        pincha pinche pulsa pulse clique clicca cliccate klik tryk trykk нажмите нажимайте кликните
        жмите натисніть kliknij klikni klikněte tıkla tıklayın tippen اضغط انقر""",
    FOLLOW_GATE: """you follow folgen folge suivez sigue siga síguenos segui volg följ følg""",
    TIP_GATE: """do have got know send e-mail e email contact write reach call text message tweet
        haben vous une tienes tem viu hai heb tip нашли есть masz widziałeś haber bize""",
    CONTINUE: """this the story article post continues continued continue scroll keep what let tell
        sign visit want would for to find join editor interested check choose select pick manage
        follow edit customize customise show load hide post write
        was dieser cet este questo share leave have join sound comment like was did rate thank
        thanks watch see view read check
        listen add""",
    SUPPORT_GATE: """editor do want would please help you support donate give contribute become
        consider make chip join
        pledge back unterstützen spenden werden soutenez faites apoya apoye haz hazte apoie doe
        sostieni dona steun doneer поддержите destek wesprzyj""",
    TAG_GATE: """this tag tags tagged topic topics filed keyword keywords categories category label
        labels posted more related in see themen thema schlagwort schlagwörter schlagworte
        stichwort stichwörter stichworte rubriken mots sujets thèmes thématiques rubriques
        étiquettes
        etiquetas temas palabras archivado más assuntos tópicos palavras argomenti parole
        trefwoorden onderwerpen теги темы метки ключевые етикети etiketler etiket konular anahtar
        tagi tematy słowa štítky témata ämnen emner emne aiheet avainsanat topik tagar""",
    BUILT: """proudly website site theme web designed developed design powered built created hosted
        maintained réalisé propulsé desarrollado desenvolvido realizzato gestaltet ontwerp
        разработка tasarım projekt""",
    STAMP: """first originally last date story published updated posted modified created edited
        issued release released veröffentlicht aktualisiert erstellt zuletzt stand publié mis
        modifié posté publicado publicada actualizado actualizada atualizado atualizada pubblicato
        aggiornato ultimo última gepubliceerd bijgewerkt laatst geplaatst опубликовано опубликован
        опубликована обновлено обновлен дата güncelleme güncellenme güncellendi yayınlanma
        yayınlandı yayın yayım giriş opublikowano opublikowany aktualizacja dodano data publikováno
        publicerad publicerat uppdaterad uppdaterat publiceret opdateret publisert oppdatert
        julkaistu päivitetty diterbitkan""",
    HERE: """read see view watch listen find get download sign subscribe register donate order buy
        more visit lesen mehr voir lire ver vea leia leggi lees читайте oku czytaj""",
    PAGE: "page prev previous next",
    PICTURE: "in this a an file",
    MASTHEAD: """editor managing executive editor-in-chief publisher phone tel telephone fax
    address
        e-mail email mobile telefon telefono teléfono dirección adresse téléphone anschrift телефон
        адрес""",
    BYLINE: """eine ein une van vom dal dalla del publié written reported words story text report
    edited compiled posted analysis review
        opinion column article post photos photographs interview reporting reporter writer
        correspondent by propos recueilli
        recueillis aufgezeichnet from autor autorin autores
        autora author authors auteur auteurs autore автор авторы текст yazan yazar haber tekst
        texte texto testo skribent journalist redacción redação opracował opracowała opracowanie
        redaktor von vom par
        por di door av af od""",
}


# --- of any word ----------------------------------------------------------------------------------

COPY, CONTRIBUTOR, SUBSCRIBER, NOTICE, PRIZE_WORD, LAST, JOURNALIST, VOICE, PLEA = (
    1 << bit for bit in range(9)
)
ANY_LISTS = {
    COPY: """reserved reservado reservados reservadas vorbehalten réservés riservati riservata
        voorbehouden защищены захищені saklıdır zastrzeżone vyhrazena rättigheter rettigheter
        oikeudet dilindungi rezervate fenntartva επιφύλαξη reproduced republished redistributed
        reproduction prohibited interdite reproducción reprodução riproduzione перепечатка
        использование copyright © (c) &copy; محفوظة שמורות""",
    CONTRIBUTOR: "contributed contributing assisted",
    SUBSCRIBER: """unsubscribe enjoyed signing subscriber subscribers subscriber-only
    subscribers-only members-only subscribe
        subscription cookies cookie javascript recaptcha log login log-in sign register registered
        reading unlimited ad-blocker adblocker adblock blocker ad-block abonnent abonnenten abonnés
        abonné abonniert suscriptor suscriptores assinante assinantes abbonato abbonati abonnee
        abonnees подписаны подписчиков abone konto subskrybentów prenumeratorów çerez çerezler
        çerezleri cancel anytime remaining limit account weiterlesen testen abo utilise suite reste
        utilizamos utiliza utilizza gebruikt gebruiken использует używa korzysta registriert
        exclusivo exclusivement privacy terms members users browse month javascript""",
    NOTICE: """permission produced version material partnership published transcript feed
    modifications views
    opinions expressed syndicated
        affiliate
    standards trust informational
        originally appeared edited auto-generated autogenerated spotted noticed translated translat
        translation error typo earn errors constitute republished intended""",
    PRIZE_WORD: """newsletter newsletters e-letter eletter inbox mailing email e-mail emails
        e-mails alert alerts notifications notification updates briefing digest bulletin bulletins
        podcast channel rss app apps facebook twitter instagram youtube telegram whatsapp tiktok
        linkedin pinterest bluesky mastodon infolettre boletín boletines boletim correo nieuwsbrief
        mailbox postfach рассылку рассылка рассылки розсилку розсилка телеграм телеграме телеграмм
        телеграм-канал telegram-канал канал канале каналы каналу вконтакте уведомления ютуб e-bülten
        bülten bültenimize bültene bültenine kanal kanalımıza kanalımızı kanalını kanalına bildirim
        bildirimleri biuletyn biuletynu newslettera powiadomienia skrzynkę skrzynki kanał kanału
        nyhetsbrev nyhetsbrevet nyhedsbrev nyhedsbrevet uutiskirje uutiskirjeen uutiskirjeemme
        notificaciones notificações notifiche canal canale alertes alerte alertas alerta sozialen
        sociaux sociales sociais casella النشرة trial epaper e-paper google-news""",
    JOURNALIST: """editor reporter correspondent columnist writer contributor journalist blogger
        host fellow author editor-in-chief editor-at-large contributing freelance producer""",
    VOICE: prompts.SHORT_WORDS,
    PLEA: prompts.LONG_WORDS,
    LAST: """here hier ici aquí aqui qui здесь tutaj burada tıklayın tıklayınız tıkla""",
}

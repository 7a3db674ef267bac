# ruff: noqa: RUF001 - letters of other scripts are meant
"""Labels told by what they are made of, rather than listed one by one.

A label of page furniture is a short phrase from few words: ``share this story``, ``send the link to
a friend``, ``show all comments``, ``why am I seeing this ad``. A :class:`Kind` holds the words of
one sort of label: the makers (at least one must occur), the objects (at least one too, where the
kind has any), and the small words between. A line is of a kind if all its words are of that kind; a
word of any other sort makes it a sentence or a headline. So ``share the
burden`` is none, and ``post the link to your friends`` is one though nobody listed it.

The words are those of the interfaces of common content management systems in English, German,
French, Spanish, Portuguese, Italian, Dutch, Russian, Turkish and Polish. Words are matched in the
form :func:`transforms.text.key` gives them.
"""

from typing import NamedTuple

MOST_WORDS = 9
"""Labels are short: ``please log in or register to post a comment`` has nine words."""


class Kind(NamedTuple):
    """A sort of labels and the words it is made of.

    Attributes:
      rule: the rule that removes such a label.
      firm: whether it does so anywhere, rather than only beside other furniture.
      least: the least number of words.
      makers: one of them must occur.
      objects: one of them must occur too, if there are any.
      fillers: the other words that may.
    """

    rule: str
    firm: bool
    least: int
    makers: str
    objects: str
    fillers: str


KINDS = (
    Kind(
        "share_button_v2",
        True,
        2,
        """share send copy copied print printable save saved post forward tweet pin bookmark email
        e-mail gift mail text repost recommend refer add
        teilen senden versenden weiterleiten weitersagen kopieren kopiert drucken ausdrucken
        speichern posten twittern verschenken weiterempfehlen verschicken empfehlen sichern ablegen
        merken
        partager partagez envoyer envoyez copier copié imprimer imprimez enregistrer enregistrez
        transférer transférez sauvegarder recommander recommandez conserver ajouter offrir
        compartir comparte comparta enviar envía envíe copiar copiado imprimir guardar guarda
        reenviar recomendar recomienda mandar manda difundir difunde
        condividi condividere invia inviare copia copiato stampa stampare salva salvare inoltra
        consiglia segnala aggiungi
        compartilhar compartilhe partilhar partilhe envie copie imprima salvar salve encaminhar
        encaminhe recomende mande divulgue guarde
        deel delen stuur verstuur doorsturen kopieer kopiëren gekopieerd printen afdrukken bewaar
        bewaren opslaan doorgeven aanraden tip
        поделиться поделитесь отправить отправьте скопировать скопирована копировать распечатать
        сохранить сохраните переслать перешлите рассказать расскажите порекомендовать посоветовать
        paylaş paylaşın gönder gönderin kopyala kopyalandı yazdır kaydet öner ilet
        udostępnij wyślij kopiuj skopiuj skopiowano drukuj wydrukuj zapisz prześlij podziel poleć
        przekaż""",
        """article articles story stories page link links url report piece quote recipe gallery
        review interview podcast episode video wall timeline feed profile
        friend friends family network networks contacts clipboard colleague colleagues later
        favourites favorites facebook twitter whatsapp linkedin telegram pinterest reddit messenger
        followers audience portapapeles pdf vidéo vídeo version printable
        list adresse mensaje dalej sms contact info contacto contactos contatto contatti contato
        później ссылкой kontakt
        bluesky threads mastodon instagram email e-mail mail sms text message social media
        artikel beitrag seite meldung nachricht freund freunde freunden freundin kollegen
        zwischenablage netzwerken rezept später favoriten merkliste
        l'article lien ami amis amie proche proches courriel réseaux favoris tard
        artículo noticia nota página enlace amigo amigos correo redes después luego favoritos
        articolo l'articolo notizia pagina amico amici dopo preferiti
        artigo matéria depois
        bericht vriend vrienden favorieten
        статью статья статьёй статьей новость новостью страницу ссылку ссылка другу друзьям друзьями
        знакомым почте соцсетях закладки
        haberi haber yazıyı sayfayı bağlantıyı bağlantı linki arkadaşına arkadaşınla arkadaşlarınla
        arkadaşlarına medyada
        artykuł artykułem artykułu stronę linku wiadomość znajomemu znajomym przyjaciołom
        przyjaciółmi""",
        """this the a an it on via by to with your my our in for through as full here or and of news
        someone others free post posts short read ta te da de
        diesen dieses diese dieser den die das der einen einem auf bei per mit an als in und über
        x zur social media ihren ihrem sozialen für zu
        cet cette ce le la les un une à par sur avec vos mes l dans et aux ses plus pour sociaux
        este esta esa el un una a por en con tus tu mis al y sociales para los
        questo questa il lo gli un una ad per su sui via con tramite nella e ai ti
        o os as um uma no na nas pelo pela com seus suas sociais aos seu
        dit deze de het een met naar je uw aan op sociale voor
        эту этой этим эта по на в с со или и об этом через
        bu bunu ile için bir ve sosyal et
        ten tę tego tym się przez na z ze do w i o swoim""",
    ),
    Kind(
        "comments_v2",
        True,
        2,
        """comment comments commenting discussion conversation replies
        kommentar kommentare kommentaren kommentarfunktion kommentarbereich diskussion kommentieren
        commentaire commentaires commenter réagir réagissez réaction réactions discussion
        comentario comentarios comentar comenta conversación
        commento commenti commentare commenta
        comentário comentários comente
        reactie reacties reageer reageren
        комментарий комментарии комментариев комментарию комментировать обсуждение обсуждению
        yorum yorumlar yorumları yorumunuzu
        komentarz komentarze komentarzy komentować komentuj skomentuj""",
        """leave add post write read view see show hide load join report sort flag closed disabled
        off log login sign register registered moderated enable open start be make submit all more
        first your 0 reply below keep civil polite respectful
        lesen schreiben hinterlassen abgeben verfassen abschicken absenden senden anzeigen
        ausblenden melden geschlossen deaktiviert moderiert artikel beitrag anmelden einloggen alle
        ihr ihren
        laisser laissez ajouter ajoutez écrire écrivez lire voir afficher signaler fermés fermé
        modérés article publier publiez poster connectez-vous connecter votre
        deja dejar añade añadir escribe escribir leer ver mostrar publicar publica tu su este
        cerrados moderados noticia artículo envía
        lascia lasciare scrivi scrivere aggiungi leggi vedi mostra pubblica invia chiusi moderati
        articolo tuo vostro
        deixe deixar adicione escreva escrever ler leia veja ver mostrar publique seu fechados
        moderados notícia artigo
        plaats geef schrijf laat achter lees bekijk toon gesloten artikel bericht jouw
        оставить оставьте добавить добавьте написать напишите читать показать закрыты закрыто
        отключены статью статье ваш
        yap yapın yaz yazın ekle ekleyin oku göster gönder kapalı habere
        dodaj napisz zostaw czytaj pokaż zobacz wyłączone zamknięte artykuł swój""",
        """a an the this to on in for of our and or are is here now below have been before after
        you st
        must please approval publication topic closing it by
        der erste erster sein
        soyez le premier à être
        sé el primero en
        per primo sii il
        seja o primeiro a
        wees de eerste die reageert
        первым будьте
        ilk siz
        jako pierwszy bądź
        den die das der einen ein zu zum ist sind sich um jetzt hier und vor der bitte
        un une le les la cet cette à aux sont est pour et avant par l
        un una el los las la en esta están para de
        un una il i gli le su questo questa per sono
        um uma o os no na neste nesta estão para de
        een de het op dit deze zijn om te is
        к на по эту этой это для
        bu bir için
        do na ten są tego pod""",
    ),
    Kind(
        "advertisement_v2",
        True,
        2,
        """ad ads advert adverts advertisement advertisements sponsored sponsor sponsors promoted
        anzeige anzeigen werbung werbeanzeige gesponsert
        publicité publicités annonce sponsorisé
        publicidad anuncio anuncios patrocinado
        pubblicità sponsorizzato
        publicidade anúncio anúncios
        advertentie advertenties reclame
        реклама рекламы рекламу рекламой
        reklam reklamı reklamlar reklamdan
        reklama reklamę reklamy reklamą""",
        "",
        """ниже следует feature why am i are you seeing see this these the our your about choices
        choice feedback report
        remove hide close closes skip turn off can in seconds 0 continue continues continued below
        after story article content post scroll to with for keep reading read on of we show free
        block stop by loading is brought presented paid partner partners it will
        hier geht es weiter weiterlesen nach der die das den dem überspringen entfernen schließen
        ausblenden melden text artikel lesen sie unten warum sehe ich diese diesen inhalt unter
        la suite de cet cette l'article après ci-dessous continuez votre lecture passer fermer
        signaler sans masquer le les article continue lire
        continúa continua después sigue leyendo el artículo noticia tras cerrar saltar eliminar
        seguir contenido este
        dopo l'articolo prosegue salta chiudi rimuovi lettura sotto continua leggere a
        após depois da leitura pular fechar remover o a notícia matéria texto do
        verder na lees gaat artikel onder sluiten overslaan verwijderen
        продолжение после закрыть пропустить скрыть убрать читать далее текст под
        kapat geç devamı sonra haberin yazının gizle kaldır
        dalszy ciąg dalsza część tekstu artykułu pod za zamknij pomiń ukryj usuń dalej""",
    ),
    Kind(
        "subscription_v2",
        True,
        3,
        """subscribe subscriber subscribers subscription login log sign register registered account
        member members membership unlock join compte cuenta conta konto аккаунт hesap entre
        abonnieren abo digitalabo abonnement abonnent abonnenten anmelden anmeldung einloggen
        registrieren
        abonnez abonnez-vous abonné abonnés connectez connectez-vous inscrivez inscrivez-vous
        suscríbete suscríbase suscriptor suscriptores sesión regístrate
        abbonati abbonato accedi registrati abbonamento
        assine assinante assinantes login cadastre cadastre-se
        abonneer abonnee abonnees inloggen aanmelden
        войдите войти подпишитесь подпишись зарегистрируйтесь авторизуйтесь подписчики
        giriş abone üye
        zaloguj prenumerata prenumerator subskrypcja subskrybuj""",
        """read reading continue access rest full view see watch keep unlimited free
        lesen weiterlesen zugang vollen ganzen freischalten testen
        lire suite lecture continuer accéder accès intégralité
        leer leyendo continuar acceder seguir
        leggere leggi continuare continua
        ler lendo lê leia
        lezen lees verder toegang
        читать читайте дальше далее чтение продолжить доступ полностью
        okumaya okumak devam
        czytać czytaj dalej dostęp przeczytać""",
        """to for this the a an article story content in or up now now and your our with of on all
        here only can get it more site post video please create first be already have an you is
        créez crea crie maak aan erstellen erstelle создайте oluşturun załóż un una um uma
        must just today digital plus premium online yet not
        sie diesen dieses artikel text beitrag mit unserem um zu jetzt und nur oder hier noch kein
        den ist einem den bitte
        pour la l article vous cet et le en à de nos au
        para el este artículo y inicia tu o todo contenido
        per a l articolo questo e o il tutto con un
        para este esta a o artigo matéria faça ou texto conteúdo na íntegra
        met een om te dit artikel of en het hele nu log in
        чтобы и эту статью или на сайт статью текст
        etmek için yapın yap olun ol haberi bu haberin tamamını
        się aby żeby ten artykuł i lub cały tekst by""",
    ),
    Kind(
        "subscription_v2",
        True,
        3,
        """subscriber subscribers members leden abonentów подписке abonnenten abonnent mitglieder
        abonnés suscriptores
        suscriptor abbonati assinantes assinante abonnees подписчиков подписчикам aboneler abonelere
        prenumeratorów subskrybentów""",
        """only exclusive exclusively reserved nur exklusiv ausschließlich réservé exclusif
        seulement
        solo exclusivo exclusiva riservato esclusivo só apenas alleen exclusief только лишь sadece
        özel tylko wyłącznie""",
        """for to content article articles story für artikel inhalt aux nos pour contenu article
        para
        contenido artículo a per contenuto articolo agli os conteúdo artigo notícia voor onze
        для по материал статья доступ доступно için haber dla artykuł treść dostęp toegankelijk
        toegang zugang accès acceso accesso acesso access""",
    ),
    Kind(
        "share_button_v2",
        True,
        2,
        """later später tard después luego tardi dopo depois позже sonra później""",
        """read save watch listen lesen merken speichern lire leer ler leggi leggere lees lezen
        bewaar
        читать прочитать сохранить oku kaydet czytaj przeczytaj zapisz guardar guarda salva salvar
        enregistrer ver""",
        """for to this it für zu plus à per più para mais voor na на daha for and""",
    ),
    Kind(
        "media_v2",
        True,
        2,
        """gallery galleries photos pictures slideshow images
        galerie bildergalerie fotostrecke fotos bilder diashow fotogalerie
        photos diaporama
        galería fotogalería fotos
        galleria fotogallery foto
        galeria fotogaleria
        foto fotoserie fotoreeks
        фото фотогалерея фотогалерею фотографии галерею
        fotoğraflar galeri galeriyi fotoğrafları
        galeria galerię zdjęcia fotogaleria""",
        """view see open show browse launch start watch explore all more
        anzeigen ansehen öffnen zeigen starten alle
        voir afficher ouvrir toutes regarder lancer découvrir
        ver abrir mostrar mira todas
        guarda vedi apri tutte sfoglia
        veja abra confira todas
        bekijk open toon alle
        смотреть смотрите открыть показать все посмотреть
        gör izle aç tüm bak
        zobacz otwórz pokaż wszystkie""",
        """the full photo picture image in of here this our next
        die zur der hier
        la le les des en toutes galerie
        la las el de todas en
        la le le tutta qui di
        a as de todas
        de hier in
        в на
        fotoğraf
        na w""",
    ),
    Kind(
        "prompt_v2",
        True,
        2,
        """poll survey vote votes quiz
        umfrage abstimmung abstimmen stimmen mitmachen
        sondage votez voter avis
        encuesta vota opina
        sondaggio vota
        enquete vote
        enquête stem poll
        опрос опросе проголосовать голосуйте голосование
        anket ankete oy
        sonda sondzie ankieta ankiecie zagłosuj głosuj""",
        """take part in our below now participate join have cast your here answer today try
        sie jetzt ab teilnehmen unserer hier
        participez répondez donnez notre votre à ici
        participa nuestra responde en aquí
        partecipa rispondi al nostro qui
        participe nossa da responda aqui
        doe mee aan onze nu
        примите участие в нашем пройти пройдите
        katılın verin kullanın
        weź udział naszej naszym w""",
        """the this a is on us to of and
        an der die das an bei
        le la au et
        la el y
        il la e
        a de e
        de het
        на и
        için
        i""",
    ),
    Kind(
        "prompt_v2",
        True,
        3,
        """write email e-mail call contact ask tell message text
        schreiben schreib mailen kontaktieren fragen
        écrivez écrire contactez
        escríbenos escríbanos contacta escribe contáctanos
        scrivi scrivici contatta contattaci
        escreva contate mande
        stuur mail schrijf bel
        пишите напишите звоните присылайте
        yazın ulaşın gönderin
        napisz pisz zadzwoń wyślij""",
        """us newsroom newsdesk editors reporters
        uns redaktion
        nous rédaction
        redacción
        redazione
        redação nos
        ons redactie
        нам редакцию редакции
        bize
        nas nam redakcji""",
        """the our to at with your a tip tips story stories question questions here now directly
        an unsere der ihre fragen sie mail per
        à notre la vos questions
        a nuestra tu tus la preguntas en
        alla nostra la tue
        à para nossa sua
        uw je tip een aan de onze naar
        в вашу свои ваши новости мессенджеры на почту телеграм
        haberinizi sorularınızı
        do naszej na swój swoje""",
    ),
    Kind(
        "footer_heading_v2",
        False,
        2,
        """policy policies guidelines guideline statement notice terms settings preferences
        conditions disclosure disclaimer code standards information rates mission values jobs
        careers vacancies room centre center help faq history team journalists
        datenschutz impressum datenschutzerklärung nutzungsbedingungen agb cookies mediadaten
        anzeigenpreise stellenangebote
        confidentialité mentions cgu cgv conditions
        privacidad cookies privacidade
        privacy cookie cookie
        privacyverklaring voorwaarden
        конфиденциальности соглашение рекламодателям
        gizlilik çerez koşulları
        prywatności regulamin""",
        "",
        """privacy cookie cookies editorial correction corrections comment comments commenting
        community ethics ethical advertising diversity fact-checking factchecking ownership funding
        copyright accessibility slavery modern refund returns shipping subscription moderation user
        legal data protection security publishing submission republishing republication syndication
        use service ai complaints house rules site website our sale membership linking press media
        company corporate investor contact customer reader general
        of and the for on & your my manage change update at us we how work do not sell or share
        personal info
        unsere und hinweise hinweis einstellungen der die das richtlinien rechtliche
        politique légales générales de des la les et utilisation d'utilisation vie vente
        privée données personnelles gestion gérer paramètres charte
        política políticas aviso legal términos condiciones uso y el los configuración
        termos condições e
        informativa sulla sui policy termini condizioni d'uso gestisci preferenze
        beleid algemene en instellingen
        политика правила пользовательское использования об и
        politikası kullanım sözleşmesi ve
        polityka i ustawienia""",
    ),
    Kind(
        "media_v2",
        True,
        2,
        """image images photo photos slide picture pictures gallery video
        bild bilder foto fotos galerie diashow
        photo diapositive imagen foto imagem immagine afbeelding фото fotoğraf görsel zdjęcie""",
        """0""",
        "of von de di da van из z sur out",
    ),
    Kind(
        "navigation_v2",
        True,
        2,
        """next previous prev older newer sort
        nächster nächste vorheriger vorherige
        suivant précédent siguiente anterior successivo precedente próximo próxima
        volgende vorige следующая предыдущая sonraki önceki następny poprzedni""",
        """next previous prev older newer newest oldest latest popular best relevance date by
        vorheriger vorherige nächster nächste
        précédent suivant anterior siguiente precedente successivo próximo próxima
        vorige volgende предыдущая следующая önceki sonraki poprzedni następny""",
        """article articles post posts story stories page slide image photo artikel beitrag seite
        page artículo noticia articolo artigo notícia bericht статья новость haber artykuł and or
        und et y e en и ve i""",
    ),
)

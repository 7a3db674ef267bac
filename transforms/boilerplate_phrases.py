# ruff: noqa: RUF001 - letters of other scripts are meant
"""Labels told by what they are made of, rather than listed one by one.

A label of page furniture is a short phrase from few words: ``share this story``, ``send the link to
a friend``, ``show all comments``, ``why am I seeing this ad``. A :class:`Kind` holds the words of
one sort of label: those that make it one (at least one must occur), those that what it is about may
be (if there are any, at least one), and the small words between. A line is of a kind if all its
words are of that kind; a word of any other sort makes it a sentence or a headline. So ``share the
burden`` is none, and ``post the link to your friends`` is one though nobody listed it.

The words are those of the interfaces of common content management systems in English, German,
French, Spanish, Portuguese, Italian, Dutch, Russian, Turkish and Polish. Words are matched in the
form :func:`transforms.boilerplate_lines.key` gives them.
"""

from typing import NamedTuple

MOST_WORDS = 9
"""Labels are short; of 3,000 labels of news sites none of these kinds had more words."""


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
        "share_button_v1",
        True,
        2,
        """share send copy copied print save saved post forward tweet pin bookmark email e-mail gift
        mail
        teilen senden versenden weiterleiten weitersagen kopieren kopiert drucken ausdrucken
        speichern posten twittern verschenken weiterempfehlen
        partager partagez envoyer envoyez copier copié imprimer imprimez enregistrer transférer
        sauvegarder
        compartir comparte comparta enviar envía copiar copiado imprimir guardar reenviar
        condividi condividere invia inviare copia copiato stampa stampare salva inoltra
        compartilhar compartilhe partilhar partilhe envie copie imprima salvar encaminhar
        deel delen stuur verstuur doorsturen kopieer kopiëren gekopieerd printen afdrukken bewaar
        bewaren opslaan
        поделиться поделитесь отправить скопировать скопирована распечатать сохранить переслать
        paylaş paylaşın gönder kopyala kopyalandı yazdır kaydet
        udostępnij wyślij kopiuj skopiuj skopiowano drukuj wydrukuj zapisz prześlij podziel""",
        """article articles story stories post page link links url video text news report piece
        friend friends network clipboard colleague colleagues later facebook twitter whatsapp
        linkedin telegram pinterest reddit messenger bluesky threads mastodon email e-mail mail sms
        artikel beitrag seite meldung nachricht freund freunde freunden freundin zwischenablage
        l'article lien ami amis amie courriel
        artículo noticia nota página enlace amigo amigos correo
        articolo l'articolo notizia pagina amico amici
        artigo notícia matéria
        bericht pagina vriend vrienden
        статью статья статьёй статьей новость новостью страницу ссылку ссылка другу друзьями почте
        haberi haber yazıyı sayfayı bağlantıyı bağlantı linki arkadaşına arkadaşınla
        artykuł artykułem artykułu stronę linku wiadomość znajomemu znajomym przyjaciółmi""",
        """this the a an it on via by to with your my our in for through as full here or and of
        diesen dieses diese dieser den die das der einen einem auf bei per mit an als in und über
        x zur
        cet cette ce le la les un une à par sur avec vos mes l l' dans et
        este esta esa el un una a por en con tus tu mis al y
        questo questa il lo un una ad per su via con tramite nella e
        o os as um uma no na pelo pela com seus suas para
        dit deze de het een met naar je uw aan op
        эту этой этим эта по на в с со или и
        bu bunu ile için bir ve
        ten tę tego się przez na z ze do w i tym""",
    ),
    Kind(
        "comments_v1",
        True,
        2,
        """comment comments commenting discussion conversation replies
        kommentar kommentare kommentaren kommentarfunktion kommentarbereich diskussion kommentieren
        commentaire commentaires commenter réagir réagissez réaction réactions discussion
        comentario comentarios comentar comenta conversación
        commento commenti commentare commenta
        comentário comentários comente
        reactie reacties reageer reageren
        комментарий комментарии комментариев комментарию комментировать обсуждение
        yorum yorumlar yorumları yorumunuzu
        komentarz komentarze komentarzy komentuj skomentuj""",
        """leave add post write read view see show hide load join report sort report flag closed
        disabled off log login sign register moderated enable open start be make submit all more
        first your reply
        lesen schreiben hinterlassen abgeben verfassen anzeigen ausblenden melden geschlossen
        deaktiviert artikel beitrag anmelden einloggen alle
        laisser laissez ajouter ajoutez écrire lire voir afficher signaler fermés fermé article
        publier connectez-vous connecter
        deja dejar añade añadir escribe escribir leer ver mostrar publicar tu su este cerrados
        noticia artículo
        lascia lasciare scrivi scrivere aggiungi leggi vedi mostra pubblica chiusi articolo
        deixe deixar adicione escreva escrever ler veja mostrar seu fechados notícia artigo
        plaats geef schrijf laat achter lees bekijk toon gesloten artikel bericht
        оставить оставьте добавить написать читать показать закрыты статью статье
        yap yapın yaz yazın ekle oku göster kapalı habere
        dodaj napisz zostaw czytaj pokaż zobacz wyłączone artykuł""",
        """a an the this to on in for of our and or are is here now below have been
        den die das der einen ein zu zum ist sind sich um jetzt hier ihren und
        un une le les la cet cette à aux sont est pour et
        un una el los las la en esta están para
        un una il i gli le su questo questa per
        um uma o os no na neste nesta estão para
        een de het op dit deze zijn om te
        к на по эту этой
        bu bir
        do na ten swój są""",
    ),
    Kind(
        "advertisement_v1",
        True,
        2,
        """ad ads advert adverts advertisement advertisements
        anzeige anzeigen werbung werbeanzeige
        publicité publicités annonce
        publicidad anuncio anuncios
        pubblicità
        publicidade anúncio anúncios
        advertentie advertenties reclame
        реклама рекламы рекламу
        reklam reklamı reklamlar
        reklama reklamę reklamy""",
        "",
        """why am i are you seeing see this these the our your about choices choice feedback report
        remove hide close skip turn off continue continues continued below after story article
        content scroll to with for keep reading read on of we show free block stop by loading
        hier geht es weiter nach der die das den dem überspringen entfernen schließen ausblenden
        melden text artikel lesen sie unten warum sehe ich diese diesen
        la suite de cet cette l'article après ci-dessous continuez votre lecture passer fermer
        signaler sans masquer le les
        continúa continua después sigue leyendo el artículo noticia tras cerrar saltar eliminar
        seguir contenido
        continua dopo l'articolo prosegue salta chiudi rimuovi lettura sotto
        após depois leitura pular fechar remover a
        verder na lees gaat artikel onder sluiten overslaan verwijderen
        продолжение после закрыть пропустить скрыть убрать
        kapat geç devamı sonra haberin gizle kaldır
        dalszy ciąg pod za zamknij pomiń ukryj usuń dalej""",
    ),
    Kind(
        "footer_heading_v1",
        False,
        2,
        """policy policies guidelines guideline statement notice terms settings preferences
        conditions disclosure disclaimer code standards
        datenschutz impressum datenschutzerklärung nutzungsbedingungen agb cookies
        confidentialité mentions cgu cgv
        privacidad cookies privacidade
        privacy cookie
        privacyverklaring voorwaarden
        конфиденциальности соглашение
        gizlilik çerez koşulları
        prywatności regulamin""",
        "",
        """privacy cookie cookies editorial correction corrections comment comments commenting
        community ethics ethical advertising diversity fact-checking factchecking ownership funding
        copyright accessibility slavery modern refund returns shipping subscription moderation user
        legal data protection security publishing submission republishing republication syndication
        use service ai complaints house rules site website our sale membership linking
        of and the for on & your my manage change update
        unsere und hinweise hinweis einstellungen der die das richtlinien
        politique légales générales de des la les et conditions utilisation d'utilisation vie
        privée données personnelles gestion gérer paramètres charte
        política políticas aviso legal términos condiciones uso y el los configuración
        termos condições e
        informativa sulla policy termini condizioni d'uso gestisci preferenze e
        beleid algemene en instellingen
        политика правила пользовательское использования об и
        politikası kullanım sözleşmesi ve
        polityka i ustawienia""",
    ),
    Kind(
        "media_v1",
        True,
        2,
        """image images photo photos slide picture pictures gallery video
        bild bilder foto fotos galerie diashow
        photo diapositive imagen foto imagem immagine afbeelding фото fotoğraf görsel zdjęcie""",
        """0""",
        "of von de di da van из z / sur out",
    ),
    Kind(
        "navigation_v1",
        True,
        2,
        """next previous prev older newer
        nächster nächste vorheriger vorherige zurück weiter
        suivant précédent siguiente anterior successivo precedente próximo próxima
        volgende vorige следующая предыдущая sonraki önceki następny poprzedni""",
        """next previous prev older newer
        vorheriger vorherige nächster nächste weiter zurück
        précédent suivant anterior siguiente precedente successivo próximo próxima
        vorige volgende предыдущая следующая önceki sonraki poprzedni następny""",
        """article articles post posts story stories page slide image photo artikel beitrag seite
        page artículo noticia articolo artigo notícia bericht статья новость haber artykuł and or
        und et y e en и ve i""",
    ),
)

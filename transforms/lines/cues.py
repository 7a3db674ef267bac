# ruff: noqa: RUF001 - letters of other scripts are meant
"""The words of page furniture, in many languages: labels, headings, prompts and credits.

Four kinds of vocabulary, all matched on whole lines or on the start of a line by
``transforms.boilerplate``; none names a site:

* ``LABELS``: phrases that, alone on a line, are furniture (``Latest news``, ``Lesen Sie auch``).
* ``SHARE_STRONG`` and ``SHARE_WEAK``: words of which share bars are made.
* ``LINK_CUES``: what stands before the colon of an inline link (``Read more:``).
* ``STOP_WORDS``: the commonest words of running text, to tell a sentence from a label.

The phrases are the usual interface texts of news sites and of common content management systems
(WordPress core and its theme translations, Drupal, AMP) in English, German, French, Spanish,
Portuguese, Italian, Dutch, Russian, Ukrainian, Turkish, Polish, Czech, Swedish, Danish, Norwegian,
Indonesian, Arabic, Chinese, Japanese and Korean. Written in lower case; one phrase between bars.
"""


def _phrases(text: str) -> tuple[str, ...]:
    """Splits a vocabulary text at bars and line breaks."""
    return tuple(phrase.strip() for phrase in text.replace("\n", "|").split("|") if phrase.strip())


LINK_HEADINGS = _phrases(
    """
    latest news | latest | the latest | latest stories | latest articles | latest headlines
    latest posts | latest updates | latest videos | latest from this section | recent news
    recent posts | recent stories | recent articles | recent comments | recent updates
    breaking news | top news | top stories | top headlines | top posts | top articles | top picks
    more news | more stories | more articles | more headlines | more posts | more top stories
    more from this section | more on this story | more on this topic | more on this | more in news
    more in world | more in politics | more in business | more in sport | more like this
    more to read | more to explore | more coverage | more from author | more by this author
    more from this author | most read | most popular | most viewed | most shared | most commented
    most watched | most recent | popular | popular posts | popular now | popular stories
    popular news | popular articles | trending | trending now | trending news | trending stories
    trending topics | what's trending | related | related news | related stories | related story
    related articles | related article | related posts | related post | related content
    related coverage | related links | related topics | related items | related reading
    related videos | related video | related products | recommended | recommended for you
    recommended stories | recommended articles | recommended reading | recommended videos
    recommendations | you may also like | you might also like | you may like | you might like
    you may also enjoy | you might also enjoy | you may also be interested in | you'll also like
    you might also be interested in | you may have missed | you might have missed
    in case you missed it | icymi | don't miss | do not miss | must read | must reads | must see
    editor's picks | editors' picks | editor's pick | editor's choice | editors' choice
    staff picks | our picks | featured | featured stories | featured posts | featured articles
    featured news | featured videos | handpicked for you | picked for you | selected for you
    for you | just in | just for you | up next | next up | read next | what to read next
    next story | previous story | next article | previous article | next post | previous post
    next | previous | older posts | newer posts | next page | previous page | prev
    read more | read also | also read | see also | see more | show more | load more | view more
    view all | see all | show all | read the full story | read the full article | full story
    read full story | continue reading | keep reading | learn more | find out more | more info
    more information | more details | further reading | read on | read the rest
    read more stories | read more news | also on this site | also in this section | also of interest
    of interest | you may also want to read | people also read | people are reading
    others also read | readers also liked | what others are reading | what we're reading
    stories you may like | stories for you | stories you might like | news for you
    from around the web | around the web | from the web | elsewhere on the web | from our partners
    from our sponsors | partner content | sponsored content | sponsored stories | sponsored links
    sponsored | promoted stories | promoted content | promoted links | paid content | paid post
    partner stories | other news | other stories | other articles | other posts | other headlines
    today's top stories | today's headlines | today's paper | news in brief | news archive
    archive | archives | categories | category | video | videos | photos | gallery
    photo gallery | photo galleries | galleries | slideshow | in pictures | multimedia | podcasts
    watch now | watch more | watch live | watch next | latest video | live tv | top videos
    quick links | useful links | explore more | discover more | explore | discover more stories
    similar articles | similar stories | similar posts | similar news | on this page | more here
    jump to | table of contents | inside this article | in this article | key topics
    world news | local news | national news | sports news | business news | politics news
    entertainment news | weekend reads | daily briefing | hot topics | today's news | home news
    read more about | read more from | read more on this | more about this | more on the topic
    story continued below | story continues below | article continues below
    story continues after advertisement | article continues after advertisement
    continue reading below | continued below | story highlights

    neueste nachrichten | aktuelle nachrichten | neueste artikel | neueste beiträge | aktuelles
    letzte beiträge | letzte meldungen | weitere nachrichten | weitere artikel | weitere themen
    weitere meldungen | weitere beiträge | weitere informationen | weiterführende links
    mehr zum thema | mehr zu diesem thema | mehr dazu | mehr lesen | mehr erfahren | mehr anzeigen
    mehr nachrichten | mehr aus diesem ressort | mehr aus dem ressort | mehr artikel | mehr news
    lesen sie auch | lesen sie mehr | lesen sie hier | lesen sie weiter | lesen sie jetzt
    auch interessant | das könnte sie auch interessieren | das könnte dich auch interessieren
    das könnte ihnen auch gefallen | das könnte dir auch gefallen | könnte sie interessieren
    meistgelesen | meistgelesene artikel | meist gelesen | am meisten gelesen | beliebt
    beliebte artikel | beliebte beiträge | ähnliche artikel | ähnliche beiträge | ähnliche themen
    verwandte artikel | verwandte themen | verwandte beiträge | passend zum thema | zum thema
    themen | top themen | topthemen | top-themen | schlagzeilen | empfohlen | empfehlungen
    empfehlungen der redaktion | unsere empfehlungen | redaktionsempfehlungen | weiterlesen
    jetzt lesen | alle anzeigen | nächster artikel | vorheriger artikel | nächster beitrag
    vorheriger beitrag | nächste seite | vorherige seite | startseite | zur startseite
    bildergalerie
    inhaltsverzeichnis | neuste artikel | neueste videos | im video | zum artikel | hintergrund

    dernières nouvelles | dernières infos | dernières actualités | dernières actus | dernière minute
    derniers articles | les dernières actualités | articles récents | articles liés
    articles similaires | articles connexes | articles recommandés | à lire aussi | a lire aussi
    lire aussi | à lire également | lire également | à lire | lire la suite | lire plus
    voir aussi | voir plus | voir tout | voir également | en savoir plus | plus d'articles
    plus d'infos | plus d'actualités | sur le même sujet | sur le même thème | sur ce sujet
    dans la même rubrique | dans la même catégorie | vous aimerez aussi | vous aimerez peut-être
    vous pourriez aimer | vous pourriez aussi aimer | cela pourrait vous intéresser
    ces articles pourraient vous intéresser | vous pourriez être intéressé par | ne manquez pas
    à ne pas manquer | les plus lus | les plus populaires | articles les plus lus | le plus lu
    à la une | la une | nos recommandations | notre sélection | la sélection de la rédaction
    la rédaction vous conseille | recommandé pour vous | contenus sponsorisés | contenu sponsorisé
    article suivant | article précédent | page suivante | page précédente | tendances | en direct
    afficher plus | en continu | lire l'article | la suite après la publicité | à voir aussi

    últimas noticias | lo último | noticias recientes | artículos recientes | entradas recientes
    noticias relacionadas | artículos relacionados | notas relacionadas | contenido relacionado
    temas relacionados | relacionadas | relacionado | relacionados | más noticias | más información
    más sobre este tema | más leídas | más leído | lo más leído | las más leídas | lo más visto
    más vistas | más populares | lea también | lee también | leer también | lea además | leer más
    lee más | ver más | ver también | vea también | ver todo | seguir leyendo | sigue leyendo
    te puede interesar | le puede interesar | te podría interesar | también te puede interesar
    también le puede interesar | puede interesarte | quizás te interese | quizá te interese
    te recomendamos | le recomendamos | recomendado para ti | recomendados | recomendadas
    no te pierdas | no se pierda | destacadas | destacados | noticias destacadas | en portada
    otras noticias | otros artículos | siguiente noticia | noticia anterior | página siguiente
    artículo siguiente | artículo anterior | contenido patrocinado | temas del día | tendencias
    última hora | archivado en | te sugerimos | entérate más | para saber más | lectura recomendada

    últimas notícias | notícias recentes | artigos recentes | posts recentes | últimas
    notícias relacionadas | artigos relacionados | posts relacionados | matérias relacionadas
    conteúdo relacionado | relacionadas | mais notícias | mais informações | mais sobre o assunto
    mais sobre este tema | mais lidas | mais lidos | as mais lidas | mais vistas | mais populares
    leia também | leia mais | ler mais | leia ainda | veja também | veja mais | ver mais
    saiba mais
    continue lendo | continuar lendo | continue a ler | você pode gostar | você também pode gostar
    você pode se interessar | talvez você goste | pode gostar | recomendado para você
    recomendados para você | recomendamos para você | não perca | destaques | em destaque
    outras notícias | próxima notícia | notícia anterior | conteúdo patrocinado | tudo sobre
    próximo artigo | artigo anterior | em alta | assuntos relacionados | confira também

    ultime notizie | ultime news | ultimi articoli | ultim'ora | notizie recenti | articoli recenti
    articoli correlati | notizie correlate | contenuti correlati | post correlati | correlati
    altri articoli | altre notizie | più letti | i più letti | più lette | le più lette
    articoli più letti | i più visti | più popolari | leggi anche | leggi di più | leggi tutto
    leggi ancora | continua a leggere | vedi anche | guarda anche | guarda altro | scopri di più
    per saperne di più | potrebbe interessarti | ti potrebbe interessare
    potrebbe interessarti anche
    potrebbero interessarti | ti potrebbero interessare | forse ti può interessare anche
    da non perdere | in evidenza | in primo piano | primo piano | consigliati per te | consigliati
    articolo successivo | articolo precedente | contenuti sponsorizzati | mostra altro | tendenze
    approfondimenti | sullo stesso argomento | dalla home | dello stesso autore

    laatste nieuws | het laatste nieuws | meest recent | recente berichten | recente artikelen
    gerelateerde artikelen | gerelateerd nieuws | gerelateerd | gerelateerde berichten
    verwante artikelen | meer nieuws | meer over dit onderwerp | meer artikelen | meer lezen
    meest gelezen | best gelezen | populair | lees ook | lees meer | lees verder | lees hier meer
    lees nu | bekijk ook | bekijk meer | zie ook | mis niet | misschien vind je dit ook leuk
    dit vind je misschien ook leuk | aanbevolen | aanbevolen voor jou | aanbevolen artikelen
    ook interessant | uitgelicht | volgende artikel | vorige artikel | volgend artikel | toon meer
    vorig artikel | gesponsorde inhoud | net binnen | meer informatie | anderen lazen ook
    het laatste

    последние новости | свежие новости | новости | главные новости | главное | самое важное
    новости по теме | материалы по теме | по теме | статьи по теме | похожие новости
    похожие материалы | похожие статьи | другие новости | ещё новости | еще новости
    другие материалы | читайте также | читать также | также читайте | смотрите также | см. также
    читать далее | читать дальше | читать полностью | подробнее | узнать больше | узнать подробнее
    популярное | популярные новости | самое читаемое | самое популярное | рекомендуем
    рекомендуем почитать | рекомендуемые материалы | вам может быть интересно
    вам может понравиться | вам также может быть интересно | возможно вам будет интересно
    не пропустите | выбор редакции | в тренде | новости партнёров | новости партнеров
    следующая статья | предыдущая статья | следующая новость | показать ещё | показать еще
    лента новостей | все новости | новости дня | ещё по теме | еще по теме | связанные новости
    останні новини | новини | читайте також | дивіться також | популярне | новини по темі
    читати далі | більше новин | головне | вас може зацікавити | новини партнерів | схожі новини

    son haberler | son dakika | son dakika haberleri | güncel haberler | son eklenenler
    ilgili haberler | benzer haberler | diğer haberler | ilgili konular | ilgili içerikler
    haberin devamı | devamını oku | daha fazla | daha fazla haber | daha fazlası
    daha fazla göster | ayrıca okuyun | bunları da okuyun | bunu da okuyun
    şunlar da ilginizi çekebilir
    ilginizi çekebilir | bunlar da ilginizi çekebilir | bunlar ilginizi çekebilir | çok okunanlar
    en çok okunanlar | en çok okunan | en çok izlenenler | popüler | popüler haberler | önerilenler
    önerilen haberler | sizin için seçtiklerimiz | sonraki haber | önceki haber | gündem
    öne çıkanlar
    manşetler | editörün seçtikleri | kaçırmayın | haberler

    najnowsze wiadomości | najnowsze artykuły | najnowsze | ostatnie wiadomości | ostatnie wpisy
    aktualności | podobne artykuły | podobne wiadomości | powiązane artykuły | powiązane tematy
    powiązane wiadomości | czytaj także | czytaj też | czytaj również | czytaj więcej | czytaj dalej
    przeczytaj także | przeczytaj też | przeczytaj również | zobacz także | zobacz też
    zobacz więcej
    zobacz również | dowiedz się więcej | więcej na ten temat | więcej wiadomości | więcej
    najpopularniejsze | najczęściej czytane | najchętniej czytane | popularne | polecane | polecamy
    polecane artykuły | może cię zainteresować | może ci się spodobać
    może zainteresować cię również
    nie przegap | następny artykuł | poprzedni artykuł | wybrane dla ciebie | warto przeczytać
    na temat | inne artykuły | materiał sponsorowany | pokaż więcej | z ostatniej chwili

    nejnovější zprávy | nejnovější články | související články | související | podobné články
    čtěte také | čtěte více | přečtěte si také | číst dále | nejčtenější | mohlo by vás zajímat
    další články | další zprávy | doporučujeme | doporučené články | témata | zobrazit více

    senaste nytt | senaste nyheterna | senaste nyheter | relaterade artiklar | relaterat | läs också
    läs även | läs mer | mer om ämnet | mer från | mest läst | mest lästa | fler nyheter
    fler artiklar | rekommenderat | missa inte | visa mer | populärt | du kanske också gillar
    seneste nyt | seneste nyheder | relaterede artikler | læs også | læs mere | mest læste
    mest læst
    mere om emnet | flere nyheder | flere artikler | se også | vis mere | anbefalet | andre læser
    siste nytt | siste nyheter | siste | relaterte saker | relaterte artikler | les også | les mer
    les mer om | mest lest | flere saker | flere nyheter | vis mer | anbefalt | du liker kanske også
    uusimmat | luetuimmat | lue myös | lue lisää | aiheesta lisää | uusimmat uutiset | katso myös

    berita terkini | berita terbaru | berita terkait | berita lainnya | berita populer | baca juga
    baca selengkapnya | lihat juga | artikel terkait | artikel terbaru | terpopuler | terkini
    topik terkait | simak juga | rekomendasi | rekomendasi untuk anda | selengkapnya
    tin mới nhất | tin liên quan | đọc thêm | xem thêm | bài viết liên quan | tin khác | đọc nhiều
    știri recente | citește și | citiți și | articole similare | ultimele știri | cele mai citite
    friss hírek | kapcsolódó cikkek | olvassa el ezt is | legolvasottabb | további híreink
    τελευταία νέα | διαβάστε επίσης | σχετικά άρθρα | δείτε επίσης | δημοφιλή | τελευταίες ειδήσεις

    آخر الأخبار | أخبار ذات صلة | مقالات ذات صلة | اقرأ أيضا | اقرأ أيضاً | إقرأ أيضا | الأكثر قراءة
    المزيد | اقرأ المزيد | مواضيع ذات صلة | قد يعجبك أيضا | موضوعات متعلقة | شاهد أيضا
    אולי יעניין אותך | כתבות נוספות | חדשות אחרונות | קראו גם | עוד בנושא | כתבות קשורות

    相关新闻 | 相关阅读 | 相关文章 | 相關新聞 | 相關文章 | 延伸阅读 | 延伸閱讀 | 最新消息 | 最新新闻
    最新新聞 | 热门新闻 | 热门文章 | 熱門新聞 | 推荐阅读 | 推薦閱讀 | 更多新闻 | 更多新聞 | 阅读更多
    猜你喜欢 | 編輯推薦 | 点击排行 | 相关报道 | 相關報導 | 查看更多 | 上一篇 | 下一篇
    関連記事 | 関連ニュース | 最新ニュース | おすすめ記事 | おすすめ | 人気記事 | ランキング
    アクセスランキング | あわせて読みたい | もっと見る | 続きを読む | 新着記事 | 次の記事 | 前の記事
    관련기사 | 관련 기사 | 최신뉴스 | 최신 뉴스 | 많이 본 뉴스 | 인기기사 | 인기 기사 | 추천 기사
    주요뉴스 | 주요 뉴스 | 더보기 | 이 시각 주요뉴스
    """
)

FOOTER_HEADINGS = _phrases(
    """
    about | about us | about this site | about the author | about the authors | about the writer
    redaktion | newsroom | what we stand for | our mission | our vision | mission statement
    our story | who we are | what we do
    mission | vision | our mission and vision | contact | contact us | contact info | get in touch
    contact information | contacts | reach us | our company | company info | imprint | legal
    legal notice | disclaimer | terms | terms of use | terms of service | terms and conditions
    privacy | privacy policy | privacy notice | cookie policy | cookies | cookie settings
    privacy settings | privacy & cookies | accessibility | accessibility statement | advertise
    advertise with us | advertising | work with us | careers | jobs | press | site map | sitemap
    help | help center | support | faq | faqs | feedback | corrections | editorial policy
    ethics policy | masthead | our team | the team | staff | our staff | subscribe | subscriptions
    subscribe now | subscribe today | subscribe here | follow us | follow us on | stay connected
    connect with us | connect | find us on | find us on social media | join us | social media
    stay in touch | keep in touch | stay updated | stay informed | stay tuned | social links
    download our app | download the app | get the app | our apps | mobile apps | mobile app
    newsletter | newsletters | our newsletter | newsletter signup | newsletter sign up
    email newsletter | email newsletters | sign up | sign up now | sign in | log in | login
    log out | register | my account | my profile | create account | create an account | donate
    donate now | support us | become a member | become a supporter | support our work
    support our journalism | make a donation | all rights reserved | manage cookies | do not sell
    do not sell my personal information | your privacy choices | your ad choices | report an error
    report a typo | report a mistake | report this ad | submit a correction | tips | send a tip
    got a tip | send us a tip | rss | rss feed | rss feeds | e-paper | epaper | back to top
    scroll to top | return to top | to top | go to top | top

    über uns | wir über uns | impressum | datenschutz | datenschutzerklärung | kontakt | agb
    nutzungsbedingungen | mediadaten | karriere | hilfe | anmelden | abmelden | registrieren
    abonnieren | jetzt abonnieren | abo | abonnement | folgen sie uns | folge uns
    newsletter bestellen
    newsletter abonnieren | unsere newsletter | cookie-einstellungen | barrierefreiheit
    zum seitenanfang
    nach oben | unsere mission | unser team | leserbriefe | zur autorenseite | über den autor
    über die autorin | privatsphäre | einloggen | mein konto

    à propos | à propos de nous | qui sommes-nous | qui sommes nous | notre mission
    mentions légales
    nous contacter | contactez-nous | contact | politique de confidentialité | vie privée
    données personnelles | conditions générales | conditions d'utilisation | cgu | cgv | publicité
    s'abonner | abonnez-vous | je m'abonne | s'inscrire | inscrivez-vous | se connecter | connexion
    suivez-nous | nous suivre | suivez nous | plan du site | haut de page | retour en haut
    gestion des cookies | nos newsletters | infolettre | mon compte | à propos de l'auteur
    l'équipe | faire un don | soutenez-nous

    acerca de | acerca de nosotros | sobre nosotros | quiénes somos | nuestra misión | misión
    contacto | contáctanos | contáctenos | aviso legal | política de privacidad | privacidad
    política de cookies | términos y condiciones | términos de uso | condiciones de uso | publicidad
    anúnciate | suscríbete | suscríbase | suscribirse | suscripción | regístrate | iniciar sesión
    síguenos | síguenos en | síganos | síguenos en redes | boletín | boletines | boletín de noticias
    mapa del sitio | volver arriba | ir arriba | mi cuenta | redes sociales | sobre el autor
    configuración de cookies | trabaja con nosotros | aviso de privacidad

    sobre | sobre nós | quem somos | nossa missão | missão | contato | contacto | contactos
    fale conosco | fale connosco | expediente | política de privacidade | privacidade | anuncie
    termos de uso | termos e condições | assine | assine já | assinar | entrar | cadastre-se
    siga-nos | siga nos | siga-nos nas redes sociais | siga a gente | boletim | ficha técnica
    voltar ao topo | mapa do site | minha conta | trabalhe conosco | sobre o autor | subscrever

    chi siamo | la nostra missione | la nostra mission | contatti | contattaci | note legali
    informativa sulla privacy | informativa privacy | privacy e cookie | pubblicità | redazione
    la redazione | abbonati | abbonati ora | abbonamenti | iscriviti | registrati | accedi
    seguici | seguici su | seguici sui social | torna su | torna in alto | mappa del sito
    condizioni d'uso | termini e condizioni | iscriviti alla newsletter | gestisci i cookie
    lavora con noi | il mio account | sostienici

    over ons | onze missie | wie zijn wij | contacteer ons | neem contact op | adverteren
    privacybeleid | privacyverklaring | algemene voorwaarden | gebruiksvoorwaarden | colofon
    abonneren | abonneer | abonneer nu | word abonnee | inloggen | aanmelden | registreren
    volg ons
    volg ons op | nieuwsbrief | nieuwsbrieven | cookie-instellingen | terug naar boven | naar boven
    werken bij | klantenservice | mijn account | steun ons

    о нас | о проекте | о редакции | о сайте | о компании | наша миссия | контакты
    связаться с нами
    реклама | реклама на сайте | редакция | вакансии | политика конфиденциальности | правила
    пользовательское соглашение | подписаться | подписка | подпишитесь | рассылка | войти
    регистрация | мы в соцсетях | присоединяйтесь | следите за нами | наверх | обратная связь
    вход | карта сайта | об авторе
    про нас | про проєкт | контакти | редакція | підписатися | політика конфіденційності | увійти

    hakkımızda | misyonumuz | vizyonumuz | iletişim | künye | gizlilik politikası | gizlilik
    çerez politikası | kullanım koşulları | kullanım şartları | reklam | abone ol | abone olun
    kayıt ol | giriş yap | üye ol | üyelik | bizi takip edin | takip edin | e-bülten | bülten
    yukarı çık | başa dön | bize ulaşın | kariyer | veri politikası | kvkk aydınlatma metni

    o nas | nasza misja | kontakt | skontaktuj się z nami | polityka prywatności | regulamin
    prywatność | redakcja | praca | subskrybuj | zapisz się | prenumerata | zaloguj się | zaloguj
    zarejestruj się | rejestracja | obserwuj nas | śledź nas | znajdź nas | do góry | na górę
    ustawienia cookies | polityka cookies | moje konto | o autorze | wesprzyj nas

    o nás | kontakty | inzerce | podmínky použití | ochrana osobních údajů | přihlásit se
    předplatné
    om oss | kontakta oss | integritetspolicy | annonsera | prenumerera | logga in | följ oss
    nyhetsbrev | om os | kontakt os | privatlivspolitik | abonner | log ind | følg os | nyhedsbrev
    kontakt oss | personvern | abonnér | logg inn | meld deg på nyhetsbrev | bli abonnent
    tietoa meistä | ota yhteyttä | tietosuoja | tilaa | kirjaudu | seuraa meitä | uutiskirje
    tentang kami | hubungi kami | kebijakan privasi | pedoman media siber | ikuti kami | redaksi
    berlangganan | disclaimer | masuk | daftar
    من نحن | اتصل بنا | سياسة الخصوصية | تابعنا | النشرة البريدية | اشترك | شروط الاستخدام
    关于我们 | 關於我們 | 联系我们 | 聯絡我們 | 隐私政策 | 隱私權政策 | 版权声明 | 免责声明
    登录 | 注册
    会社概要 | お問い合わせ | プライバシーポリシー | 利用規約 | ログイン | 会員登録 | 広告掲載
    회사소개 | 개인정보처리방침 | 이용약관 | 로그인 | 회원가입 | 구독하기 | 구독
    """
)

LIST_NOUNS = frozenset(
    _phrases(
        """
        topic | tips | choice | favorites | favourites | analyses
        seite | rubrik | auswahl | nachricht | sélection | contenus | rubrique
        lecturas | selección | sección | sezione | scelte | scelta
        seção | leituras | seleção | sectie | rubriek | keuze | раздел | подборка | публикация
        seçki | haberi | manşet | wybór | dział
        news | stories | story | storys | post | headlines | articles | article | posts | reads
        picks | videos
        video | podcasts | photos | galleries | topics | coverage | updates | columns | content
        nachrichten | artikel | meldungen | beiträge | schlagzeilen | themen | berichte | texte
        nouvelles | actualités | actus | infos | articles | vidéos | dossiers | sujets
        noticias | artículos | notas | titulares | contenidos | temas | entradas
        notícias | artigos | matérias | reportagens | conteúdos | assuntos | manchetes
        notizie | articoli | contenuti | approfondimenti | servizi
        nieuws | artikelen | berichten | verhalen | onderwerpen
        новости | статьи | материалы | публикации | видео | новин | новини | статті
        haberler | haberleri | yazılar | yazıları | videolar | konular | içerikler
        wiadomości | artykuły | teksty | tematy | materiały | zprávy | články
        nyheter | artiklar | saker | nyheder | artikler | uutiset | artikkelit | berita
        """
    )
)
LIST_ADJECTIVES = frozenset(
    _phrases(
        """
        discussed | clicked | handpicked | curated | chosen | picked | top | explore | discover
        recommend | suggest | top | meistgeklickt | meistgeklickte | beliebt | heute
        tages | woche | redaktion | consultés | partagés | lus | vus | meilleurs
        meilleures | jour | semaine | rédaction | compartido | compartidas | vistas | vistos
        leídos | hoy | semana | redacción | lette | letti | visti | viste | condivisi | oggi
        giorno | settimana | redazione | scelti | vistos | lidos | compartilhadas | hoje | dia
        redação | gelezen | bekeken | gedeelde | vandaag | dag | redactie | beste
        лучшие | читаемые | обсуждаемые | дня | недели | сегодня | редакции | ещё | еще
        okunan | izlenen | paylaşılan | günün | haftanın | bugün | çok | öne | seçtikleri
        czytane | najlepsze | dnia | tygodnia | dziś | redakcji | więcej
        latest | newest | recomended | reccomended | populer | recent | top | most | popular
        trending | related | recommended | featured
        other | more | similar | breaking | hot | suggested | read | viewed | shared | today
        todays
        must | best | selected | current | hottest | fresh | next | further | also | important
        neueste | neuste | aktuelle | letzte | weitere | mehr | meistgelesene | beliebte
        beliebteste
        ähnliche | verwandte | empfohlene | wichtigste | dernières | derniers | autres | récents
        récentes | populaires | similaires | liés | recommandés | últimas | últimos | más | otras
        otros | relacionadas | relacionados | recientes | populares | destacadas | destacados
        leídas
        recomendadas | recomendados | mais | outras | outros | recentes | lidas | ultime | ultimi
        altre | altri | correlati | correlate | recenti | popolari | consigliati | laatste | meer
        andere | populaire | gerelateerde | recente | последние | другие | свежие | похожие | важные
        популярные | главные | останні | інші | son | diğer | benzer | ilgili | popüler | güncel
        najnowsze | ostatnie | podobne | powiązane | inne | popularne | polecane | nejnovější
        další
        podobné | související | senaste | fler | relaterade | seneste | flere | relaterede | siste
        relaterte | uusimmat | luetuimmat | terbaru | terkait | lainnya | populer
        """
    )
)
LIST_FILLERS = frozenset(
    _phrases(
        """
        we | à | découvrir | aussi | lo | te | no | se | um | en | más | plus | très | sehr | più |
        mais
        meest | cele | mai | самые | najbardziej | najczęściej | en | dieser | diesem | questa |
        deste
        desta | deze | dit | этой | этого | bu | tej | tego | auf | unserer | unserem | hier | ici
        the | of | in | on | from | for | you | your | our | this | that | s | and | by | about
        now
        right | week | day | month | section | topic | category | site | here | author | to | a
        all
        von | aus | für | sie | der | die | das | dem | zum | unsere | de | du | des | la | le | les
        sur | pour | vous | nos | los | las | el | para | ti | nuestras | do | da | os | as | você
        di | da | per | te | dal | van | voor | het | uit | je | по | теме | на | о | для | вас
        dla
        world | local | national | business | sports | sport | politics | entertainment
        international
        regional | city | ciebie | na | temat | z | pro | vás | om | för | dig
        """
    )
)
"""Words of which headings of link lists are made: what, which, and the small words between."""

COMMENT_LABELS = _phrases(
    """
    comments | comment | no comments | no comments yet | leave a comment | leave a reply
    add comment
    add a comment | post a comment | post comment | write a comment | view comments | see comments
    show comments | hide comments | load comments | join the conversation | join the discussion
    join the debate | start the conversation | start the discussion | be the first to comment
    comments are closed | comments closed | comments are off | what do you think | have your say
    share your thoughts | tell us what you think | let us know in the comments | cancel reply
    your email address will not be published | required fields are marked | log in to comment
    sign in to comment | login to comment | you must be logged in to post a comment | leave comment
    save my name email and website in this browser for the next time i comment | conversation
    your email address will not be published required fields are marked | view all comments
    show all comments | read comments | read all comments
    view the discussion thread | discussion | reader comments | comment on this story | reply
    kommentare | kommentar | kommentieren | kommentar schreiben | kommentar hinterlassen
    kommentar abgeben | schreiben sie einen kommentar | schreibe einen kommentar
    diskutieren sie mit
    jetzt kommentieren | keine kommentare | alle kommentare | zu den kommentaren | mitdiskutieren
    kommentare lesen | ihre meinung | commentaires | commentaire | laisser un commentaire
    ajouter un commentaire | réagir | réagissez | aucun commentaire | voir les commentaires
    commenter | votre commentaire | publier un commentaire | comentarios | comentario
    deja un comentario | dejar un comentario | deja una respuesta | escribe un comentario
    sin comentarios | comentar | ver comentarios | comenta | comentários | deixe um comentário
    deixe o seu comentário | deixe uma resposta | nenhum comentário | comente | ver comentários
    commenti | commento | lascia un commento | scrivi un commento | nessun commento | commenta
    lascia una risposta | reacties | reageer | reageren | laat een reactie achter | geef een reactie
    plaats een reactie | комментарии | комментарий | оставить комментарий | добавить комментарий
    комментировать | нет комментариев | обсуждение | обсудить | коментарі | залишити коментар
    yorumlar | yorum | yorum yap | yorum yaz | yorum yapın | yorum ekle | bir yanıt yazın
    komentarze | komentarz | dodaj komentarz | skomentuj | brak komentarzy | napisz komentarz
    komentáře | přidat komentář | diskuse | kommentarer | kommentera | skriv en kommentar
    kommentér | kommenter | kommentit | komentar | tulis komentar | beri komentar | 0 komentar
    التعليقات | أضف تعليق | اترك تعليقا | 评论 | 发表评论 | 留言 | コメント | コメントする
    댓글 | 댓글쓰기
    """
)

ADVERTISEMENT_LABELS = _phrases(
    """
    advertisement | advertisements | ad | ads | advert | advertising | sponsored | promoted
    advertisement - story continues below | story continues below advertisement
    continue reading after advertisement | continues after advertisement | skip advertisement
    skip ad | scroll to continue | scroll to continue with content | article continues below this ad
    article continues after this advertisement | story continues below this ad
    thanks for visiting | this advertisement has not loaded yet | ad feedback | close ad
    anzeige | anzeigen | werbung | - anzeige - | publicité | pub | la suite après cette publicité
    annonce | annonces | publicidad | anuncio | continúa leyendo después de la publicidad
    publicidade | propaganda | anúncio | continua após a publicidade | pubblicità | annuncio
    advertentie | reclame | lees verder na de advertentie | реклама | рекламa | на правах рекламы
    reklam | ilan | reklama | ogłoszenie | inzerce | mainos | annons | iklan
    scroll to resume content
    advertisement scroll to continue | lanjutkan membaca | quảng cáo | إعلان | 广告 | 廣告
    広告 | 광고
    """
)

SHARE_LABELS = _phrases(
    """
    send in e-mail | send by email | send by e-mail | send via email | email this
    email this article
    email this story | email a friend | email to a friend | e-mail this page | send to a friend
    tell a friend | share via email | share by email | share this | share this article
    share this story | share this post | share this page | share this video | share article
    share story | share on social media | share it | share with friends | share with your friends
    text size a a a | tell your friends | tell a friend | save this article for later |
    save article for later | copy this link | share options | share full article
    share the article | copy link | copy the link
    copy link to clipboard | copy url | link copied | copied | copied to clipboard | save article
    save story | save this story | save for later | read later | save to read later | bookmark
    add to bookmarks | add to favorites | add to reading list | bookmark this | gift this article
    give this article | gift article | print | print this | print article | print this article
    print this page | print page | print friendly | printer friendly | text size | font size
    resize text | increase text size | decrease text size | a a a | larger text | smaller text
    listen to this article | listen to article | listen | listen now | listen to the article
    listen to this story | play audio | open in app | view on app | pin it | pin this | tweet this
    tweet | retweet | post | like | like this | like us | flip | flipboard | buffer | save | email
    repost | follow | following | follow topics | follow author | translate | select language
    view in browser | close | menu | search | share | share on | send | more | cite | qr code | pdf
    download pdf | view as pdf | embed | report | flag | rate this | rate this article | vote
    add us as a preferred source | add as a preferred source | make us preferred on google

    teilen | artikel teilen | diesen artikel teilen | beitrag teilen | per e-mail teilen | merken
    per mail versenden | als e-mail versenden | per e-mail senden | per e-mail versenden | drucken
    artikel drucken | seite drucken | versenden | artikel merken | auf die merkliste | merkliste
    link kopieren | empfehlen | artikel versenden | speichern | vorlesen | artikel anhören | anhören
    schriftgröße | zum merkzettel | feedback senden | artikel verschenken | twittern
    partager | partager cet article | partagez cet article | partager l'article | partagez
    imprimer
    partager sur | envoyer par e-mail | envoyer par email | envoyer par mail | envoyer à un ami
    envoyer par courriel | envoyer | copier le lien | enregistrer | sauvegarder | écouter
    écouter l'article | écouter cet article | imprimer l'article | tweeter | offrir l'article
    ajouter à vos favoris | lire plus tard | partage | recommander
    compartir | comparte | compartir en | compartir esta noticia | comparte esta noticia | imprimir
    compartir artículo | compartir este artículo | enviar por correo | enviar por email | tuitear
    enviar por correo electrónico | enviar por e-mail | enviar a un amigo | enviar | copiar enlace
    guardar | guardar artículo | escuchar | escuchar artículo | escucha este artículo
    compartilhar | compartilhe | partilhar | partilhe | compartilhe esta notícia
    compartilhar notícia
    compartilhe este artigo | enviar por e-mail | copiar link | salvar | ouvir | tuitar
    ouça este conteúdo | guardar artigo | partilhar artigo
    condividi | condividere | condividi su | condividi questo articolo | condividi l'articolo
    stampa
    stampa articolo | invia per email | invia per e-mail | invia via email | invia tramite email
    invia ad un amico | invia | copia link | copia il link | salva | ascolta | ascolta l'articolo
    deel | delen | deel dit artikel | deel dit | deel dit bericht | deel via | afdrukken | printen
    e-mail dit artikel | verstuur per e-mail | mail dit artikel | stuur door | kopieer link | bewaar
    bewaren | luister | beluister | artikel delen | tekst vergroten | link kopiëren | doorsturen
    поделиться | поделиться в соцсетях | поделитесь | поделись | поделиться новостью | отправить
    отправить по почте | отправить по электронной почте | отправить другу | распечатать | печать
    версия для печати | скопировать ссылку | ссылка скопирована | копировать ссылку | сохранить
    в избранное | слушать | послушать | поділитися | роздрукувати | скопіювати посилання
    paylaş | haberi paylaş | paylaşın | yazdır | e-posta gönder | e-posta ile gönder
    e-posta ile paylaş | arkadaşına gönder | mail gönder | bağlantıyı kopyala | linki kopyala
    kaydet
    dinle | yazı boyutu | yazı tipi boyutu | favorilere ekle | gönder
    udostępnij | udostępnij artykuł | podziel się | drukuj | wydrukuj | wyślij | wyślij e-mailem
    wyślij mailem | wyślij znajomemu | kopiuj link | skopiuj link | zapisz | posłuchaj | tweetnij
    poleć | lubię to | obserwuj
    sdílet | sdílejte | vytisknout | tisk | odeslat e-mailem | kopírovat odkaz | uložit
    dela | dela artikeln | dela på | skriv ut | kopiera länk | spara | lyssna | tipsa
    del | del artiklen | udskriv | kopier link | gem | lyt | del artikkelen | skriv ut | lytt
    jaa | jaa artikkeli | tulosta | tallenna | kopioi linkki | bagikan | cetak | salin tautan
    simpan
    chia sẻ | in bài viết | sao chép liên kết | distribuie | tipărește | megosztás | nyomtatás
    κοινοποίηση | εκτύπωση | مشاركة | شارك | طباعة | نسخ الرابط | حفظ | إرسال | שתף | הדפס
    分享 | 分享到 | 打印 | 列印 | 复制链接 | 收藏 | シェア | シェアする | 印刷 | ツイート | 保存する
    공유 | 공유하기 | 인쇄 | 프린트 | 스크랩 | 기사공유 | 링크복사 | URL복사
    """
)

SECTION_LABELS = _phrases(
    """
    home | news | world | politics | business | sport | sports | opinion | opinions | lifestyle
    culture | science | technology | tech | health | entertainment | travel | environment | economy
    international | national | local | regional | us | uk | u.s. | usa | europe | asia | africa
    middle east | americas | asia pacific | finance | markets | money | education | arts | style
    editorial | editorials | columnists | columns | analysis | features | feature | explainer
    life | food | crime | society | religion | weather | obituaries | magazine | exclusive
    breaking | urgent | alert | special alert
    live | update | updated | updates | in depth | premium | subscriber only | subscribers only
    nachrichten | politik | wirtschaft | ausland | inland | panorama | wissen | meinung | kultur
    gesellschaft | reise | gesundheit | digital | welt | exklusiv | eilmeldung
    accueil | actualité | actualités | actu | monde | politique | économie | société | culture
    sciences | santé | idées | opinions | débats | sport | régions | planète
    inicio | noticias | mundo | política | economía | sociedad | cultura | deportes | opinión
    ciencia | tecnología | salud | nacional | internacional | portada
    início | notícias | economia | sociedade | esporte | esportes | desporto | opinião | ciência
    tecnologia | saúde | brasil | educação | mundo | cultura | cotidiano
    notizie | politica | economia | esteri | cronaca | cultura | spettacoli | salute | scienza
    nieuws | politiek | economie | buitenland | binnenland | sport | cultuur | opinie | wetenschap
    главная | политика | экономика | общество | мир | в мире | культура | спорт | наука | мнения
    происшествия | россия | anasayfa | ana sayfa | siyaset | ekonomi | dünya | spor | sağlık | yaşam
    strona główna | wiadomości | polityka | gospodarka | świat | kraj | kultura | nauka | zdrowie
    domů | domácí | zahraniční | ekonomika | nyheter | världen | ekonomi | inrikes | utrikes
    verden
    nyheder | udland | indland | kotimaa | ulkomaat | beranda | berita | nasional | internasional
    الرئيسية | أخبار | سياسة | اقتصاد | رياضة | ثقافة | 首页 | 国际 | 社会 | 経済 | 国内 | 国際
    정치 | 경제
    """
)

HOME_WORDS = _phrases(
    """
    front page | frontpage | home | homepage | home page | main | start | startseite | accueil |
    inicio | início
    página inicial
    portada | home page | home news | главная | головна | anasayfa | ana sayfa | strona główna
    domů
    úvod | hem | forside | forsiden | etusivu | beranda | trang chủ | acasă | kezdőlap | αρχική
    الرئيسية | דף הבית | 首页 | 首頁 | ホーム | トップ | 홈 | you are here | sie sind hier
    vous êtes ici
    estás en | você está em | sei in | u bent hier | je bent hier | вы здесь | buradasınız
    """
)

NAVIGATION_LABELS = _phrases(
    """
    accept all | reject all | allow all | decline all | deny all | save preferences
    manage preferences | got it | accept all cookies | reject all cookies | alle akzeptieren
    alle ablehnen | tout accepter | tout refuser | aceptar todo | rechazar todo | aceptar todas
    accetta tutti | accetta tutto | rifiuta tutti | rifiuta tutto | aceitar todos | rejeitar todos
    aceitar tudo | alles accepteren | alles weigeren | принять все | принять всё | отклонить все
    tümünü kabul et | tümünü reddet | akceptuj wszystkie | odrzuć wszystkie
    for subscribers | for members
    news feed | newsfeed | news ticker | keep me updated | notify me of new posts by email
    notify me of new posts | notify me | your email address | email address | your name | your email
    enter your email | enter your email address | loading | loading more | post navigation | tags
    tag | read our privacy policy | share this |
    skip to content | skip to main content | skip to main | skip to navigation | skip navigation
    skip to footer | skip to search | toggle navigation | toggle menu | open menu | close menu
    main menu | main navigation | menu | navigation | search | search for | search this site
    search this website | open search | close search | hide search | site search | primary menu
    secondary navigation | breadcrumb | breadcrumbs | go to homepage | homepage | back | go back
    back to home | back to homepage | all topics | all categories | all sections | choose language
    change language | edition | editions | select edition | dark mode | light mode | expand
    collapse
    show | hide | toggle | open | previous slide | next slide | slide 1 | page 1 | more options
    zum inhalt springen | zum hauptinhalt springen | zur navigation springen | menü | suche | suchen
    zurück | aller au contenu | aller au contenu principal | rechercher | recherche | retour
    ir al contenido | saltar al contenido | buscar | búsqueda | volver | menú | ir para o conteúdo
    pular para o conteúdo | busca | pesquisar | pesquisa | voltar | vai al contenuto | cerca
    ricerca
    salta al contenuto | ga naar de inhoud | ga naar inhoud | zoeken | terug | перейти к содержанию
    поиск | меню | назад | içeriğe geç | arama | ara | menü | geri | przejdź do treści
    przejdź do głównej treści | szukaj | wyszukaj | wstecz | přejít k obsahu | hledat
    hoppa till innehåll | sök | meny | hop til indhold | søg | hopp til innhold | søk
    siirry sisältöön
    hae | valikko | lewati ke konten | cari
    """
)

MEDIA_LABELS = _phrases(
    """
    video unavailable | this video is unavailable | video player is loading | play video | play
    watch video | watch the video | pause | mute | unmute | fullscreen | full screen | loading
    loading video | replay | replay video | volume | settings | captions | subtitles | live stream
    your browser does not support the video tag | your browser does not support the audio element
    this content is not available in your region | media playback is unsupported on your device
    please enable javascript | javascript is disabled | enable javascript | image | caption
    image caption | media caption | hide caption | toggle caption | enlarge this image
    enlarge image
    click to enlarge | tap to enlarge | view gallery | open gallery | view slideshow
    start slideshow
    launch gallery | view photos | see photos | view image in fullscreen | open image in gallery
    show captions | hide captions | now playing | playing | playlist | audio | photo | foto | bild
    image source | file photo | file image | stock photo | stock image | representational image
    representative image | illustration | illustrative photo | ap photo | courtesy photo
    symbolbild | photo d'archive | photo d'archives | image d'archives | archivaufnahme
    foto de arquivo | imagem de arquivo | foto: archivo | zdjęcie archiwalne | foto archiwalne
    temsili fotoğraf | temsili görsel | фото иллюстративное | иллюстративное фото | handout photo
    video still | photo illustration | composite image | ter illustratie | beeld ter illustratie
    archivfoto | archivbild | image d'illustration | photo d'illustration | imagen de archivo
    foto de archivo | imagem ilustrativa | foto ilustrativa | foto d'archivio
    immagine di repertorio
    archieffoto | архивное фото | фото из архива | arşiv fotoğrafı | zdjęcie ilustracyjne
    bild vergrößern | bildunterschrift | video abspielen | zdjęcie | ver galería | ver fotos
    ver vídeo
    voir la vidéo | lire la vidéo | video ansehen | bekijk de video | смотреть видео | videoyu izle
    """
)

LABELS: dict[str, tuple[str, ...]] = {
    "share_button_v2": SHARE_LABELS,
    "link_heading_v2": LINK_HEADINGS,
    "footer_heading_v2": FOOTER_HEADINGS,
    "comments_v2": COMMENT_LABELS,
    "advertisement_v2": ADVERTISEMENT_LABELS,
    "navigation_v2": NAVIGATION_LABELS + HOME_WORDS,
    "media_v2": MEDIA_LABELS,
    "section_label_v1": SECTION_LABELS,
}
"""Rule name to phrases; a phrase in several keeps the first."""

SHARE_STRONG = frozenset(
    _phrases(
        """
        facebook | twitter | whatsapp | linkedin | pinterest | reddit | telegram | tumblr
        messenger
        flipboard | instagram | youtube | bluesky | mastodon | threads | viber | vkontakte
        вконтакте
        google+ | xing | tiktok | snapchat | stumbleupon | digg | delicious | weibo | wechat
        pocket
        skype | share | shares | tweet | tweets | retweet | teilen | partager | compartir
        compartilhar
        partilhar | condividi | delen | поделиться | paylaş | udostępnij | dela | jaa | bagikan
        sdílet | e-mail | email | print | drucken | imprimer | imprimir | stampa | afdrukken
        yazdır
        drukuj | rss | odnoklassniki | одноклассники | twitternform | evernote | instapaper | pin
        friendfeed | buffer | signal | bookmark | forward | messengershare | kindle | gettr | rumble
        """
    )
)

SHARE_WEAK = frozenset(
    _phrases(
        """
        on | this | via | by | to | the | article | story | post | page | with | in | and | or | a
        x
        your | friends | tell | later | reading | list | favorites | favourites | my | friendly
        version
        tools | options | size | copy | link | save | more | send | google | plus | vk | ok | fb
        url | mail | icon | your
        via
        icons | button | buttons | open | opens | new | window | tab | click | here | friend
        friends
        line | sms | text | comments | comment | like | likes | follow | us | logo | now | clipboard
        auf | bei | per | diesen | artikel | über | als | versenden | und | öffnen | mit | kopieren
        sur | par | cet | envoyer | et | le | lien | copier | ouvre | dans | une | nouvelle
        fenêtre
        en | por | esta | noticia | correo | enviar | y | el | enlace | copiar | o | no | na | e
        pelo
        su | questo | articolo | invia | il | tramite | op | dit | met | en | bericht | kopieer
        в | на | по | и | с | ile | ve | da | na | w | i | przez | at | for | it | bookmark | total
        close | pdf | whats | app | gmail | hacker | news | yahoo | views | view | inc | 0
        """
    )
)

LINK_CUES = _phrases(
    """
    read more | read also | also read | read | read next | must read | read this | read here
    read full story | read the full story | read the story | read our coverage
    read the full report
    from our archive | from our archives | from the archive | what you need to know | what to know
    what we know | in depth | deep dive | fact check | factbox | timeline | special report
    previous
    previous article | next article | previous post | next post | prev | previous story | next story
    see also | see more | see | see related | more | more on this | more info | more here
    more news
    related | related story | related stories | related article | related articles | related news
    related link | related links | related coverage | related video | related reading
    related content
    related post | related posts | related topic | recommended | recommended reading
    further reading
    full report | latest | catch up | full text | full interview | long read | big read
    check this out | take a look | you may have missed | you might have missed
    recommended for you | explore
    you may be interested in | you might be interested in | you may also be interested in
    you might also be interested in | you may enjoy | you might enjoy | you may also enjoy
    you might also enjoy | worth reading | worth a read | dig deeper | go deeper | more like this
    das könnte sie interessieren | auch spannend | mehr hintergründe | vous aimerez aussi
    cela pourrait vous intéresser | quizás te interese | talvez lhe interesse | da non perdere
    dit is ook interessant | вам может быть интересно | może cię zainteresować
    don't miss | do not miss | in case you missed it | icymi | you may also like
    you might also like
    you may like | learn more | find out more | click here | watch | watch now | watch live
    watch more
    watch video | video | videos | photos | photo gallery | gallery | slideshow | in pictures
    pictures
    listen | listen now | listen here | podcast | also on this site | also see | also watch | next
    opinion | analysis | explainer | explained | exclusive | live updates | live blog | follow live
    full coverage | complete coverage | full story | must see | must watch | trending | popular
    top stories | join us
    also of interest | previously | earlier | background | further information | from the archives
    editor's pick | editor's picks | what to read next | read the latest | continue reading
    up next

    lesen sie auch | lesen sie mehr | lesen sie hier | lesen sie dazu | lesen sie dazu auch
    mehr dazu
    lesen sie weiter | lesen sie außerdem | mehr zum thema | mehr lesen | mehr | mehr infos
    siehe auch
    auch interessant | auch lesenswert | lesetipp | lesen | hintergrund | video | passend dazu
    weiterlesen | hier lesen | zum thema | interview | kommentar | podcast | sehen sie auch
    das könnte sie auch interessieren | weitere informationen | newsblog | liveticker | im überblick

    lire aussi | à lire aussi | a lire aussi | à lire | lire | lire également | à lire également
    à lire aussi sur | voir aussi | à voir aussi | voir | à voir | en savoir plus
    pour aller plus loin
    lire la suite | lire notre article | lire l'article | vidéo | en images | sur le même sujet
    écouter aussi | à écouter | retrouvez | à relire | à suivre | en direct | notre dossier
    dossier

    lea también | lee también | leer también | lea además | lea más | lee más | leer más | leer
    ver también | vea también | vea además | mira también | mire también | ver más | ver | mira
    más información | te puede interesar | le puede interesar | también te puede interesar
    puede leer | te recomendamos | le recomendamos | no te pierdas | relacionado
    noticia relacionada
    además | sigue leyendo | video | en vídeo | en video | en fotos | para saber más | lea aquí
    lee aquí

    leia também | leia mais | leia | leia ainda | veja também | veja mais | veja | veja vídeo
    vídeo
    saiba mais | assista | ouça | relacionado | continue lendo | confira | confira também | entenda
    ler também | ler mais | ver também | mais informações | galeria | em vídeo | podcast

    leggi anche | leggi | leggi di più | leggi qui | leggi pure | vedi anche | guarda anche | guarda
    guarda il video | approfondisci | approfondimento | per approfondire | potrebbe interessarti
    ti potrebbe interessare | il video | video | scopri di più | ascolta | le foto | da leggere

    lees ook | lees meer | lees verder | lees hier | lees | zie ook | bekijk ook | bekijk
    luister ook
    kijk ook | meer lezen | meer over | video | lees ook over | aanrader | achtergrond | meer nieuws

    читайте также | читать также | также читайте | читайте | читайте по теме | читать далее
    подробнее
    смотрите также | смотрите | смотреть | см. также | по теме | материал по теме | видео | фото
    также по теме | ранее по теме | ещё по теме | не пропустите | рекомендуем | слушайте
    читайте також | дивіться також | читайте | відео | більше | також читайте | дивіться

    ayrıca okuyun | bunu da okuyun | okuyun | ayrıca bakınız | bakınız | ilgili haber
    ilgili haberler
    haberin devamı | devamını oku | izle | izleyin | video | daha fazlası | detaylar için
    fotoğraflar
    ilginizi çekebilir | öneri | sıradaki haber | bu haber de ilginizi çekebilir

    czytaj także | czytaj też | czytaj również | czytaj więcej | czytaj | przeczytaj także
    przeczytaj też | przeczytaj również | przeczytaj | zobacz także | zobacz też | zobacz również
    zobacz | zobacz więcej | dowiedz się więcej | więcej | polecamy | sprawdź | sprawdź także
    wideo
    warto przeczytać | zobacz wideo | posłuchaj | na ten temat

    čtěte také | přečtěte si také | více čtěte | čtěte více | čtěte | viz také | sledujte | video
    läs också | läs även | läs mer | läs | se också | mer om | här är | lyssna | läs också om
    læs også | læs mere | læs | se også | hør også | les også | les mer | les | se også | hør også
    lue myös | lue lisää | katso myös | lue | katso | kuuntele | citește și | citiți și | vezi și
    baca juga | baca | lihat juga | simak juga | simak | tonton juga | xem thêm | đọc thêm
    διαβάστε επίσης | δείτε επίσης | διαβάστε ακόμη | διαβάστε | olvassa el | lásd még | kapcsolódó
    اقرأ أيضا | اقرأ أيضاً | إقرأ أيضا | إقرأ أيضاً | شاهد أيضا | شاهد | للمزيد | اقرأ المزيد
    المزيد
    קראו גם | ראו גם | 相关阅读 | 延伸阅读 | 延伸閱讀 | 相關新聞 | 相关新闻 | 另见 | 更多 | 阅读更多
    関連記事 | あわせて読みたい | 관련기사 | 관련 기사 | 더보기
    """
)

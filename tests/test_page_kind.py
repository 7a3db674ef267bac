"""Pages that are no article, are cut off, or have dates of others only."""

import pathlib

import pytest

from pipeline.transform import Drop
from tests.dump_reading import articles, read, transformed, write

SENTENCE = "The council voted on Tuesday night to close the old ferry terminal by December. "
TEASERS = "".join(
    f'<h3><a href="/n/{n}">Story number {n} about the harbour</a></h3><p>{SENTENCE}</p>'
    for n in range(20)
)


@pytest.mark.parametrize(
    ("title", "body", "words"),
    [
        ("Log in", "<h1>Log in</h1><p>Please sign in to continue to your account.</p>", "form"),
        ("Local news", TEASERS, "headlines of other pages"),
    ],
)
def test_forms_and_lists_of_headlines_are_no_articles(
    tmp_path: pathlib.Path, title: str, body: str, words: str
) -> None:
    page = f"<html><head><title>{title} | Post</title></head><body>{body}</body></html>"
    with pytest.raises(Drop, match=words):
        transformed(articles(read(write(tmp_path, "a.html", page.encode()))))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Just a moment...", "Verify you are human by completing the action below."),
        ("Post", "Please enable JS and disable any ad blocker"),
        ("", "Request unsuccessful. Incapsula incident ID: 123-456"),
        ("Vérifions que vous êtes humain", "Votre navigateur nous a intrigués."),
        ("429 Too Many Requests", "You have sent too many requests. Please try again later."),
        ("503 Service Temporarily Unavailable", "nginx"),
        ("451: Unavailable due to legal reasons", "You access this website from the EU. " * 5),
        ("We'll be back soon!", "Sorry, we are performing some maintenance at the moment."),
        ("Diese Seite existiert leider nicht", "Die gesuchte Seite konnte nicht gefunden werden."),
        ("Oups, cette page n'existe pas", "La page que vous recherchez a été déplacée."),
        ("Nothing Found", "Sorry, but nothing matched your search terms."),
        ("410 Gone", "The requested resource is no longer available on this server."),
        ("Willkommen", "Lesen Sie uns mit Werbung und Tracking. Details zum Tracking finden Sie in "
         "der Datenschutzerklärung. Ihre Zustimmung zu Cookies können Sie jederzeit widerrufen."),
    ],
)  # fmt: skip
def test_answers_of_machines_are_no_articles(tmp_path: pathlib.Path, title: str, text: str) -> None:
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body>"
    with pytest.raises(Drop) as dropped:
        transformed(articles(read(write(tmp_path, "a.html", page.encode()))))
    assert dropped.value.reason in ("no_article", "no_article_text")


@pytest.mark.parametrize(
    "title",
    ["Are you a robot? The test that fails people", "Access denied: press kept out of the port",
     "Ferry tickets no longer available", "Too many requests: town hall closes its desk"],
)  # fmt: skip
def test_articles_whose_headlines_sound_like_machines(tmp_path: pathlib.Path, title: str) -> None:
    page = f"<html><body><article><h1>{title}</h1><p>{SENTENCE * 5}</p></article></body></html>"
    (found,) = transformed(articles(read(write(tmp_path, "a.html", page.encode()))))
    assert found["title"] == title


def test_a_list_of_links_is_no_article(tmp_path: pathlib.Path) -> None:
    links = "".join(
        f"<li><a href='/{n}'>Harbour team wins match {n}</a> <span>4 March 2024</span></li>"
        for n in range(30)
    )
    page = f"<html><body><main><h1>Sport</h1><ul>{links}</ul></main></body></html>"
    with pytest.raises(Drop, match="links to other pages"):
        transformed(articles(read(write(tmp_path, "a.html", page.encode()))))


@pytest.mark.parametrize(
    "wall",
    ["Log in to read the full story", "Dieser Artikel ist exklusiv für Abonnenten.",
     "Bli abonnent for å lese videre.", "För att läsa vidare, logga in", "続きを読むには会員登録"],
)  # fmt: skip
def test_walls_in_other_words(tmp_path: pathlib.Path, wall: str) -> None:
    page = (
        f"<html><body><article><h1>Terminal to close</h1><p>{SENTENCE}</p><p>{wall}</p></article>"
    )
    (found,) = transformed(articles(read(write(tmp_path, "a.html", page.encode()))))
    assert found["is_truncated"] is True


@pytest.mark.parametrize(("sentences", "truncated"), [(2, True), (30, None)])
def test_a_wall_of_which_the_metadata_say_nothing(
    tmp_path: pathlib.Path, sentences: int, truncated: bool | None
) -> None:
    page = (
        f"<html><body><article><h1>Terminal to close</h1><p>{SENTENCE * sentences}</p>"
        "<div><h2>Subscribe to continue reading</h2></div></article></body></html>"
    )
    (found,) = transformed(articles(read(write(tmp_path, "a.html", page.encode()))))
    assert found["is_truncated"] is truncated


def test_the_time_of_a_teaser_dates_no_article_without_a_date(tmp_path: pathlib.Path) -> None:
    page = (
        f"<html><body><article><h1>Terminal to close</h1><p>3 days ago</p><p>{SENTENCE * 9}</p>"
        '</article><aside><a href="/x"><time datetime="2024-11-29">29 Nov</time> Another</a>'
        "</aside></body></html>"
    )
    (found,) = transformed(articles(read(write(tmp_path, "a.html", page.encode()))))
    assert found["published_at"] is None

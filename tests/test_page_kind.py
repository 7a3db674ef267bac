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

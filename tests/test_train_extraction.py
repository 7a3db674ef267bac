"""How the blocks of a page get their labels."""

from tests.bench.train_extraction import block_labels

GOLD = [
    "The council voted on Tuesday to rebuild the quay, which a storm had damaged last year.",
    "Costs\nabout two million",
    "Work is to begin in the spring, and boats will land their catch elsewhere until then.",
]


def test_blocks_of_the_gold_are_content_and_others_are_not() -> None:
    texts = ["Home", GOLD[0], "Costs", "about two million", "Share", GOLD[2], "Read this next, too"]
    assert block_labels(texts, GOLD).tolist() == [False, True, True, True, False, True, False]


def test_of_equal_blocks_the_one_among_the_content_counts() -> None:
    texts = [GOLD[0], "Menu", "Home", "Sport", "Town", "Contact", "Shop", GOLD[0], GOLD[2], "x"]
    assert block_labels(texts, GOLD).nonzero()[0].tolist() == [7, 8]


def test_pieces_of_a_gold_paragraph_are_content() -> None:
    whole = "Price of the new wall: 2 million, to be paid by the town and by the province."
    texts = ["Price of the new wall:", "2 million", ", to be paid by the town and by the province."]
    assert block_labels(["Menu", *texts], [whole]).tolist() == [False, True, True, True]


def test_a_short_block_far_from_the_content_is_none() -> None:
    texts = ["Costs", *["Menu"] * 8, GOLD[0], GOLD[2]]
    assert not block_labels(texts, GOLD)[0]


def test_a_page_without_the_gold_has_no_content() -> None:
    assert not block_labels(["Please wait"], GOLD).any()

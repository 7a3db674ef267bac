"""Trains the model of ``transforms/topics.py`` and reports how it does, source by source.

Usage: ``python -m tests.bench.train_topics SHARED_DATA [--report-only]``. Writes
``transforms/topics.npy`` and the view of the table, ``transforms/topics.sql``.

Labels are what dumps say themselves: the topics of AllSides, the categories of the events corpus
(but "world"), the tags of newspapers (fundus) and the folders of addresses of web articles, each by
the names in ``topics.toml``. The names themselves are learnt too, as short articles, and the words
of ``topic_words.toml``: in other languages than English there is little else. A third of all
outlets, by hash, is never shown to the model and gives the figures: accuracy of what it says at its
confidence, and how often it says something. A topic counts as right if the article has it among its
labels.

The model is multinomial logistic regression with an L2 penalty, by gradient descent with momentum
(Nesterov 1983).
"""

import argparse
import gzip
import hashlib
import json
import pathlib
import tomllib
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np

from transforms import topics
from transforms.topics import MODEL, SLOT_BITS, TABLE, Topics, first_level, topics_named

MOST_OF_TOPIC = 3000
"""Articles of a topic and source that are learnt from: a half of AllSides is politics."""

WEIGHT_OF_OTHERS = 5
"""How many articles of AllSides each of another source counts for, since these are few."""

STEPS, RATE, MOMENTUM, PENALTY = 300, 12.0, 0.9, 2e-5

SHARPNESS = 1.6
"""Factor of all weights, by which a stated probability is that of being right: so penalised a model
understates it."""

WORDS = pathlib.Path(__file__).with_name("topic_words.toml")

CATEGORIES = {
    "technology": "13000000",
    "science": "13000000",
    "entertainment": "01000000",
    "sports": "15000000",
    "business": "04000000",
}


class Example(NamedTuple):
    """A labelled article: its source, outlet, headline, text and topics of the first level."""

    source: str
    outlet: str
    title: str
    text: str
    labels: frozenset[str]


def labels_of(names: list[str]) -> frozenset[str]:
    """Returns the codes of the first level that some names have."""
    return frozenset(topic.parent for name in names for topic in topics_named(name))


def examples(data: pathlib.Path) -> Iterator[Example]:
    """Yields all labelled articles."""
    with gzip.open(data / "allsides" / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            labels = labels_of([row["topic"]])
            yield Example("allsides", row["source"], row["title"] or "", row["text"], labels)
    for line in (data / "events" / "articles.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        cluster = row["newsCluster"]
        labels = frozenset(filter(None, [CATEGORIES.get(cluster["Category"])]))
        title, text = row["title"] or "", row["text"] or ""
        yield Example("events", f"event {cluster['EventId']}", title, text, labels)
    for path in sorted((data / "fundus").glob("*/*.json")):
        for row in json.loads(path.read_text(encoding="utf-8")).values():
            sections = row.get("body", {}).get("sections", [])
            text = "\n".join(line for part in sections for line in part["paragraphs"])
            labels = labels_of(row.get("topics") or [])
            yield Example("newspapers", path.stem, row.get("title") or "", text, labels)
    for path in sorted((data / "html_articles" / "gold").glob("*.json")):
        row = json.loads(path.read_text(encoding="utf-8"))
        url = row.get("url") or ""
        labels = frozenset(topic.parent for _, topic in topics.address_topics(url))
        title, text = row.get("title") or "", row.get("main_content") or ""
        yield Example("web articles", urlsplit(url).netloc, title, text, labels)


def table_examples() -> Iterator[Example]:
    """Yields the names and words of each topic of the first level, as short articles."""
    for name, topic in topics.named_topics().items():
        yield Example("table", "", name, name, frozenset([topic.parent]))
    for code, languages in tomllib.loads(WORDS.read_text(encoding="utf-8")).items():
        for word in " ".join(languages.values()).split():
            yield Example("table", "", "", word, frozenset([code]))


def is_held_out(example: Example) -> bool:
    """Returns True for the third of all outlets that only give figures."""
    digest = hashlib.blake2b(example.outlet.encode(), digest_size=4).digest()
    return example.source != "table" and int.from_bytes(digest, "big") % 3 == 0


def train(chosen: list[Example]) -> Any:
    """Returns the weights: a row a slot and one that counts always, a column a topic."""
    codes = [topic.code for topic in first_level()]
    targets = np.array([[code in row.labels for code in codes] for row in chosen], float)
    targets /= targets.sum(axis=1, keepdims=True)
    is_other = np.array([row.source not in ("allsides", "table") for row in chosen])
    importance = np.where(is_other, WEIGHT_OF_OTHERS, 1.0)
    importance /= importance.sum()
    bounds, slots, values = topics.document_vectors([(row.title, row.text) for row in chosen])
    owners = np.repeat(np.arange(len(chosen)), np.diff(bounds))
    model = np.zeros(((1 << SLOT_BITS) + 1, len(codes)), np.float32)
    pace = np.zeros_like(model)
    for _ in range(STEPS):
        ahead = model + MOMENTUM * pace
        error = (topics.probabilities(ahead, (bounds, slots, values)) - targets) * importance[
            :, None
        ]
        gradient = PENALTY * ahead
        for column in range(len(codes)):
            pulls = error[owners, column] * values
            gradient[:-1, column] += np.bincount(slots, pulls, minlength=1 << SLOT_BITS)
        gradient[-1] += error.sum(axis=0)
        pace = MOMENTUM * pace - RATE * gradient
        model = model + pace
    return (SHARPNESS * model).astype(np.float16)


def report(model: Any, chosen: list[Example]) -> None:
    """Prints accuracy and coverage by source and by topic."""
    first = first_level()
    judged = topics.probabilities(
        model.astype(np.float32), topics.document_vectors([(row.title, row.text) for row in chosen])
    )
    best, sure = judged.argmax(axis=1), judged.max(axis=1)
    right = np.array([first[at].code in row.labels for at, row in zip(best, chosen, strict=True)])
    print("held-out articles       all: right   sure: share   right, at .5, .6, .7, .8, .9")
    groups = {
        source: [row.source == source for row in chosen]
        for source in sorted({row.source for row in chosen})
    }
    groups |= {topic.name: [topic.code in row.labels for row in chosen] for topic in first}
    for name, members in groups.items():
        mask = np.array(members)
        if mask.sum():
            shares = [
                f"{(sure[mask] >= cut).mean():.2f} {right[mask & (sure >= cut)].mean():.2f}"
                if (mask & (sure >= cut)).any()
                else "-"
                for cut in (0.5, 0.6, 0.7, 0.8, 0.9)
            ]
            print(f"{name[:28]:28} {mask.sum():5} {right[mask].mean():.3f}   {'   '.join(shares)}")
    said = sure >= Topics.least_confidence
    for at, topic in enumerate(first):
        mask = said & (best == at)
        if mask.any():
            print(f"says {topic.name[:36]:36} {mask.sum():5} times, right {right[mask].mean():.2f}")


def view() -> str:
    """Returns ``topics.sql``: the table of codes as a view."""
    rows = ",\n".join(
        "  ('{}', '{}', {})".format(
            f"medtop:{topic.code}",
            topic.name.replace("'", "''"),
            "NULL" if topic.parent == topic.code else f"'medtop:{topic.parent}'",
        )
        for topic in topics.topics().values()
    )
    return (
        "-- What Topics adds to the catalog; tests/bench/train_topics.py makes it.\n\n"
        f"CREATE VIEW iptc_topics AS\nSELECT t.code, t.topic, t.parent FROM (VALUES\n{rows}\n"
        ") AS t(code, topic, parent);\n\n"
        "COMMENT ON VIEW iptc_topics IS "
        "'A topic of the IPTC Media Topics (CC BY 4.0) that articles may have.';\n"
        "COMMENT ON COLUMN iptc_topics.code IS 'Its code.';\n"
        "COMMENT ON COLUMN iptc_topics.topic IS 'Its name, as in `articles.topics`.';\n"
        "COMMENT ON COLUMN iptc_topics.parent IS 'Code of the topic above it.';\n"
    )


def main() -> None:
    """Trains, writes and reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=pathlib.Path, help="folder of the labelled data")
    parser.add_argument("--report-only", action="store_true", help="scores the committed model")
    arguments = parser.parse_args()
    labelled = [row for row in examples(arguments.data) if row.labels and row.text]
    if not arguments.report_only:
        TABLE.with_suffix(".sql").write_text(view(), encoding="utf-8")
        seen: Counter[tuple[str, str]] = Counter()
        chosen = list(table_examples())
        for row in sorted(labelled, key=lambda row: hashlib.blake2b(row.text.encode()).digest()):
            key = (row.source, min(row.labels))
            if not is_held_out(row) and seen[key] < MOST_OF_TOPIC:
                seen[key] += 1
                chosen.append(row)
        print(len(chosen), "articles to learn from", Counter(row.source for row in chosen))
        np.save(MODEL, train(chosen), allow_pickle=False)
    report(np.load(MODEL, allow_pickle=False), [row for row in labelled if is_held_out(row)])


if __name__ == "__main__":
    main()

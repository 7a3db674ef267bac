"""Runs the article transforms on a group of articles, and holds each to what it declares.

What a transform declares decides the order and the schema, so what it does beyond that is an error:
a column that it adds or changes without a declaration, also in place, or a value that its column
would change. Each such article becomes a reject that names the transform.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from pipeline.article import READ_COLUMNS, READ_FIELDS, Article
from pipeline.rejects import LIMIT_REASONS, Reject, cut_raw
from pipeline.tasks.job import Job, described
from pipeline.tasks.values import MISFITS, fit, misfit
from pipeline.transform import Column, Drop, Transform
from pipeline.worker import document

GROUP = 256
"""Articles that go through the transforms together, so that batch methods have something to batch
and a failure in one costs little."""

_STEP = 1 << 48
"""The number of an article within the i-th transform is its own and i times this, i from 1 on."""

_GROUP_OF = 1 << 47
"""Added to the number of the first article where a transform takes a group of them at once."""

Failed = Mapping[int, str]
"""Number of a document to the reason why it is skipped: a key of ``LIMIT_REASONS``."""

_MEND = "it must return all columns, with its own, as in article | {...}."

_CONTAINERS = frozenset({list, dict, set, bytearray})
"""Types whose values a transform could change in place."""


@dataclasses.dataclass(slots=True)
class _Record:
    """An article on its way through the transforms.

    Attributes:
      number: of the article, within the task.
      article: what the last transform returned, and the next one gets.
      known: the same columns, in a dict that no transform ever sees.
      held: those of the columns whose values a transform could change in place.
      copies: copies of these values.
    """

    number: int
    article: Article
    known: Article
    held: dict[str, Any]
    copies: dict[str, Any]


def run_transforms(
    job: Job, articles: Sequence[Article], first: int, rejects: list[Reject], failed: Failed
) -> list[Article]:
    """Returns the articles that came through all transforms; the others become rejects.

    Args:
      job: the run.
      articles: at most :data:`GROUP` of them.
      first: number of the first.
      rejects: receives those that do not come through.
      failed: documents to skip.
    """
    columns = _column_types(job)
    # Number of an article -> its number within the transform that it ended the worker in.
    blamed = {
        number % _STEP: number for number in failed if number >= _STEP and not number & _GROUP_OF
    }
    living: list[_Record] = []
    for number, article in enumerate(articles, first):
        if number in blamed:
            transform = job.article_transforms[blamed[number] // _STEP - 1]
            reason = failed[blamed[number]]
            detail = f"{transform.name()} {LIMIT_REASONS[reason]}"
            rejects.append(_reject(article, transform, reason, detail))
        else:
            held = {name: value for name, value in article.items() if type(value) in _CONTAINERS}
            copies = {name: _copied(value) for name, value in held.items()}
            living.append(_Record(number, article, dict(article), held, copies))
    for at, transform in enumerate(job.article_transforms):
        written = (*transform.adds, *transform.updates)
        passed = []
        results = _apply(transform, living, _STEP * (at + 1), failed)
        for record, result in zip(living, results, strict=True):
            if isinstance(result, Reject):
                rejects.append(result)
            elif problem := _undeclared(transform, written, record, result):
                rejects.append(_reject(record.known, transform, "error", problem))
            else:
                record.article = result
                passed.append(record)
        living = _fitting(transform, columns, passed, rejects)
    return [record.article for record in living]


def _column_types(job: Job) -> dict[str, pa.DataType]:
    """Returns the types of the columns that reach a table; a working field may hold any value."""
    declared: dict[str, Column] = {**READ_COLUMNS, **READ_FIELDS}
    for transform in job.article_transforms:
        declared.update(transform.adds)
    parts = ("lines", "paragraphs", "removed_lines", "paragraph_languages", "warnings")
    reach = {*job.article_schema.names, *parts}
    return {name: column.type for name, column in declared.items() if name in reach}


def _apply(
    transform: Transform, living: Sequence[_Record], step: int, failed: Failed
) -> Iterator[Any]:
    """Yields what a transform returns for each article, or a reject.

    One by one, so that a result is checked while it is in the processor's cache. A group that
    fails as a whole (it ended the worker when the task ran before, or it raised) is split: each
    article of it then becomes a group of its own, and the one to blame a reject.

    Args:
      transform: the transform.
      living: the articles.
      step: to be added to the numbers of articles.
      failed: documents to skip.
    """
    apply: Callable[[Article], Any] = transform.apply
    if type(transform).apply_batch is not Transform.apply_batch:
        results = _at_once(transform, living, step + _GROUP_OF, failed)
        if len(results) == len(living):
            for record, result in zip(living, results, strict=True):
                failed_itself = isinstance(result, Exception)
                yield _failure(record.known, transform, result) if failed_itself else result
            return
        apply = functools.partial(_only, transform)
    for record in living:
        document(step + record.number)
        try:
            result = apply(record.article)
        except Exception as error:  # noqa: BLE001 - becomes a reject that names the transform
            result = _failure(record.known, transform, error)
        yield result


def _at_once(
    transform: Transform, living: Sequence[_Record], group: int, failed: Failed
) -> Sequence[Any]:
    """Returns what a transform returns for a group; of any other length if it failed as a whole."""
    if not living or group + living[0].number in failed:
        return ()
    document(group + living[0].number)
    try:
        return transform.apply_batch([record.article for record in living])
    except Exception:  # noqa: BLE001 - taken apart, it shows which article it was
        return ()


def _only(transform: Transform, article: Article) -> Article:
    results = transform.apply_batch([article])
    if len(results) != 1:
        raise TypeError(
            f"apply_batch returned {len(results)} results for one article; it must return one "
            "article or exception for each"
        )
    [result] = results
    if isinstance(result, Exception):
        raise result
    return result


def _undeclared(transform: Transform, written: Sequence[str], record: _Record, after: Any) -> str:
    """Returns what a transform did that it does not declare; empty if nothing.

    Takes its columns over into what is known of the article.
    """
    if not isinstance(after, dict):
        return (
            f"apply returned {type(after).__name__}; it must return the article, as in "
            "article | {...}."
        )
    known, held, copies = record.known, record.held, record.copies
    try:
        for name in written:
            value = known[name] = after[name]
            if type(value) in _CONTAINERS:
                held[name], copies[name] = value, _copied(value)
            elif name in held:
                del held[name], copies[name]
    except KeyError:
        return f"apply returned an article without {_listed({*written} - after.keys())}; {_MEND}"
    if _equal(known, after) and _equal(held, copies):
        return ""
    if lost := known.keys() - after.keys():
        return f"apply returned an article without {_listed(lost)}; {_MEND}"
    if added := after.keys() - known.keys():
        return f"apply set {_listed(added)}, which {transform.name()} must declare in `adds`."
    changed = {name for name, value in known.items() if not _same(value, after[name])}
    changed |= {name for name, value in held.items() if not _equal(value, copies[name])}
    if not changed:
        return ""  # a value that does not compare, and is the same
    return (
        f"apply changed {_listed(changed)}, which {transform.name()} must declare in `updates`; "
        "or change a copy of the value."
    )


def _listed(names: Any) -> str:
    return ", ".join(sorted(map(str, names)))


def _copied(value: Any) -> Any:
    """Returns a copy of a value; what is in it is copied where it could change in place."""
    kind = type(value)
    if kind is list and not _CONTAINERS.isdisjoint(map(type, value)):
        return [_copied(member) for member in value]
    if kind is dict and not _CONTAINERS.isdisjoint(map(type, value.values())):
        return {key: _copied(member) for key, member in value.items()}
    return value.copy() if kind in _CONTAINERS else value


def _same(one: Any, other: Any) -> bool:
    return one is other or _equal(one, other)


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:  # noqa: BLE001 - as of arrays, whose comparison has no truth: no equals
        return False


def _fitting(
    transform: Transform,
    columns: Mapping[str, pa.DataType],
    passed: list[_Record],
    rejects: list[Reject],
) -> list[_Record]:
    """Returns the articles whose new values fit their columns; the others become rejects."""
    for name in (*transform.adds, *transform.updates):
        if name not in columns:
            continue
        kind = columns[name]
        try:
            fits = fit([record.known[name] for record in passed], kind)
        except MISFITS:
            fits = False
        if fits:
            continue
        fitting = []
        for record in passed:
            if problem := misfit(record.known[name], kind):
                detail = f"Column {name!r}: {problem}. Mend the transform."
                rejects.append(_reject(record.known, transform, "wrong_type", detail))
            else:
                fitting.append(record)
        passed = fitting
    return passed


def _failure(article: Article, transform: Transform, error: Exception) -> Reject:
    if isinstance(error, Drop):
        return _reject(article, transform, error.reason, error.detail)
    if isinstance(error, MemoryError):
        detail = f"{transform.name()} {LIMIT_REASONS['memory_limit']}"
        return _reject(article, transform, "memory_limit", detail)
    detail = f"{described(error, transform)}. Mend the transform, or leave the dump out."
    return _reject(article, transform, "error", detail)


def _reject(article: Article, transform: Transform, reason: str, detail: str) -> Reject:
    return Reject(
        article["source_file"],
        article["record_index"],
        transform.name(),
        reason,
        detail,
        cut_raw(article["document"]),
    )

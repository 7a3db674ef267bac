"""The contract of ``transforms/``: declare what you read and add, write one pure method.

A file in ``transforms/`` holds a dataclass derived from :class:`Transform`. :mod:`pipeline.plan`
finds it, checks the declarations against each other and fixes the sequence; the schema of the
warehouse and its data dictionary follow from the same declarations.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.errors import CopydeskError

Article = dict[str, Any]
"""The element that travels: column name to value; see :mod:`pipeline.article`."""

OptionT = TypeVar("OptionT")


@dataclasses.dataclass(frozen=True)
class Column:
    """A column a transform adds.

    Attributes:
      type: Arrow type of its values; ``None`` is always allowed.
      description: one sentence for the data dictionary and the catalog's comments.
      stored: whether the warehouse keeps it; a working field for later transforms is not stored.
      after: column of the table that it follows; without one it comes last, by name.
      counted: line of a run's report: of a bool column the number of true values, of another the
        number of rows by value.
      run_column: column of ``runs`` that takes this number.
      quotes_text: whether its members are words of title or text: strings, or structs with a
        ``name``. They go, from ``tags`` as well, if a corpus-wide transform removes all lines that
        have them.
    """

    type: pa.DataType
    description: str
    stored: bool = True
    after: str = ""
    counted: str = ""
    run_column: str = ""
    quotes_text: bool = False


@dataclasses.dataclass(frozen=True)
class Table:
    """A table of a corpus-wide transform. ``runs`` gets a column of its name with its row count.

    Attributes:
      description: one sentence: what a row is.
      columns: column name -> column, in order; rows are sorted by those of simple types.
      after: table that it follows; without one it comes last, by name.
      reindexed: True if ``reindex`` needs its rows, those of all runs; for small tables.
    """

    description: str
    columns: Mapping[str, Column]
    after: str = ""
    reindexed: bool = False


def option(default: OptionT, flag: str, **keywords: Any) -> OptionT:
    """Returns a dataclass field: an option of a transform with a flag of its own, beside ``--set``.

    Args:
      default: value of the option.
      flag: name of the flag of ``copydesk run``, as in ``--extraction``.
      keywords: arguments of argparse's ``add_argument``: ``help``, ``type``, ``choices``, ... None
        if ``copydesk run`` has this flag already: a value other than its default then sets this
        option as well.
    """
    return dataclasses.field(default=default, metadata={"flag": flag, "argparse": keywords})


class TransformError(CopydeskError):
    """The transforms contradict each other or themselves; nothing can run."""


class Drop(Exception):  # noqa: N818 - raised as a statement of intent, not as a failure
    """Raised by a transform to drop an article on purpose.

    The article becomes a row of ``rejects`` with this reason.

    Args:
      reason: short lower-case name of the reason, with underscores (``too_short``).
      detail: one sentence with the figures that decided.

    Raises:
      TypeError: one is no text, or the reason is empty.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        if not (reason and isinstance(reason, str) and isinstance(detail, str)):
            raise TypeError("Drop takes two texts, as in Drop('too_short', '12 words of 20')")
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class Transform:
    """One step on one article.

    Subclasses are dataclasses; their fields are their options, which :func:`option` may give flags.
    They must be picklable.

    Class attributes:
      reads: columns or fields ``apply`` looks at.
      adds: columns ``apply`` sets, by name. A column is added by one transform only.
      updates: existing columns ``apply`` may replace. Transforms that read such a column run after,
        but those that this one reads from or names in ``after`` see the column as it was.
      after: names of transforms that must run before this one, where reads and adds don't say.
      preload: modules that worker processes import once, before they fork: large libraries that
        ``setup`` or ``apply`` need and that a process that only plans a run does not.
      sql: name of an .sql file beside the module: views and macros for the catalog over what the
        transform adds, and checks for ``copydesk verify``. The format stands in
        ``pipeline/warehouse/sql/catalog.sql``.
      version: raised when the same input gives another output; recorded with every run.
    """

    reads: ClassVar[Sequence[str]] = ()
    adds: ClassVar[Mapping[str, Column]] = {}
    updates: ClassVar[Sequence[str]] = ()
    after: ClassVar[Sequence[str]] = ()
    preload: ClassVar[Sequence[str]] = ()
    sql: ClassVar[str] = ""
    version: ClassVar[int] = 1

    @classmethod
    def name(cls) -> str:
        """Returns the name of the transform in errors, options and reports: its class name."""
        return cls.__name__

    def removes(self) -> Mapping[str, str]:
        """Returns the rules by which it moves lines to ``removed_lines``, each with a sentence."""
        return {}

    def setup(self) -> None:
        """Loads models; called once in every worker process, before its first article."""

    def apply(self, article: Article) -> Article:
        """Returns the article with this transform's columns set.

        Must not change its argument, and must depend on nothing but it.

        Args:
          article: column name to value; every column in ``reads`` is present.

        Raises:
          Drop: the article is to be dropped, with a reason.
          Exception: anything else makes the article a reject that names this transform.
        """
        raise NotImplementedError(f"{self.name()} must define apply(self, article)")

    def apply_batch(self, articles: Sequence[Article]) -> list[Article | Exception]:
        """Returns one article or one exception per article, in order.

        Override it where a batch is cheaper than its articles one by one. A batch has the time of
        one document; one that takes longer, raises or kills its worker is given again, article by
        article.
        """
        results: list[Article | Exception] = []
        for article in articles:
            try:
                results.append(self.apply(article))
            except Exception as error:  # noqa: BLE001 - becomes a reject that names the transform
                results.append(error)
        return results


@dataclasses.dataclass(frozen=True)
class Stream:
    """Small rows of fixed columns that travel between the stages of a corpus-wide transform.

    Attributes:
      name: unique within the transform; of an indexed stream also its folder below ``index/``.
      schema: Arrow schema of its rows.
      key: name of a uint64 column; rows with equal keys reach the same call of the next stage. An
        empty string sends every row to one call.
      indexed: True if its rows are kept in the index beside the warehouse, so that later runs can
        look them up by key. The first stage that reads or writes the stream puts them there.
      run_column: name of a uint32 column of an indexed stream that receives the number of the run,
        from 1; empty for none.
      hashes: names of columns that no compression helps.
      stored_names: name -> name in the index on disk, of the stream (its folder) and of its columns
        but the key, where they differ: an index keeps the names that it was first written with.
    """

    name: str
    schema: pa.Schema
    key: str
    indexed: bool = False
    run_column: str = ""
    hashes: tuple[str, ...] = ()
    stored_names: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)


Tables = Mapping[str, pa.Table]
"""Table or stream name to rows."""

Lookup = Callable[[str, npt.NDArray[np.uint64]], pa.Table]
"""(indexed stream, keys) to the rows of earlier runs with one of these keys."""


@dataclasses.dataclass(frozen=True)
class Stage:
    """One shuffle of a corpus-wide transform, and the pure function on each of its partitions.

    Attributes:
      name: also the name of the method that is called, ``method(tables: Tables, earlier: Tables) ->
        Tables``, with one partition of the streams in ``reads``, in no particular row order, and of
        those in ``earlier``; it returns rows of the streams and tables in ``writes``.
      reads: streams of this run.
      writes: streams and tables.
      earlier: indexed streams whose rows of earlier runs the method needs: those with a key among
        this run's rows of the same stream where it is in ``reads``, else of all of ``reads``.
    """

    name: str
    reads: Sequence[str]
    writes: Sequence[str]
    earlier: Sequence[str] = ()


class CorpusTransform(Transform):
    """A step that compares the articles of the whole corpus with each other.

    Text never travels. ``fingerprint`` turns one shard of the corpus (a few thousand articles) into
    rows of streams; the stages shuffle and join those; the rows of the stream ``annotations`` that
    come out return to their shard, where ``annotate`` sets the declared columns. All methods are
    pure functions over Arrow tables.

    Class attributes:
      paragraph_columns: columns that ``annotate`` adds to the table ``paragraphs``.
      tables: whole tables that stages write, by name; each is also the name of a stream, whose rows
        go to the warehouse unchanged.
      streams: everything that travels.
      stages: in order; a stream may be read by any later stage.
    """

    ANNOTATIONS: ClassVar[str] = "annotations"
    paragraph_columns: ClassVar[Mapping[str, Column]] = {}
    tables: ClassVar[Mapping[str, Table]] = {}
    streams: ClassVar[Sequence[Stream]] = ()
    stages: ClassVar[Sequence[Stage]] = ()

    def drop_known(self, tables: Tables, lookup: Lookup) -> Tables:
        """Returns the tables of a shard without the articles that earlier runs make superfluous.

        An anti-join with the index, before any fingerprint is taken. Dropped articles become
        ``rejects``. By default drops none.

        Args:
          tables: ``articles``, ``paragraphs``, ``removed_lines`` and ``rejects``.
          lookup: reads the rows of earlier runs in this transform's indexed streams.
        """
        return tables

    def fingerprint(self, shard: int, tables: Tables) -> Tables:
        """Returns rows of streams for one shard.

        Args:
          shard: number of the shard (uint64); the key of its annotations.
          tables: its ``articles``, ``paragraphs`` and ``removed_lines``.
        """
        raise NotImplementedError(f"{self.name()} must define fingerprint(self, shard, tables)")

    def annotate(self, tables: Tables, annotations: pa.Table) -> Tables:
        """Returns the tables of a shard with this transform's columns.

        It may move paragraphs to ``removed_lines``, and cut a head or tail off one: the part is
        then a row of ``removed_lines`` with the same line number, and the words of the rest are
        counted again.

        Args:
          tables: as for ``fingerprint``, and ``rejects``.
          annotations: rows of the stream ``annotations`` whose key is this shard, in any order.
        """
        raise NotImplementedError(f"{self.name()} must define annotate(self, tables, annotations)")

    def reindex(self, tables: Tables) -> Tables:
        """Returns the rows of indexed streams for articles that are committed already.

        By default those that ``fingerprint`` gives.

        Args:
          tables: ``articles``, ``paragraphs`` and ``removed_lines`` as the warehouse holds them,
            each with ``article``, the row of the article, and ``line_number``; whole, those of the
            declared tables that are ``reindexed``.
        """
        indexed = {stream.name for stream in self.streams if stream.indexed}
        rows = self.fingerprint(0, tables)
        return {name: table for name, table in rows.items() if name in indexed}

    @classmethod
    def indexing_stage(cls, stream: str) -> str:
        """Returns the name of the stage that writes an indexed stream to the index."""
        return next(s.name for s in cls.stages if stream in s.reads or stream in s.writes)

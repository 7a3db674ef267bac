"""Every flag of ``copydesk run``: its default, its unit, and what is allowed.

    options = CopydeskOptions(["--input", "dumps/", "--set", "Extraction.mode=precise"])
    options.validate()
    steps = options.transforms(discover())

Whatever is not listed here belongs to Beam (``--runner``, ``--flink_master``, ...) and is read with
``options.view_as(StandardOptions)`` and its like.
"""

import argparse
import os
import re
from collections.abc import Iterable
from typing import Any, TypeVar

from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions

from pipeline.dumps.block import FIELDS, FORMATS, DumpOptions
from pipeline.settings import OptionsError, configure
from pipeline.transform import Transform

EXTRACTION_MODES = ("fast", "precise", "recall")
"""What ``--extraction`` takes: the modes of the transform ``Extraction``, its default first."""

LOCAL_RUNNER = "DirectRunner"
"""The runner where ``--runner`` names none; see :mod:`pipeline.runners`."""

_RUN_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{4,32}")


OptionsT = TypeVar("OptionsT", bound=PipelineOptions)


class CopydeskOptions(PipelineOptions):
    """The flags of ``copydesk run``, as a view of Beam's pipeline options.

    Flags are written with dashes; underscores do as well, since that is how Beam hands options to
    the workers of a cluster.
    """

    # Set by argparse; declared here for readers and type checkers.
    input: list[str]
    warehouse: str
    format: str
    map: list[str]
    extraction: str
    set: list[str]
    processes: int
    partitions: int
    document_seconds: float
    document_memory: int
    max_document_bytes: int
    near_duplicate_window: int
    staging: str
    run_id: str
    again: bool

    @classmethod
    def _add_argparse_args(cls, parser: argparse.ArgumentParser) -> None:
        """Adds the flags to a parser: Beam's own, or that of the command line."""
        what = parser.add_argument_group("what to read, where to write")
        _add(
            what,
            "--input",
            action="extend",
            nargs="+",
            metavar="PATH",
            default=[],
            help="dumps: files, folders (with all below them), globs, or URLs of a Beam file "
            "system (gs://, s3://, hdfs://). May be given several times. Required.",
        )
        _add(
            what,
            "--warehouse",
            metavar="DIR",
            default="warehouse",
            help="folder that holds the data, the manifests and the catalog; made where it does "
            "not exist. Default: %(default)s.",
        )
        _add(
            what,
            "--format",
            metavar="FORMAT",
            default="",
            help=f"format of every dump: {', '.join(FORMATS)}. Default: each dump is sniffed by "
            "its content.",
        )
        _add(
            what,
            "--map",
            action="extend",
            nargs="+",
            metavar="FIELD=NAME",
            default=[],
            help="where a record keeps a field, as in text=body,title=headline; dots reach into "
            f"nested records. Fields: {', '.join(FIELDS)}. Default: the names that news "
            "collections commonly use.",
        )
        _add(
            what,
            "--again",
            action="store_true",
            help="read dumps again that the warehouse holds already, as with another --map. Their "
            "articles that are there become rejects, repeated_dump.",
        )

        how = parser.add_argument_group("what is done to the text")
        _add(
            how,
            "--extraction",
            metavar="MODE",
            default=EXTRACTION_MODES[0],
            help=f"how the article is found in HTML: {', '.join(EXTRACTION_MODES)}. "
            "Default: %(default)s.",
        )
        _add(
            how,
            "--near-duplicate-window",
            type=int,
            metavar="DAYS",
            default=0,
            help="compare a paragraph only with those published at most so many days apart; for "
            "endless streams. Default: %(default)s, which is no limit.",
        )
        _add(
            how,
            "--set",
            action="extend",
            nargs="+",
            metavar="TRANSFORM.OPTION=VALUE",
            default=[],
            help="set an option of a transform; `copydesk transforms` lists them.",
        )

        limits = parser.add_argument_group("resources and limits")
        _add(
            limits,
            "--processes",
            type=int,
            metavar="N",
            default=0,
            help="processes that clean articles, on each worker. Default: %(default)s, which is "
            f"one a core on {LOCAL_RUNNER} and 1 on a cluster.",
        )
        _add(
            limits,
            "--partitions",
            type=int,
            metavar="N",
            default=0,
            help="parts the comparison of paragraphs is cut into. Changes memory and parallelism, "
            "never a row. Default: %(default)s, which is chosen from the size of the input.",
        )
        _add(
            limits,
            "--document-seconds",
            type=float,
            metavar="SECONDS",
            default=20.0,
            help="time one document may take before it becomes a reject; waiting for a core does "
            "not count. Default: %(default)g seconds.",
        )
        _add(
            limits,
            "--document-memory",
            type=int,
            metavar="MIB",
            default=2048,
            help="memory a cleaning process may hold before its document becomes a reject. "
            "Default: %(default)s MiB.",
        )
        _add(
            limits,
            "--max-document-bytes",
            type=int,
            metavar="BYTES",
            default=DumpOptions.max_record_bytes,
            help="a larger document becomes a reject unread. Default: %(default)s bytes (32 MiB), "
            "and for web pages what `copydesk transforms` says of Extraction.",
        )
        _add(
            limits,
            "--staging",
            metavar="DIR",
            default="",
            help="folder for what lies between the two passes, on storage that all workers share. "
            "Default: inside the warehouse.",
        )
        _add(limits, "--run-id", default="", help=argparse.SUPPRESS)

    def validate(self) -> None:
        """Checks every value.

        Raises:
          OptionsError: with the flag, its value and what it takes.
        """
        if not self.input:
            raise OptionsError("nothing to read. Name dumps with --input PATH, as in --input seeds")
        if not all(self.input):
            raise OptionsError("--input is empty. Name a file, a folder, a glob or a URL")
        if not self.warehouse:
            raise OptionsError("--warehouse is empty. Name a folder, or leave the flag out")
        if self.extraction not in EXTRACTION_MODES:
            raise OptionsError(
                f"--extraction is {self.extraction!r}. Choose one of {', '.join(EXTRACTION_MODES)}"
            )
        for flag, value, least in (
            ("--processes", self.processes, 0),
            ("--partitions", self.partitions, 0),
            ("--near-duplicate-window", self.near_duplicate_window, 0),
            ("--document-memory", self.document_memory, 64),
            ("--max-document-bytes", self.max_document_bytes, 1),
        ):
            if value < least:
                raise OptionsError(f"{flag} is {value}. It must be {least} or more")
        if not 0 < self.document_seconds < float("inf"):
            raise OptionsError(
                f"--document-seconds is {self.document_seconds:g}. It must be more than 0"
            )
        if self.run_id and not _RUN_ID.fullmatch(self.run_id):
            raise OptionsError(
                f"--run-id is {self.run_id!r}. Write it as 20260131T235959Z-0123abcd: a UTC time, "
                "a dash, 4 to 32 hex digits"
            )
        self.transform_settings()
        self.dump_options()

    def dump_options(self) -> DumpOptions:
        """Returns how dumps are read.

        Raises:
          OptionsError: an unknown format or field.
        """
        mapping: dict[str, str] = {}
        for pair in _comma_separated(self.map):
            field, equals, name = pair.partition("=")
            if not equals:
                raise OptionsError(f"--map has {pair!r}. Write FIELD=NAME, as in text=body")
            mapping[field.strip()] = name.strip()
        try:
            return DumpOptions(
                format=self.format or None,
                mapping=mapping,
                max_record_bytes=self.max_document_bytes,
            )
        except ValueError as error:
            raise OptionsError(str(error).rstrip(".")) from error

    def transform_settings(self) -> dict[str, dict[str, str]]:
        """Returns the options of transforms by transform and option, as text.

        ``--extraction``, ``--max-document-bytes`` and ``--near-duplicate-window`` are among them
        where they differ from their defaults; ``--set`` says the last word.

        Raises:
          OptionsError: a ``--set`` that is not TRANSFORM.OPTION=VALUE.
        """
        settings: dict[str, dict[str, str]] = {}
        if self.extraction != EXTRACTION_MODES[0]:
            settings["Extraction"] = {"mode": self.extraction}
        if self.max_document_bytes != DumpOptions.max_record_bytes:
            extraction = settings.setdefault("Extraction", {})
            extraction["max_document_bytes"] = str(self.max_document_bytes)
        if self.near_duplicate_window:
            settings["NearDuplicates"] = {"window_days": str(self.near_duplicate_window)}
        for setting in self.set:
            name, equals, value = setting.partition("=")
            transform, dot, option = name.partition(".")
            if not (equals and dot and transform and option):
                raise OptionsError(
                    f"--set has {setting!r}. Write TRANSFORM.OPTION=VALUE, "
                    "as in Extraction.mode=precise"
                )
            settings.setdefault(transform.strip(), {})[option.strip()] = value.strip()
        return settings

    def transforms(self, classes: Iterable[type[Transform]]) -> list[Transform]:
        """Returns an instance of each transform with the options that were given.

        Raises:
          OptionsError: ``--set`` names a transform or an option that does not exist, or a value
            the option cannot take.
        """
        return configure(classes, self.transform_settings())

    def view_as(self, cls: type[OptionsT]) -> OptionsT:
        """Returns these options as another class of options, each time the same object.

        Beam asks some 450 times while it builds and runs a pipeline, and would each time make a
        parser for the class's flags, which are a third of a millisecond. All views share one store.
        """
        views: dict[type[PipelineOptions], PipelineOptions] = self.__dict__.setdefault("_views", {})
        if cls not in views:
            views[cls] = super().view_as(cls)
        view = views[cls]
        assert isinstance(view, cls)
        return view

    def worker_processes(self) -> int:
        """Returns the number of cleaning processes on each worker."""
        if self.processes:
            return self.processes
        runner = self.view_as(StandardOptions).runner or LOCAL_RUNNER
        return available_cores() if runner == LOCAL_RUNNER else 1


def available_cores() -> int:
    """Returns the number of cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _comma_separated(values: Iterable[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _add(group: Any, flag: str, **keywords: Any) -> None:
    group.add_argument(flag, **keywords)
    if "-" in flag[2:]:
        # Beam hands an option to the workers of a cluster as --name_with_underscores.
        underscored = flag[:2] + flag[2:].replace("-", "_")
        keywords |= {"dest": underscored[2:], "default": argparse.SUPPRESS}
        group.add_argument(underscored, **(keywords | {"help": argparse.SUPPRESS}))

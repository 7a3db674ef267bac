"""Flags of ``copydesk run``, for its own parser and for Beam's.

Nothing here imports Beam, which takes half a second: help and wrong usage come without it.
"""

import argparse
import os
import re
from typing import Any

from pipeline.dumps.block import FIELDS, FORMATS, DumpOptions

LOCAL_RUNNER = "DirectRunner"
"""The runner where ``--runner`` names none; see :mod:`pipeline.runners`."""

RUNNERS = (LOCAL_RUNNER, "PrismRunner", "FlinkRunner", "PortableRunner", "DataflowRunner")
"""Names that ``--runner`` takes."""

DOCUMENT_MIB = 2048
"""Default of ``--document-memory``, in MiB."""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of :class:`pipeline.options.CopydeskOptions` to a parser."""
    group = parser.add_argument_group("input and output")
    add_flag(
        group,
        "--input",
        action="extend",
        nargs="+",
        metavar="PATH",
        default=[],
        help="dumps: files, folders (with their subfolders), globs, or URLs of a Beam file system "
        "(gs://, s3://, hdfs://), or topics of Kafka (kafka://HOST:PORT/TOPIC). May be given "
        "several times. Required.",
    )
    add_flag(
        group,
        "--warehouse",
        metavar="DIR",
        default="warehouse",
        help="folder of the data, the manifests and the catalog; created if missing. "
        "Default: %(default)s.",
    )
    add_flag(
        group,
        "--format",
        metavar="FORMAT",
        default="",
        help=f"format of every dump: {', '.join(FORMATS)}. Default: detected from the content of "
        "each dump.",
    )
    add_flag(
        group,
        "--map",
        action="extend",
        nargs="+",
        metavar="FIELD=NAME",
        default=[],
        help="name of a field in the records, as in text=body,title=headline; dots reach into "
        f"nested records. Fields: {', '.join(FIELDS)}. Default: the names that news collections "
        "commonly use.",
    )
    add_flag(
        group,
        "--again",
        action="store_true",
        help="read dumps again that the warehouse already holds, as after a run whose records were "
        "rejects. Articles that are already there stay as they are, and become rejects with the "
        "reason repeated_dump: to read them in another way, give a new --warehouse.",
    )
    group = parser.add_argument_group("transforms")
    add_flag(
        group,
        "--set",
        action="extend",
        nargs="+",
        metavar="TRANSFORM.OPTION=VALUE",
        default=[],
        help="set an option of a transform; `copydesk transforms` lists them.",
    )
    group = parser.add_argument_group("resources and limits")
    add_flag(
        group,
        "--processes",
        type=int,
        metavar="N",
        default=0,
        help="worker processes, at most; on a cluster of each process of the engine. Default: "
        "%(default)s: one for each core; on a cluster divided by the --sdk_worker_parallelism "
        "processes that the engine has on a machine; one on DataflowRunner, which has a process "
        "for each core.",
    )
    add_flag(
        group,
        "--partitions",
        type=int,
        metavar="N",
        default=0,
        help="parts into which the comparison of the articles is cut. Changes memory and "
        "parallelism, never a row. Default: %(default)s: chosen from the size of the input.",
    )
    add_flag(
        group,
        "--document-seconds",
        type=float,
        metavar="SECONDS",
        default=20.0,
        help="processor time that a document may take before it becomes a reject. "
        "Default: %(default)g seconds.",
    )
    add_flag(
        group,
        "--document-memory",
        type=int,
        metavar="MIB",
        default=DOCUMENT_MIB,
        help="memory that a worker process may take before its document becomes a reject. "
        "Default: %(default)s MiB.",
    )
    add_flag(
        group,
        "--max-document-bytes",
        type=int,
        metavar="BYTES",
        default=DumpOptions.max_record_bytes,
        help="size limit of a document; a larger one becomes a reject unread. Default: %(default)s "
        "bytes (32 MiB). Replaces the limits of transforms, which `copydesk transforms` lists.",
    )
    add_flag(
        group,
        "--max-rejects",
        type=percent,
        metavar="PERCENT",
        default=50.0,
        help="share of a run's records that may fail. A run with more says so and exits with 3. "
        "Records that are no articles, are there already or were dropped on purpose do not count. "
        "Default: %(default)g%%.",
    )
    add_flag(
        group,
        "--on-too-many-rejects",
        choices=("commit", "refuse"),
        default="commit",
        help="whether such a run is committed, so that every reject is in the warehouse with its "
        "reason and --again reads the dumps again, or leaves the warehouse as it was. "
        "Default: %(default)s.",
    )
    add_flag(
        group,
        "--staging",
        metavar="DIR",
        default="",
        help="folder of intermediate files, on storage that all workers share. "
        "Default: inside the warehouse.",
    )
    add_flag(group, "--run-id", default="", help=argparse.SUPPRESS)


def add_watch_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of ``copydesk watch`` that ``copydesk run`` does not have."""
    group = parser.add_argument_group("watching")
    group.add_argument(
        "--every",
        type=duration,
        metavar="TIME",
        default=10.0,
        help="time between two searches for new dumps, as in 10s, 5m or 1h. Default: 10s.",
    )
    group.add_argument(
        "--settle",
        type=delay,
        metavar="TIME",
        default=1.0,
        help="how long a dump must stay unchanged before it is read; 0 reads it at the first look, "
        "for dumps that are renamed in once they are complete. Logs, uncompressed JSON Lines "
        "that grow, are read up to their last complete line. Default: 1s.",
    )
    group.add_argument(
        "--batch-bytes",
        type=int,
        metavar="BYTES",
        default=64 << 20,
        help="size limit of a batch; a larger dump is a batch of its own. Default: %(default)s "
        "bytes (64 MiB).",
    )
    group.add_argument(
        "--batch-seconds",
        type=duration,
        metavar="TIME",
        default=60.0,
        help="about how long a batch may take, estimated from the one before. Default: 60s.",
    )
    group.add_argument(
        "--on-commit",
        metavar="COMMAND",
        default="",
        help="shell command that runs after each commit, with COPYDESK_WAREHOUSE and "
        "COPYDESK_RUN_ID in its environment. The next batch waits for it.",
    )
    group.add_argument(
        "--metrics",
        metavar="FILE",
        default="",
        help="file to which the figures of copydesk status are written, in the text format of "
        "Prometheus.",
    )


_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


def delay(text: str) -> float:
    """Returns the seconds of a time such as ``10s``, ``5m``, ``1h`` or ``0.5``.

    Raises:
      argparse.ArgumentTypeError: it is none.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text.strip())
    if not found:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time. Write a number and s, m or h, as in 10s"
        )
    return float(found[1]) * _UNITS[found[2]]


def duration(text: str) -> float:
    """Returns the seconds of a time, as ``delay`` does, more than 0.

    Raises:
      argparse.ArgumentTypeError: it is none.
    """
    seconds = delay(text)
    if not seconds:
        raise argparse.ArgumentTypeError(f"{text!r} is too short. Write more than 0, as in 1s")
    return seconds


def percent(text: str) -> float:
    """Returns the number of a percentage, 0 to 100, with or without its sign.

    Raises:
      argparse.ArgumentTypeError: it is none.
    """
    try:
        value = float(text.strip().removesuffix("%"))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no percentage from 0% to 100%")
    return value


def add_flag(group: Any, flag: str, **keywords: Any) -> None:
    """Adds a flag under its name with dashes and, hidden, under its name with underscores.

    Beam passes options to the workers of a cluster as ``--name_with_underscores``.

    Args:
      group: an argparse parser or a group of its arguments.
      flag: with dashes, as in ``--run-id``.
      keywords: as for ``add_argument``.
    """
    action = group.add_argument(flag, **keywords)
    underscored = flag[:2] + action.dest
    if underscored != flag:
        keywords |= {"dest": action.dest, "default": argparse.SUPPRESS, "help": argparse.SUPPRESS}
        group.add_argument(underscored, **keywords)


def available_cores() -> int:
    """Returns the number of cores this process may use, at least one.

    A container that may use a share of the machine sees all its cores; the share is the quota of
    its control group (cgroup-v2: ``cpu.max`` has microseconds of each period, or ``max``).
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        with open("/sys/fs/cgroup/cpu.max") as file:
            quota, period = file.read().split()
            cores = min(cores or 1, int(quota) // int(period))
    except (OSError, ValueError):  # no such group, or no quota
        pass
    return max(1, cores or 1)

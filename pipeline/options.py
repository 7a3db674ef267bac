"""Options of a run as Beam's pipeline options.

    options = CopydeskOptions(["--input", "dumps/", "--processes", "4"])
    options.validate()
    steps = options.transforms(discover())

Options that are not declared here belong to Beam (``--runner``, ``--flink_master``, ...):
``options.view_as(StandardOptions)`` and similar views read them.
"""

import argparse
import os
from collections.abc import Iterable

from apache_beam.options.pipeline_options import (
    FlinkRunnerOptions,
    PipelineOptions,
    PortableOptions,
    StandardOptions,
    WorkerOptions,
)

from pipeline.dumps.block import DumpOptions
from pipeline.flags import LOCAL_RUNNER, add_flags, available_cores
from pipeline.settings import OptionsError, configure
from pipeline.storage import folder_problem, is_remote
from pipeline.transform import Transform
from pipeline.warehouse.manifest import RUN_ID


class CopydeskOptions(PipelineOptions):
    """Options of a run; :mod:`pipeline.flags` has their flags, defaults and units."""

    # Set by Beam from the flags; declared for readers and type checkers.
    input: list[str]
    warehouse: str
    format: str
    map: list[str]
    set: list[str]
    processes: int
    partitions: int
    document_seconds: float
    document_memory: int
    max_document_bytes: int
    max_rejects: float
    on_too_many_rejects: str
    staging: str
    run_id: str
    again: bool

    @classmethod
    def _add_argparse_args(cls, parser: argparse.ArgumentParser) -> None:
        """Adds the flags to one of Beam's parsers: Beam's hook for options."""
        add_flags(parser)

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
        same = [each for each in self.input if _is_same_folder(each, self.warehouse)]
        if same:
            raise OptionsError(
                f"--warehouse {self.warehouse} is the folder of the dumps. Name another one, as "
                f"in --warehouse {os.path.join(same[0], 'warehouse')}"
            )
        for flag, value, least in (
            ("--processes", self.processes, 0),
            ("--partitions", self.partitions, 0),
            ("--document-memory", self.document_memory, 64),
            ("--max-document-bytes", self.max_document_bytes, 1),
        ):
            if value < least:
                raise OptionsError(f"{flag} is {value}. It must be {least} or more")
        if not 0 < self.document_seconds < float("inf"):
            raise OptionsError(
                f"--document-seconds is {self.document_seconds:g}. It must be more than 0"
            )
        if self.run_id and not RUN_ID.fullmatch(self.run_id):
            raise OptionsError(
                f"--run-id is {self.run_id!r}. Write it as 20260131T235959Z-0123abcd: a UTC time, "
                "a dash, 4 to 32 hex digits"
            )
        # Before the warehouse is opened, which creates its folder.
        local = bool(self.staging) and not is_remote(self.staging)
        if local and (problem := folder_problem(self.staging)):
            raise OptionsError(
                f"--staging is {self.staging}, and {problem}. Name a folder that may be written, "
                "or leave the flag out: working files are then in the warehouse"
            )
        self.engine_processes()
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
                folder=os.getcwd(),
            )
        except ValueError as error:
            raise OptionsError(str(error).rstrip(".")) from error

    def transform_settings(self) -> dict[str, dict[str, str]]:
        """Returns the values of ``--set`` as text, by transform and option; the last one counts.

        Raises:
          OptionsError: a ``--set`` that is not TRANSFORM.OPTION=VALUE.
        """
        settings: dict[str, dict[str, str]] = {}
        for setting in self.set:
            name, equals, value = setting.partition("=")
            transform, dot, option = name.partition(".")
            if not (equals and dot and transform and option):
                raise OptionsError(
                    f"--set has {setting!r}. Write TRANSFORM.OPTION=VALUE; "
                    "`copydesk transforms` lists the options"
                )
            settings.setdefault(transform.strip(), {})[option.strip()] = value.strip()
        return settings

    def transforms(self, classes: Iterable[type[Transform]]) -> list[Transform]:
        """Returns an instance of each transform with its options set.

        Raises:
          OptionsError: ``--set`` names an unknown transform or option, or a value the option does
            not take.
        """
        return configure(classes, self.transform_settings())

    def worker_processes(self) -> int | None:
        """Returns the number of worker processes of each process of the engine.

        ``None`` on a cluster: what its machines have is known there alone. Flink gives all slots of
        a TaskManager one process.
        """
        runner = self.view_as(StandardOptions).runner or LOCAL_RUNNER
        if self.processes or runner == LOCAL_RUNNER:
            return self.processes_here()
        return 1 if runner == "DataflowRunner" else None

    def processes_here(self) -> int:
        """Returns the number of worker processes of work on this machine."""
        return self.processes or available_cores()

    def engine_workers(self) -> int:
        """Returns the number of workers of a cluster, as far as the options tell; at least 1."""
        dataflow, flink = self.view_as(WorkerOptions), self.view_as(FlinkRunnerOptions)
        given = (dataflow.num_workers, dataflow.max_num_workers, flink.parallelism)
        return max(1, *(number or 1 for number in given))

    def engine_processes(self) -> int:
        """Returns how many processes an engine has on each machine; 0 if it will choose.

        Raises:
          OptionsError: it is no number.
        """
        given = self.view_as(PortableOptions).sdk_worker_parallelism  # Beam takes any text
        if not str(given).isdecimal():
            raise OptionsError(f"--sdk_worker_parallelism is {given!r}. It must be 0 or more")
        return int(given)


def _is_same_folder(path: str, other: str) -> bool:
    return (
        not is_remote(path)
        and os.path.isdir(path)
        and (os.path.realpath(path) == os.path.realpath(other))
    )


def _comma_separated(values: Iterable[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]

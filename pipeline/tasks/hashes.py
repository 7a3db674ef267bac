"""Hashes of dumps, by which later runs know them."""

from collections.abc import Collection
from typing import NamedTuple

from pipeline.dumps import DumpOptions, DumpRange, place
from pipeline.dumps.inputs import prefix_hashes
from pipeline.dumps.kafka import is_kafka
from pipeline.shards import storable
from pipeline.tasks.job import Job, Output, TaskResult
from pipeline.warehouse import Input


class NewDump(NamedTuple):
    """A dump that a run reads, or the part of it that no earlier run has read.

    Attributes:
      part: what to read.
      size: its bytes, for estimates and progress.
      stop: end of what is known once the run has committed: all bytes, or offsets, before it.
        ``None`` is the end of the dump.
      known: hashes of dumps of this name and size that earlier runs took: with one of them, it is
        not new. Empty if that was found out already.
    """

    part: DumpRange
    size: int
    stop: int | None = None
    known: Collection[str] = ()

    @property
    def path(self) -> str:
        """Path or URL of the dump."""
        return self.part.path


def topic_id(stamp: tuple[int, ...]) -> str:
    """Returns the id of a partition's topic, in place of a hash; a re-created topic has another."""
    return "".join(f"{half % 2**64:016x}" for half in stamp[:2])


def describe_dump(dump: NewDump, options: DumpOptions) -> Input:
    """Returns a dump with the hash of its content, empty for one that cannot be read."""
    if is_kafka(dump.path):
        assert dump.stop is not None
        return Input(dump.path, dump.stop, topic_id(dump.part.stamp))
    try:
        [(size, digest)] = prefix_hashes(place(dump.path, options), [dump.stop])
    except OSError:
        size, digest = dump.size, ""  # the reader makes it a reject with the reason
    return Input(storable(dump.path), size, digest)


def hash_dump(job: Job, dump: NewDump) -> TaskResult:
    """Returns a dump with its hash among the inputs of the run, or nothing if it is known.

    A task without a limit of time: one core hashes a terabyte in 17 minutes.
    """
    described = describe_dump(dump, job.dump_options)
    known = described.content_hash in dump.known
    return TaskResult(output=Output(inputs=() if known else (described,)))

"""What worker processes do: hash a dump, clean a batch, run a stage on a partition, finish a shard.

Each task is a function of the run's :class:`~pipeline.tasks.job.Job` and its arguments. It reads
and writes files and returns small records, and depends on nothing else, so that it may run twice.
"""

from collections.abc import Iterable

from pipeline.transform import Transform


def task_modules(transforms: Iterable[Transform | type[Transform]]) -> list[str]:
    """Returns the modules that tasks of a run import, for the fork server of its workers."""
    names = [f"pipeline.tasks.{name}" for name in ("hashes", "clean", "corpus", "finish")]
    for transform in transforms:
        kind = transform if isinstance(transform, type) else type(transform)
        names += [kind.__module__, *kind.preload]
    return list(dict.fromkeys(names))

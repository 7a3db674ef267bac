"""Loads what tasks of a run need: for the server of the tests, once, and not in each of its forks.

These are the transforms, and the rules, models and compiled loops that come with the first texts.
"""

import datetime
import tempfile
from pathlib import Path

import pipeline.tasks.imports  # noqa: F401
from pipeline.dumps import DumpOptions, DumpRange
from pipeline.plan import planned_transforms
from pipeline.tasks.clean import clean_batch
from pipeline.tasks.job import Job
from pipeline.warehouse.catalog import try_catalog

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))

with tempfile.TemporaryDirectory() as folder:
    now = datetime.datetime.now(datetime.UTC)
    job = Job(tuple(planned_transforms({})), DumpOptions(), folder, folder, "warm", 1, now, 1, {})
    job.warm_up()
    try_catalog(None, job.schema)
    clean_batch(job, [DumpRange(str(seed)) for seed in SEEDS], 0, {})

"""What a run and its tasks import and load, in this order, for the server of the tests."""

import datetime
import tempfile
from pathlib import Path

from pipeline import cli as cli
from pipeline import logs

logs.set_up()

import pipeline.tasks.imports  # noqa: E402, F401
from pipeline import run as run  # noqa: E402 - after the logging, of which Beam makes use
from pipeline.dumps import DumpOptions, DumpRange  # noqa: E402
from pipeline.plan import planned_transforms  # noqa: E402
from pipeline.tasks.clean import clean_batch  # noqa: E402
from pipeline.tasks.job import Job  # noqa: E402
from pipeline.warehouse.catalog import try_catalog  # noqa: E402

# Rules, models and compiled loops are loaded with the first texts of a process: here, once, and not
# in each of its forks.
with tempfile.TemporaryDirectory() as _folder:
    _now = datetime.datetime.now(datetime.UTC)
    _job = Job(
        tuple(planned_transforms({})), DumpOptions(), _folder, _folder, "warm", 1, _now, 1, {}
    )
    _job.warm_up()
    try_catalog(None, _job.schema)
    _seeds = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
    clean_batch(_job, [DumpRange(str(seed)) for seed in _seeds], 0, {})

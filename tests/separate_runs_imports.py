"""What a run and its tasks import, in this order, for the server of the tests."""

import importlib

from pipeline import cli as cli
from pipeline import logs

logs.set_up()

from pipeline import run as run  # noqa: E402 - after the logging, of which Beam makes use
from pipeline.plan import discover  # noqa: E402
from pipeline.tasks import task_modules  # noqa: E402

for _module in task_modules(discover()):
    importlib.import_module(_module)

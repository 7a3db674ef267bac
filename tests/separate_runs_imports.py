"""What a run and its tasks import, in this order, for the server of the tests."""

from pipeline import cli as cli
from pipeline import logs

logs.set_up()

import pipeline.tasks.imports  # noqa: E402, F401
from pipeline import run as run  # noqa: E402 - after the logging, of which Beam makes use

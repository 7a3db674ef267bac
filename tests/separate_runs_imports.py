"""What a run imports, in the order of the command line, for the fork server of the tests."""

from pipeline import cli as cli
from pipeline import logs

logs.set_up()

from pipeline import run as run  # noqa: E402 - after the logging, of which Beam makes use

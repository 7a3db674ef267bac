"""Imports all that tasks of a run need; the fork server does, so that its workers share it."""

import contextlib
import importlib

from pipeline.plan import discover
from pipeline.tasks import task_modules

# A transform that cannot be imported is named by the command, which imports it as well.
with contextlib.suppress(Exception):
    for _name in task_modules(discover(with_last_words=False)):
        importlib.import_module(_name)

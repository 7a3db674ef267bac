import logging

import pytest

from pipeline import logs


@pytest.fixture(autouse=True)
def root():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield root
    root.handlers[:] = handlers
    root.setLevel(level)
    for package in logs.OWN:
        logging.getLogger(package).setLevel(logging.NOTSET)


def log() -> None:
    logging.getLogger("pipeline.warehouse").warning("a disk is nearly full")
    logging.getLogger("transforms.language").info("a model was loaded")
    logging.getLogger("apache_beam.io").warning("a job was refused")
    logging.getLogger("apache_beam.io").info("a step was fused")


def test_own_warnings_are_shown_and_those_of_libraries_are_not(capsys):
    logs.set_up()
    log()
    assert capsys.readouterr().err == "copydesk: WARNING: a disk is nearly full\n"


def test_for_a_cluster_the_warnings_of_libraries_are_shown(capsys):
    logs.set_up()
    logs.show_libraries()
    log()
    assert capsys.readouterr().err.splitlines() == [
        "copydesk: WARNING: a disk is nearly full",
        "copydesk: WARNING: a job was refused",
    ]


def test_debug_shows_everything_from_info_on(capsys):
    logs.set_up(debug=True)
    logs.show_libraries()
    log()
    assert len(capsys.readouterr().err.splitlines()) == 4


def test_it_takes_the_place_of_other_handlers(root, capsys):
    logging.basicConfig(force=True)
    logs.set_up()
    root.warning("an optional package is missing")
    logs.set_up()
    assert len(root.handlers) == 1
    assert capsys.readouterr().err == ""

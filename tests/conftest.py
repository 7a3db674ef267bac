"""What every test may use: the shared data, and one fixed behaviour of Hypothesis."""

import os
import pathlib

import hypothesis
import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent

# Derandomised, a test that passes passes again; without a deadline, a busy machine fails nothing.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, max_examples=100)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def repository() -> pathlib.Path:
    """The repository's own folder."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> pathlib.Path:
    """The folder of labelled data that is not part of the repository; skips where it is absent."""
    place = os.environ.get("COPYDESK_SHARED")
    folder = pathlib.Path(place) if place else REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent: name the folder of the labelled data in COPYDESK_SHARED")
    return folder

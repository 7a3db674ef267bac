"""The pinned local engine, as a pipeline sees it."""

import pathlib
import time

import apache_beam as beam
from apache_beam.runners.worker import statesampler

from pipeline.options import CopydeskOptions
from pipeline.runners import SAMPLE_MILLISECONDS, make_runner


def _note_period(element: float, path: str) -> float:
    tracker = statesampler.get_current_tracker()
    pathlib.Path(path).write_text(str(tracker.sampling_period_ms), encoding="utf-8")
    time.sleep(element)
    return element


def test_no_stage_waits_for_a_sampler_that_sleeps(tmp_path: pathlib.Path) -> None:
    options = CopydeskOptions(["--runner=DirectRunner"])
    beams_own = statesampler.StateSampler
    note = tmp_path / "period"
    with beam.Pipeline(runner=make_runner(options), options=options) as pipeline:
        _ = pipeline | beam.Create([0.01]) | beam.Map(_note_period, str(note))
    assert float(note.read_text(encoding="utf-8")) == SAMPLE_MILLISECONDS
    assert statesampler.StateSampler is beams_own

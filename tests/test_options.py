import argparse
import dataclasses
import os

import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dumps.block import DumpOptions
from pipeline.flags import RUNNERS, add_flags, available_cores
from pipeline.options import CopydeskOptions
from pipeline.runners import LocalRunner, make_runner, remedy
from pipeline.session import Resources
from pipeline.settings import OptionsError, add_transform_flags, configure, flag_settings
from pipeline.transform import Transform, TransformError, option


def options(*flags: str) -> CopydeskOptions:
    return CopydeskOptions(["--input", "seeds", *flags])


def refusal(*flags: str) -> str:
    with pytest.raises(OptionsError) as caught:
        options(*flags).validate()
    return str(caught.value)


class TestStaging:
    @pytest.mark.parametrize("below", ["", "/below", "/below/deep"])
    def test_what_is_no_folder_is_refused(self, below, tmp_path):
        (tmp_path / "file").write_text("x")
        (tmp_path / "link").symlink_to(tmp_path / "nothing")
        for name in ("file", "link"):
            sentence = refusal("--staging", f"{tmp_path / name}{below}")
            assert f"--staging is {tmp_path / name}{below}" in sentence
            assert f"{tmp_path / name} is no folder" in sentence
            assert "leave the flag out" in sentence

    def test_folders_that_are_there_or_may_be_made_are_taken(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        for place in (tmp_path, tmp_path / "a/b", "a/b", "gs://bucket/a"):
            options("--staging", str(place)).validate()

    def test_a_folder_that_may_not_be_written_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr("os.access", lambda *_: False)  # root may write anywhere
        assert f"nothing may be written in {tmp_path}" in refusal("--staging", f"{tmp_path}/new")

    def test_the_command_leaves_no_warehouse_behind(self, desk, tmp_path):
        (tmp_path / "file").write_text("A text.")
        flags = ["--staging", str(tmp_path / "file")]
        refused = desk.run(tmp_path / "file", tmp_path / "news", *flags)
        assert refused.code == 2
        assert "is no folder" in refused.err
        assert not (tmp_path / "news").exists()


class TestFlags:
    def test_inputs_add_up(self):
        given = CopydeskOptions(["--input", "a", "b", "--warehouse", "w", "--input=c"])
        assert given.input == ["a", "b", "c"]
        assert given.warehouse == "w"

    def test_defaults_are_valid(self):
        given = options()
        given.validate()
        assert given.dump_options() == DumpOptions(folder=os.getcwd())
        assert given.worker_processes() == available_cores()

    def test_a_worker_of_a_cluster_uses_the_cores_of_its_machine_unless_told(self):
        assert options("--runner=FlinkRunner").worker_processes() is None
        assert options("--runner=FlinkRunner", "--processes=3").worker_processes() == 3
        # It has a process of its own for each core.
        assert options("--runner=DataflowRunner").worker_processes() == 1

    @pytest.mark.parametrize(
        ("engine_processes", "processes"),
        [(1, available_cores()), (available_cores(), 1), (10_000, 1), (0, 1)],
    )
    def test_processes_of_an_engine_share_the_cores_of_a_machine(self, engine_processes, processes):
        given = options("--runner=FlinkRunner", f"--sdk_worker_parallelism={engine_processes}")
        found = Resources(
            given.worker_processes(), 20.0, 1 << 30, 1, engine_processes=given.engine_processes()
        )
        assert found.processes_here() == processes

    @pytest.mark.parametrize(
        ("flags", "workers"),
        [
            ([], 1),
            (["--runner=FlinkRunner"], 1),
            (["--runner=FlinkRunner", "--parallelism=200"], 200),
            (["--runner=DataflowRunner", "--num_workers=3", "--max_num_workers=100"], 100),
        ],
    )
    def test_workers_are_those_that_the_options_of_the_engine_name(self, flags, workers):
        assert options(*flags).engine_workers() == workers

    def test_mapping_takes_commas_and_repetition(self):
        given = options("--map", "text=body, title=headline", "url=link.href", "--map=id=guid")
        assert given.dump_options().mapping == {
            "text": "body",
            "title": "headline",
            "url": "link.href",
            "id": "guid",
        }

    @pytest.mark.parametrize(
        ("flags", "parts"),
        [
            (["--format", "docx"], ["'docx'", "text, html, jsonl"]),
            (["--map", "text"], ["'text'", "FIELD=NAME"]),
            (["--map", "body=text"], ["'body'", "title"]),
            (["--processes", "-1"], ["--processes is -1", "0 or more"]),
            (["--partitions", "-2"], ["--partitions is -2", "0 or more"]),
            (["--document-seconds", "0"], ["--document-seconds is 0", "more than 0"]),
            (["--document-seconds", "nan"], ["--document-seconds is nan", "more than 0"]),
            (["--document-memory", "1"], ["--document-memory is 1", "64 or more"]),
            (["--max-document-bytes", "0"], ["--max-document-bytes is 0", "1 or more"]),
            (["--run-id", "../x"], ["--run-id is '../x'", "20260131T235959Z"]),
            (["--warehouse", ""], ["--warehouse is empty"]),
            (["--set", "mode=fast"], ["'mode=fast'", "TRANSFORM.OPTION=VALUE"]),
        ],
    )
    def test_wrong_values_are_refused_with_the_right_ones(self, flags, parts):
        message = refusal(*flags)
        for part in parts:
            assert part in message

    def test_nothing_to_read_is_refused(self):
        with pytest.raises(OptionsError, match="--input PATH"):
            CopydeskOptions([]).validate()

    @given(
        inputs=st.lists(st.from_regex(r"[a-z/.*]{1,12}", fullmatch=True), min_size=1, max_size=4),
        seconds=st.floats(min_value=0.5, max_value=1e6),
        memory=st.integers(64, 1 << 20),
        settings=st.lists(st.sampled_from(["A.b=1", "A.b=two words", "C.d=e=f"])),
        fields=st.lists(st.sampled_from(["text=body", "title=headline"]), unique=True),
    )
    def test_options_survive_the_way_to_a_remote_worker(
        self, inputs, seconds, memory, settings, fields
    ):
        sent = CopydeskOptions(
            [
                *(f"--input={path}" for path in inputs),
                *(f"--map={pair}" for pair in fields),
                f"--document-seconds={seconds!r}",
                f"--document-memory={memory}",
                *(f"--set={setting}" for setting in settings),
            ]
        )
        # What Beam's worker start-up does with the options of a job.
        wire = {
            name: value
            for name, value in sent.get_all_options(drop_default=True).items()
            if value is not None
        }
        received = PipelineOptions.from_dictionary(wire).view_as(CopydeskOptions)
        for name in ("input", "map", "document_seconds", "document_memory"):
            assert getattr(received, name) == getattr(sent, name)
        assert received.transform_settings() == sent.transform_settings()


@dataclasses.dataclass
class Paint(Transform):
    colour: str = "red"
    coats: int = 2
    gloss: float = 0.5
    primed: bool = False
    tools: list[str] = dataclasses.field(default_factory=list)

    def __post_init__(self) -> None:
        if self.coats < 1:
            raise ValueError(f"Paint: coats is {self.coats}; it must be 1 or more.")


class TestTransformSettings:
    def test_values_are_read_as_the_fields_are_typed(self):
        settings = {
            "Paint": {
                "colour": "7",
                "coats": "3",
                "gloss": "0.25",
                "primed": "True",
                "tools": '["brush"]',
            }
        }
        [paint] = configure([Paint], settings)
        assert paint == Paint("7", 3, 0.25, True, ["brush"])

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"Pant": {}}, "no transform 'Pant' .* Transforms are: Paint"),
            ({"Paint": {"color": "x"}}, "no option 'color'.* colour, coats, gloss, primed, tools"),
            ({"Paint": {"coats": "two"}}, "Paint.coats is 'two'. It must be a whole number"),
            ({"Paint": {"gloss": "high"}}, "Paint.gloss is 'high'. It must be a number"),
            ({"Paint": {"primed": "1"}}, "Paint.primed is '1'. It must be true or false"),
            ({"Paint": {"tools": "brush"}}, "Paint.tools is 'brush'. It must be JSON"),
            ({"Paint": {"coats": "0"}}, "coats is 0; it must be 1 or more"),
        ],
    )
    def test_wrong_settings_are_refused_with_the_right_ones(self, settings, message):
        with pytest.raises(OptionsError, match=message):
            configure([Paint], settings)

    def test_set_reaches_the_transforms_and_the_last_value_counts(self):
        given = options("--set", "Paint.coats=3", "Paint.colour=blue", "--set=Paint.coats=4")
        assert given.transforms([Paint]) == [Paint("blue", 4)]


@dataclasses.dataclass
class Sand(Transform):
    grit: str = option("fine", flag="--sand-grit", help="how fine.", choices=("fine", "coarse"))
    seconds: int = option(9, flag="--sanding", type=int, help="how long.")
    limit: int = option(7, flag="--partitions")
    quiet: bool = False


class TestTransformFlags:
    def settings(self, *arguments: str, classes=(Sand, Paint)) -> list[str]:
        parser = argparse.ArgumentParser()
        add_flags(parser)
        add_transform_flags(parser, classes)
        return flag_settings(parser, parser.parse_args(arguments), classes)

    def test_a_flag_sets_its_option(self):
        settings = self.settings("--sand-grit=coarse", "--sanding", "30")
        assert settings == ["Sand.grit=coarse", "Sand.seconds=30"]
        [sand] = options(*(f"--set={setting}" for setting in settings)).transforms([Sand])
        assert sand == Sand("coarse", 30)

    def test_values_that_are_no_text_travel_as_json(self):
        @dataclasses.dataclass
        class Tint(Transform):
            shades: tuple[str, ...] = option((), flag="--shades", nargs="+", help="which.")
            mixed: bool = option(False, flag="--mixed", action="store_true", help="whether.")

        settings = self.settings("--shades", "red", "dark=blue", "--mixed", classes=[Tint])
        assert settings == ['Tint.shades=["red", "dark=blue"]', "Tint.mixed=true"]
        [tint] = options(*(f"--set={setting}" for setting in settings)).transforms([Tint])
        assert tint == Tint(["red", "dark=blue"], True)

    def test_a_flag_may_be_written_with_underscores(self):
        assert self.settings("--sand_grit=coarse") == ["Sand.grit=coarse"]

    def test_without_flags_nothing_is_set(self):
        assert self.settings("--sand-grit", "fine") == []

    def test_a_flag_of_the_command_sets_the_option_of_a_transform_too(self):
        assert self.settings("--partitions=8") == ["Sand.limit=8"]

    def test_a_value_that_is_no_choice_is_refused_with_the_choices(self, capsys):
        with pytest.raises(SystemExit):
            self.settings("--sand-grit=smooth")
        shown = capsys.readouterr().err
        for part in ("--sand-grit", "smooth", "fine", "coarse"):
            assert part in shown

    def test_a_value_of_another_type_is_refused_with_the_flag(self, capsys):
        with pytest.raises(SystemExit):
            self.settings("--sanding=long")
        assert "--sanding: invalid int value: 'long'" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("declared", "says"),
        [
            (
                option(1, "--input", help="what."),
                r"Odd.way cannot have the flag '--input': .*conflic",
            ),
            (option(1, "--sand-grit", help="what."), "cannot have the flag '--sand-grit'"),
            (option(1, "way", help="what."), "Write it in lower case with dashes"),
            (option(1, "--Way_out", help="what."), "Write it in lower case with dashes"),
            (option(1, "--way", help="what.", kind="odd"), "mend the arguments of option"),
            (option(1, "--no-such-flag"), "'--no-such-flag', which `copydesk run` has not got"),
        ],
    )
    def test_a_flag_that_is_taken_or_odd_is_named_with_its_transform(self, declared, says):
        odd = dataclasses.make_dataclass("Odd", [("way", int, declared)], bases=(Transform,))
        with pytest.raises(TransformError, match=says):
            self.settings(classes=[Sand, odd])

    def test_an_option_without_flag_has_none(self):
        with pytest.raises(SystemExit):
            self.settings("--quiet=true")


class TestRunners:
    def test_direct_runner_is_one_pinned_engine(self):
        for chosen in (options(), options("--runner=DirectRunner")):
            runner = make_runner(chosen)
            assert type(runner) is LocalRunner
            assert isinstance(runner, FnApiRunner)

    def test_a_cluster_is_chosen_by_name_only(self):
        for name in ("PrismRunner", "FlinkRunner", "PortableRunner"):
            given = options(f"--runner={name}", "--job_endpoint=localhost:8099")
            assert type(make_runner(given)).__name__ == name

    def test_an_engine_that_cannot_be_had_is_named_with_what_to_do(self):
        missing = RuntimeError("Unable to fetch remote prism binary at https://x: no network")
        assert "--prism_location PATH" in remedy("PrismRunner", missing)
        assert "--flink_job_server_jar PATH" in remedy("FlinkRunner", missing)
        assert not remedy("PrismRunner", RuntimeError("the pipeline failed"))
        assert not remedy("DirectRunner", missing)

    def test_a_job_server_must_be_named(self):
        with pytest.raises(OptionsError, match="--job_endpoint HOST:PORT"):
            make_runner(options("--runner=PortableRunner"))

    def test_an_unknown_runner_is_refused_with_those_there_are(self):
        with pytest.raises(OptionsError) as caught:
            make_runner(options("--runner=SparkRunner"))
        for name in RUNNERS:
            assert name in str(caught.value)

    @pytest.mark.parametrize(
        "flag", ["--direct_running_mode=multi_processing", "--direct_num_workers=2"]
    )
    def test_other_engines_behind_the_local_name_are_refused(self, flag):
        with pytest.raises(OptionsError, match="--processes N"):
            make_runner(options(flag))

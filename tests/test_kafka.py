"""Topics of Kafka, read from a real broker; ``make kafka`` installs one."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline.dumps import Block, DumpOptions, parse_block, read_range
from pipeline.dumps.inputs import InputError, find_dumps
from pipeline.new_dumps import TakenDumps, describe
from pipeline.rejects import Reject
from tests import PATIENCE
from tests.conftest import REPOSITORY
from tests.separate_runs import done, problems, query, rows
from tests.watching import commits, shown_articles, wait_for

confluent_kafka = pytest.importorskip("confluent_kafka", reason="needs pip install confluent-kafka")

pytestmark = pytest.mark.slow

KILLS = 5


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


class Broker:
    """A broker of its own process, in KRaft mode.

    Args:
      folder: for its data.
      jars: folder of its jars.
    """

    def __init__(self, folder: Path, jars: Path) -> None:
        from confluent_kafka.admin import AdminClient

        port, control = _free_port(), _free_port()
        self.address = f"127.0.0.1:{port}"
        settings = folder / "server.properties"
        settings.write_text(
            f"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{control}
            listeners=PLAINTEXT://{self.address},CONTROLLER://127.0.0.1:{control}
            controller.listener.names=CONTROLLER
            log.dirs={folder / "data"}
            offsets.topic.replication.factor=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            transaction.state.log.num.partitions=1
            """
        )
        java = ["java", "-Xmx384m", "-cp", f"{jars}/*"]
        identity = ["format", "-t", "AAAAAAAAAAAAAAAAAAAAAA", "-c", settings]
        subprocess.run(
            [*java, "kafka.tools.StorageTool", *identity], check=True, capture_output=True
        )
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [*java, "kafka.Kafka", settings], stdout=log, stderr=log
            )
        self.admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0})
        deadline = time.monotonic() + PATIENCE
        while True:
            assert self._process.poll() is None, (folder / "log").read_text()
            try:
                self.admin.list_topics(timeout=1)
                return
            except confluent_kafka.KafkaException:
                assert time.monotonic() < deadline

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

    def make(self, topic: str, partitions: int = 1, **settings: str) -> str:
        """Makes a topic, and returns its URL."""
        from confluent_kafka.admin import NewTopic

        [made] = self.admin.create_topics(
            [NewTopic(topic, partitions, 1, config=settings)]
        ).values()
        made.result()
        return f"kafka://{self.address}/{topic}"

    def produce(self, topic: str, values: Sequence[bytes | None], partition: int = 0) -> None:
        """Appends records."""
        producer = confluent_kafka.Producer({"bootstrap.servers": self.address})
        for value in values:
            producer.produce(topic, value, partition=partition)
        assert producer.flush() == 0


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    jars = Path(os.environ.get("COPYDESK_KAFKA_JARS", REPOSITORY / ".venv" / "kafka"))
    if shutil.which("java") is None:
        pytest.skip("needs Java 17, which runs the broker")
    if not list(jars.glob("kafka_*.jar")):
        pytest.skip(f"there is no broker in {jars}: make kafka installs it, with Maven")
    broker = Broker(tmp_path_factory.mktemp("broker"), jars)
    yield broker
    broker.close()


def record(text: str) -> bytes:
    return json.dumps({"text": text}).encode()


def read(url: str, taken: TakenDumps, most: int | None = None) -> list[tuple[str, int | None, Any]]:
    """Returns partition, offset and text or reason of what is new of a topic; notes it as taken."""
    new = taken.new(find_dumps([url]), most_records=most)
    items = []
    for dump in new:
        for block in read_range(dump.part, DumpOptions()):
            items += parse_block(block, DumpOptions()) if isinstance(block, Block) else [block]
    taken.add(describe(new, DumpOptions()))
    return [
        (item.source_file, item.record_index, item.reason)
        if isinstance(item, Reject)
        else (item["source_file"], item["record_index"], item["document"])
        for item in items
    ]


@pytest.fixture
def taken() -> TakenDumps:
    return TakenDumps(DumpOptions())


class TestRecords:
    def test_each_is_an_article_or_a_reject_with_partition_and_offset(self, broker, taken):
        url = broker.make("poisoned")
        pretty = json.dumps({"text": "pretty"}, indent=2).encode()
        values = [record("one"), b"{broken", None, b"", pretty, b"[1]", b"\n", record("last")]
        broker.produce("poisoned", values)
        place = f"{url}/0"
        assert read(url, taken) == [
            (place, 0, "one"),
            (place, 1, "invalid_json"),
            (place, 2, "empty"),
            (place, 3, "empty"),
            (place, 4, "pretty"),
            (place, 5, "not_a_record"),
            (place, 6, "invalid_json"),
            (place, 7, "last"),
        ]
        assert read(url, taken) == []
        broker.produce("poisoned", [record("new")])
        assert read(url, taken) == [(place, 8, "new")]

    def test_a_backlog_is_read_in_parts(self, broker, taken):
        url = broker.make("backlog", 2)
        for partition in range(2):
            broker.produce("backlog", [record(str(n)) for n in range(7)], partition)
        parts = [read(url, taken, most=3) for _ in range(4)]
        assert [len(part) for part in parts] == [6, 6, 2, 0]
        found = sorted((place, number, int(text)) for part in parts for place, number, text in part)
        assert found == [(f"{url}/{p}", n, n) for p in range(2) for n in range(7)]

    def test_what_kafka_has_removed_is_a_reject(self, broker, taken):
        url = broker.make("short")
        broker.produce("short", [record(str(n)) for n in range(3)])
        assert len(read(url, taken)) == 3
        broker.produce("short", [record(str(n)) for n in range(3, 8)])
        place = confluent_kafka.TopicPartition("short", 0, 6)
        [removed] = broker.admin.delete_records([place]).values()
        removed.result()
        assert read(url, taken) == [
            (f"{url}/0", 3, "unreadable"),
            (f"{url}/0", 6, "6"),
            (f"{url}/0", 7, "7"),
        ]
        assert read(url, taken) == []

    def test_transactions_are_read_once_they_are_committed(self, broker, taken):
        url = broker.make("transactions")
        producer = confluent_kafka.Producer(
            {"bootstrap.servers": broker.address, "transactional.id": "test"}
        )
        producer.init_transactions()
        for text, end in (("no", producer.abort_transaction), ("yes", producer.commit_transaction)):
            producer.begin_transaction()
            producer.produce("transactions", record(text))
            producer.flush()
            assert read(url, taken) == []
            end()
        assert [text for _, _, text in read(url, taken)] == ["yes"]
        assert read(url, taken) == []

    def test_a_topic_that_was_made_anew_is_read_from_its_beginning(self, broker, taken):
        url = broker.make("again")
        broker.produce("again", [record("old"), record("older")])
        assert len(read(url, taken)) == 2
        [deleted] = broker.admin.delete_topics(["again"]).values()
        deleted.result()
        wait_for(lambda: "again" not in broker.admin.list_topics(timeout=10).topics)
        broker.make("again")
        broker.produce("again", [record("1"), record("2"), record("3")])
        assert [text for _, _, text in read(url, taken)] == ["1", "2", "3"]


class TestRuns:
    @pytest.fixture(scope="class")
    @staticmethod
    def topic(broker: Broker, corpus: list[bytes]) -> str:
        url = broker.make("corpus")
        broker.produce("corpus", [line.rstrip(b"\n") for line in corpus])
        return url

    def test_rows_are_those_of_the_same_lines_in_a_file(self, desk, topic, whole, tmp_path):
        done(desk.call("run", "--input", topic, "--warehouse", tmp_path / "w", "--processes", "1"))
        assert rows(tmp_path / "w", ["source_file"]) == rows(whole, ["source_file"])
        again = done(desk.call("run", "--input", topic, "--warehouse", tmp_path / "w"))
        assert "Nothing is new" in again.out
        assert query(tmp_path / "w", "SELECT DISTINCT source_file FROM articles") == [
            (f"{topic}/0",)
        ]

    def test_watched_and_killed_every_record_is_taken_once(self, broker, watch, corpus, tmp_path):
        url, warehouse = broker.make("killed", 2), tmp_path / "warehouse"
        chance = random.Random(3)
        waiting = list(enumerate(corpus[:40]))
        options = ("--batch-bytes", str(3 * 4096))
        for _ in range(KILLS):
            watching = watch(url, warehouse, *options)
            before = commits(warehouse)
            for number, line in waiting[:4]:
                broker.produce("killed", [line.rstrip(b"\n")], number % 2)
            del waiting[:4]
            if chance.random() < 0.5:
                watching.until(lambda before=before: commits(warehouse) > before)
            time.sleep(chance.random())
            watching.stop(signal.SIGKILL)
        for number, line in waiting:
            broker.produce("killed", [line.rstrip(b"\n")], number % 2)
        watching = watch(url, warehouse, *options)
        watching.until(lambda: shown_articles(warehouse) == 40)
        done(watching.stop())
        assert not problems(warehouse)
        assert query(warehouse, "SELECT sum(rejects) FROM runs") == [(0,)]
        places = query(warehouse, "SELECT source_file, record_index FROM articles ORDER BY ALL")
        assert places == [(f"{url}/{p}", n) for p in range(2) for n in range(20)]


class TestErrors:
    @pytest.mark.parametrize(
        ("path", "sentence"),
        [("", "names no topic"), ("/a/b", "names no topic"), ("/absent", "cannot be read")],
    )
    def test_a_topic_that_is_not_there(self, broker, path, sentence):
        with pytest.raises(InputError, match=sentence):
            find_dumps([f"kafka://{broker.address}{path}"])

    def test_a_broker_that_does_not_answer(self):
        with pytest.raises(InputError, match="Check the address"):
            find_dumps([f"kafka://127.0.0.1:{_free_port()}/topic"])

    def test_settings_come_from_a_file(self, broker, tmp_path, monkeypatch):
        path = tmp_path / "kafka.properties"
        monkeypatch.setenv("COPYDESK_KAFKA_CONFIG", str(path))
        with pytest.raises(InputError, match="which COPYDESK_KAFKA_CONFIG names, cannot be read"):
            find_dumps([f"kafka://{broker.address}/absent"])
        path.write_text("# a comment\nsecurity.protocol\n")
        with pytest.raises(InputError, match="Write name=value"):
            find_dumps([f"kafka://{broker.address}/absent"])
        path.write_text("security.protocol=no such protocol\n")
        with pytest.raises(InputError, match=r"security\.protocol"):
            find_dumps([f"kafka://{broker.address}/absent"])

"""Topics of Kafka: each partition is a dump whose records are JSON objects, as lines of JSON Lines.

A topic is named ``kafka://HOST:PORT/TOPIC``; several brokers are separated by commas. A partition
is ``kafka://HOST:PORT/TOPIC/NUMBER``, and the number of a record in it is its offset. A run reads
the offsets from where the last one ended to the end that the topic has when it begins. Kafka keeps
no position for copydesk, which has it in its manifests, so no consumer group is joined.

Other settings of the client, as for TLS and passwords, are read from the file that
``COPYDESK_KAFKA_CONFIG`` names, one ``name=value`` a line, as librdkafka's CONFIGURATION.md has
them. They are in no URL, since URLs are in manifests.
"""

import os
import time
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pipeline.dumps.block import BLOCK_BYTES, Block, Source
from pipeline.errors import CopydeskError
from pipeline.rejects import Reject, read_reject

RECORD_BYTES = 4 << 10
"""Bytes of a record, for estimates: an article of 650 words."""

CONFIG = "COPYDESK_KAFKA_CONFIG"

REQUEST_SECONDS = 10.0
"""How long a broker may take to answer."""

SILENCE_SECONDS = 60.0
"""How long no record may come although the topic has more: a broker may be replaced meanwhile."""

_AT_ONCE = 500


class KafkaError(CopydeskError):
    """A topic cannot be read; the message says why and what to do."""


class Partition(NamedTuple):
    """A partition of a topic.

    Attributes:
      path: its URL.
      topic_id: id of the topic; a re-created topic of the same name has another.
      first: first offset that Kafka still has.
      stop: offset behind the last record; of a transaction that is not committed, before it.
    """

    path: str
    topic_id: tuple[int, int]
    first: int
    stop: int


def is_kafka(path: str) -> bool:
    """Returns True for the URL of a topic, or of a partition of one."""
    return path.startswith("kafka://")


def partitions(url: str) -> list[Partition]:
    """Returns the partitions of a topic.

    Args:
      url: as ``kafka://HOST:PORT/TOPIC``.

    Raises:
      KafkaError: the URL names no topic, there is no such topic, no broker answers, or the client
        is not installed.
    """
    brokers, topic, _ = _parts(url)
    client = _client()
    from confluent_kafka.admin import AdminClient

    try:
        admin = AdminClient(_settings(brokers))  # must live until the answer is here
        asked = admin.describe_topics(
            client.TopicCollection([topic]), request_timeout=REQUEST_SECONDS
        )
        found = asked[topic].result()
        numbers = sorted(info.id for info in found.partitions)
        consumer = client.Consumer(_settings(brokers))
        try:
            edges = [
                consumer.get_watermark_offsets(
                    client.TopicPartition(topic, number), timeout=REQUEST_SECONDS
                )
                for number in numbers
            ]
        finally:
            consumer.close()
    except client.KafkaException as error:
        raise KafkaError(
            f"{url} cannot be read: {error.args[0].str()}. Check the address, that the topic "
            f"exists, and your access to it; {CONFIG} names a file with other settings of the "
            "client."
        ) from error
    identity = (
        found.topic_id.get_most_significant_bits(),
        found.topic_id.get_least_significant_bits(),
    )
    return [
        Partition(f"{url.rstrip('/')}/{number}", identity, first, stop)
        for number, (first, stop) in zip(numbers, edges, strict=True)
    ]


def read_offsets(source: Source, start: int, stop: int) -> Iterator[Block | Reject]:
    """Yields blocks of the records of a partition whose offsets are in a range.

    Offsets have gaps where records were compacted away, or mark the end of a transaction.

    Args:
      source: the partition.
      start: first offset.
      stop: behind the last.

    Yields:
      blocks; and a reject for records that Kafka has removed before they were read.

    Raises:
      KafkaError: the broker does not answer, or the partition ends before.
    """
    brokers, topic, number = _parts(source.name)
    client = _client()
    consumer = client.Consumer(_settings(brokers))
    try:
        place = client.TopicPartition(topic, int(number), start)
        first, _ = consumer.get_watermark_offsets(place, timeout=REQUEST_SECONDS)
        if first > start:
            yield read_reject(
                source.name,
                start,
                "unreadable",
                f"The records {start:,} to {min(first, stop) - 1:,} are gone: Kafka removed them "
                "before they were read. Give the topic a longer retention, or read it more often.",
            )
        consumer.assign([client.TopicPartition(topic, int(number), max(start, first))])
        yield from _blocks(source, _values(client, consumer, place, max(start, first), stop))
    except client.KafkaException as error:
        raise KafkaError(
            f"{source.name} cannot be read: {error.args[0].str()}. Check that the broker runs, and "
            "run again"
        ) from error
    finally:
        consumer.close()


def _values(
    client: Any, consumer: Any, place: Any, position: int, stop: int
) -> Iterator[tuple[int, bytes]]:
    """Yields offset and value of the records up to an offset."""
    heard = time.monotonic()
    while position < stop:
        for message in consumer.consume(_AT_ONCE, timeout=1.0):
            heard = time.monotonic()
            if error := message.error():
                if error.code() != client.KafkaError._PARTITION_EOF:
                    raise client.KafkaException(error)
                position = max(position, message.offset())
            elif message.offset() < stop:
                yield message.offset(), message.value() or b""
                position = message.offset() + 1
            else:
                return
        [now] = consumer.position([place])
        position = max(position, now.offset)
        if time.monotonic() > heard + SILENCE_SECONDS:
            raise KafkaError(
                f"{place.topic}, partition {place.partition}, gave no record for "
                f"{SILENCE_SECONDS:g} seconds, although it has more from offset {position:,} on. "
                "Check that the broker runs, and run again"
            )


def _blocks(source: Source, values: Iterator[tuple[int, bytes]]) -> Iterator[Block]:
    """Yields blocks of records with consecutive offsets."""
    first, held, size = 0, list[bytes](), 0
    for offset, value in values:
        if held and (offset != first + len(held) or size >= BLOCK_BYTES):
            yield source.block(first, len(held), b"".join(held), tuple(map(len, held)))
            held, size = [], 0
        if not held:
            first = offset
        held.append(value)
        size += len(value)
    if held:
        yield source.block(first, len(held), b"".join(held), tuple(map(len, held)))


def _parts(url: str) -> tuple[str, str, str]:
    """Returns the brokers, the topic and the number of the partition, if any."""
    split = urlsplit(url)
    topic, _, number = split.path.strip("/").partition("/")
    if not split.netloc or not topic or (number and not number.isdigit()):
        raise KafkaError(
            f"{url!r} names no topic. Write kafka://HOST:PORT/TOPIC, several brokers with commas"
        )
    return split.netloc, topic, number


def _settings(brokers: str) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "bootstrap.servers": brokers,
        "group.id": "copydesk",  # the client wants one; it is never joined
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "error",
        "isolation.level": "read_committed",
        "log_level": 0,  # errors are raised
    }
    path = os.environ.get(CONFIG, "")
    if not path:
        return settings
    try:
        with open(path, encoding="utf-8") as file:
            lines = [line.strip() for line in file]
    except (OSError, UnicodeDecodeError) as error:
        raise KafkaError(f"{path}, which {CONFIG} names, cannot be read: {error}") from error
    for line in lines:
        name, equals, value = line.partition("=")
        if line and not line.startswith("#"):
            if not equals:
                raise KafkaError(f"{path} has the line {line!r}. Write name=value")
            settings[name.strip()] = value.strip()
    return settings


def _client() -> Any:
    try:
        import confluent_kafka  # an extra, which no other input needs
    except ImportError as error:
        raise KafkaError(
            "reading Kafka needs the package confluent-kafka. Install it in the environment of "
            "copydesk with pip install confluent-kafka"
        ) from error
    return confluent_kafka

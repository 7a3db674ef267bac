"""A real S3 server on loopback, whose faults a test can order.

moto's server, in a process of its own. A layer in front of it makes conditional puts atomic, as S3
has them, counts the requests, and does what a test orders by a request to ``/_faults``: answers 503
instead of every N-th request, loses the response to every N-th put that it has carried out, leaves
the newest objects out of listings, holds puts of some name until it is told to go on.
"""

import contextlib
import dataclasses
import io
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

BUCKET = "news"


@dataclasses.dataclass
class Faults:
    """What goes wrong.

    Attributes:
      refuse_every: every so many requests one is answered 503, and not carried out; 0 is never.
      lose_every: every so many puts one is carried out, and then answered 500; 0 is never.
      hide_newest: as many of the newest objects that no listing shows.
      hold: a put of a name with this in it waits until this is another; empty is none.
    """

    refuse_every: int = 0
    lose_every: int = 0
    hide_newest: int = 0
    hold: str = ""


class Server:
    """A running server, seen from a test."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "reporter",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
        }

    def order(self, **faults: Any) -> None:
        """Orders faults, and ends all others."""
        self._ask("/_faults", json.dumps(faults).encode())

    def requests(self) -> list[tuple[str, str]]:
        """Returns method and path of all requests so far."""
        return [(method, path) for method, path in json.loads(self._ask("/_requests"))]

    def keys(self, prefix: str = "") -> list[str]:
        """Returns the keys of the bucket that begin with a prefix."""
        quoted = urllib.parse.quote(prefix)
        found = self._ask(f"/_keys?{quoted}")
        return [str(key) for key in json.loads(found)]

    def _ask(self, path: str, data: bytes | None = None, method: str | None = None) -> bytes:
        request = urllib.request.Request(f"{self.url}{path}", data, method=method)
        with urllib.request.urlopen(request) as response:
            content: bytes = response.read()
            return content


@contextlib.contextmanager
def running(folder: pathlib.Path) -> Iterator[Server]:
    """Runs a server with an empty bucket; its log is in the folder."""
    with open(folder / "object-server.log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.object_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=pathlib.Path(__file__).parents[1],
        )
        with process:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, (folder / "object-server.log").read_text()
            try:
                server = Server(int(line))
                server._ask(f"/{BUCKET}", b"", "PUT")
                yield server
            finally:
                process.kill()


class Layer:
    """WSGI application in front of moto's."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self._application = application
        self._faults = Faults()
        self._lock = threading.Lock()
        self._puts = threading.Lock()
        self._requests: list[tuple[str, str]] = []
        self._written: list[str] = []

    def __call__(self, environ: dict[str, Any], respond: Callable[..., Any]) -> Any:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path.startswith("/_"):
            return self._own(environ, path, respond)
        with self._lock:
            self._requests.append((method, f"{path}?{environ.get('QUERY_STRING', '')}"))
            count = len(self._requests)
        faults = self._faults
        if faults.refuse_every and count % faults.refuse_every == 0:
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            return self._error(respond, "503 Slow Down")
        while self._faults.hold and self._faults.hold in path and method == "PUT":
            time.sleep(0.05)
        if method not in ("PUT", "DELETE", "POST"):
            return self._read(environ, path, respond)
        content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(content)
        with self._puts:  # moto looks for the object, and writes it later
            answer = self._carried_out(environ, respond)
            self._written.append(path)
            count = len(self._written)
        if faults.lose_every and count % faults.lose_every == 0:
            return self._error(respond, "500 Internal Server Error")
        status, headers, content = answer
        respond(status, headers)
        return [content]

    def _read(self, environ: dict[str, Any], path: str, respond: Callable[..., Any]) -> Any:
        status, headers, content = self._carried_out(environ, respond)
        hidden = self._written[len(self._written) - self._faults.hide_newest :]
        if "list-type" in environ.get("QUERY_STRING", "") and hidden:
            head, *items = content.split(b"<Contents>")
            rest = items[-1].partition(b"</Contents>")[2] if items else b""
            kept = [
                item.partition(b"</Contents>")[0]
                for item in items
                if not any(f"{path}/{_key(item)}".endswith(name) for name in hidden)
            ]
            items = [b"<Contents>" + item + b"</Contents>" for item in kept]
            content = head + b"".join(items) + rest
            headers = [(k, v) for k, v in headers if k.lower() != "content-length"]
            headers.append(("Content-Length", str(len(content))))
        respond(status, headers)
        return [content]

    def _carried_out(self, environ: dict[str, Any], respond: Any) -> tuple[str, list[Any], bytes]:
        found: list[Any] = []

        def keep(status: str, headers: list[Any], error: Any = None) -> None:
            found[:] = [status, headers]

        content = b"".join(self._application(environ, keep))
        return found[0], found[1], content

    def _own(self, environ: dict[str, Any], path: str, respond: Callable[..., Any]) -> Any:
        content = b"{}"
        if path == "/_faults":
            length = int(environ.get("CONTENT_LENGTH") or 0)
            self._faults = Faults(**json.loads(environ["wsgi.input"].read(length)))
        elif path == "/_requests":
            content = json.dumps(self._requests).encode()
        else:
            from moto.s3.models import s3_backends

            prefix = urllib.parse.unquote(environ.get("QUERY_STRING", ""))
            bucket = s3_backends["123456789012"]["aws"].buckets[BUCKET]
            content = json.dumps([k for k in sorted(bucket.keys) if k.startswith(prefix)]).encode()
        respond("200 OK", [("Content-Length", str(len(content)))])
        return [content]

    def _error(self, respond: Callable[..., Any], status: str) -> Any:
        content = b"<?xml version='1.0'?><Error><Code>Ordered</Code></Error>"
        respond(status, [("Content-Length", str(len(content))), ("Content-Type", "text/xml")])
        return [content]


def _key(item: bytes) -> str:
    return item.partition(b"<Key>")[2].partition(b"</Key>")[0].decode()


def main() -> None:
    """Runs the server until standard input ends, and prints its port."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    application = Layer(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True)
    print(server.port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()

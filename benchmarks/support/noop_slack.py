"""A Slack in its own process that accepts every call at once and keeps nothing."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from urllib.parse import parse_qs

from benchmarks.support.slack_process import end_with_parent

TEAM, BOT = "T00000001", "U00000BOT"
START_SECONDS = 30.0
_TIMESTAMPS = count(1)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        channel = parse_qs(body.decode()).get("channel", ["D00000001"])[0]
        known = {"team_id": TEAM, "team": "Benchmark", "user_id": BOT, "bot_id": "B00000001"}
        place = {"channel": channel, "ts": f"1772452800.{next(_TIMESTAMPS):06}"}
        answer = json.dumps({"ok": True, **known, **place}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def noop_slack() -> Iterator[str]:
    """Run it; yield the URL of its Web API."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        if not ours.poll(START_SECONDS):
            raise TimeoutError("the no-op Slack did not start")
        yield f"http://127.0.0.1:{ours.recv()}/api/"
    finally:
        process.terminate()
        process.join()


def _serve(pipe: Connection) -> None:
    end_with_parent()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        pipe.send(server.server_address[1])
        server.serve_forever()

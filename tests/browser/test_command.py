"""The demo as a command: what it prints, and how it ends."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

DEMO = (sys.executable, "-m", "bot", "demo", "--port")


@contextmanager
def demo(port: int) -> Iterator[subprocess.Popen[str]]:
    environment = {name: each for name, each in os.environ.items() if name != "PORT"}
    with subprocess.Popen(
        (*DEMO, str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    ) as running:
        yield running
        if running.poll() is None:
            running.kill()


def test_the_demo_prints_its_address_and_ends_quietly_on_ctrl_c() -> None:
    with demo(0) as running:
        assert running.stdout is not None
        printed = ""
        while "Ctrl-C ends it." not in printed:
            line = running.stdout.readline()
            assert line, running.communicate()
            printed += line
        assert "http://127.0.0.1:" in printed
        running.send_signal(signal.SIGINT)
        rest, errors = running.communicate(timeout=20)
        assert rest.endswith("Bye.\n")
        assert (running.returncode, errors) == (0, "")


def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with demo(port) as running:
            _printed, errors = running.communicate(timeout=20)
            assert running.returncode == 1
            assert errors.splitlines() == [
                f"Port {port}: address already in use. Another one is chosen with --port."
            ]

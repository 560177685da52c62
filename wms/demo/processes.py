"""The product's own processes, as an operator would run them: a server and a worker, each a child of the demo."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


class ServerDown(Refusal):
    code = "demo-server-down"
    status = 503
    text = Text(
        en="The server did not start; its log is {log}. The last lines:\n{tail}",
        pl="Serwer nie wystartował; jego dziennik to {log}. Ostatnie wiersze:\n{tail}",
    )


def free_port(wanted: int) -> int:
    """``wanted`` where nobody listens on it, else any free port of this machine."""
    for port in (wanted, 0):
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(s.getsockname()[1])
    raise OSError("no free port")


class Child:
    """One child process with its log; ended when the demo ends, however it ends."""

    def __init__(self, name: str, arguments: list[str], folder: Path, env: Mapping[str, str]) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "wms.cli", *arguments],
                env=dict(os.environ) | dict(env),
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the demo, which then ends its children in order
            )

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])

    def wait_ready(self, url: str, patience: float = 30) -> None:
        """Until ``/ready`` says yes. Raises ``ServerDown``."""
        until = time.monotonic() + patience
        with httpx.Client(timeout=2, verify=False) as client:  # loopback: no certificates to load
            while time.monotonic() < until and self.process.poll() is None:
                try:
                    if client.get(f"{url}/ready").status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.05)
        raise ServerDown(log=str(self.log), tail=self.tail())

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(6)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)

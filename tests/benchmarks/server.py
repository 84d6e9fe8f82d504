"""A server that is not the bottleneck: nginx, which answers every request with one enveloped prediction."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ANSWER = json.dumps(
    {
        "message": "Request completed",
        "provider": "baseten",
        "result": {"predictions": ["positive"], "score": 0.98},
        "response_headers": {"content-type": "application/json", "x-baseten-request-id": "req_1"},
    }
)
_NGINX = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 60;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=2048;
    default_type application/json;
    location / {{ return 200 '{answer}'; }}
  }}
}}
"""
_PURE = """
import asyncio, sys
body = sys.argv[2].encode()
head = b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n"
answer = head % len(body) + body
class Connection(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.got = transport, b""
    def data_received(self, data):
        self.got += data
        while b"\\r\\n\\r\\n" in self.got:
            head, _, rest = self.got.partition(b"\\r\\n\\r\\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\\r\\n")[0] or 0)
            if len(rest) < length:
                return
            self.got = rest[length:]
            self.transport.write(answer)
async def main():
    await (await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", int(sys.argv[1]))).serve_forever()
asyncio.run(main())
"""


def install() -> None:
    """Install nginx and wrk from Debian, if possible."""
    missing = [package for package, tool in (("nginx-light", "nginx"), ("wrk", "wrk")) if shutil.which(tool) is None]
    if missing and shutil.which("apt-get"):
        # Debian's nginx must not be started by its installation.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
        subprocess.run(["apt-get", "update", "-q"], **quiet)  # type: ignore[call-overload]
        for package in missing:
            command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", package]
            subprocess.run(command, env={"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}, **quiet)  # type: ignore[call-overload]


@contextlib.contextmanager
def served() -> Iterator[tuple[str, int]]:
    """The server's name and port, while it runs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    with tempfile.TemporaryDirectory() as folder:
        if nginx:
            Path(folder).chmod(0o755)
            config = Path(folder, "nginx.conf")
            config.write_text(_NGINX.format(folder=folder, port=port, answer=ANSWER))
            command, name = [nginx, "-c", str(config)], "nginx"
        else:
            command, name = [sys.executable, "-c", _PURE, str(port), ANSWER], "asyncio (nginx could not be installed)"
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            _wait(port)
            yield name, port
        finally:
            process.terminate()
            process.wait()


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the server of the benchmarks did not start")


def ceiling(port: int, connections: int) -> tuple[str, float]:
    """The measuring program, and the most requests per second that the server can answer."""
    if shutil.which("wrk"):
        url = f"http://127.0.0.1:{port}/x"
        said = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", "-d2", url], capture_output=True, text=True, check=True
        ).stdout
        found = re.search(r"Requests/sec:\s*([\d.]+)", said)
        return "wrk", float(found[1]) if found else 0.0
    connection = http.client.HTTPConnection("127.0.0.1", port)
    started, asked = time.perf_counter(), 0
    while time.perf_counter() - started < 2:
        connection.request("GET", "/x")
        connection.getresponse().read()
        asked += 1
    return "http.client, one connection", asked / 2

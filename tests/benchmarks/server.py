"""A server that is not the bottleneck: nginx, which answers every request with one enveloped prediction."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import subprocess
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


@contextlib.contextmanager
def served() -> Iterator[int]:
    """The server's port, while it runs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if nginx is None:
        raise SystemExit("the benchmarks need nginx, and wrk for its limit: apt-get install nginx-light wrk")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        config = Path(folder, "nginx.conf")
        config.write_text(_NGINX.format(folder=folder, port=port, answer=ANSWER))
        process = subprocess.Popen([nginx, "-c", str(config)], stderr=subprocess.DEVNULL)
        try:
            _wait(port)
            yield port
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


def ceiling(port: int, connections: int) -> str:
    """The most requests per second that the server can answer, as wrk measures."""
    if shutil.which("wrk") is None:
        return "?"
    command = ["wrk", "-t1", f"-c{connections}", "-d2", f"http://127.0.0.1:{port}/x"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s*([\d.]+)", said)
    return f"{float(found[1]):,.0f}" if found else "?"

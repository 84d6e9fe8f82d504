"""Training jobs of the local gateway, which move on with each look, and their files behind presigned URLs."""

from __future__ import annotations

import io
import tarfile
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.testing.caller import JOB, Account, Caller


def test_a_training_job_completes_by_looking_and_its_logs_and_metrics_grow(ask: Account) -> None:
    statuses, logs, metrics = [], [], []
    for _ in range(4):
        statuses.append(ask.result("GET", JOB)["training_job"]["current_status"])
        logs.append(len(ask.result("GET", f"{JOB}/logs")["logs"]))
        metrics.append(len(ask.result("GET", f"{JOB}/metrics")["cpu_usage"]))
    assert logs == sorted(logs) and logs[0] < logs[-1]
    assert metrics == sorted(metrics) and metrics[0] < metrics[-1]
    assert (statuses[0], statuses[-1]) == ("TRAINING_JOB_RUNNING", "TRAINING_JOB_COMPLETED")
    assert ask.result("GET", f"{JOB}/logs") == ask.result("GET", f"{JOB}/logs"), "a complete job logs no more"


def test_logs_can_be_narrowed(ask: Account) -> None:
    def logs(query: str) -> Any:
        return ask.result("GET", f"{JOB}/logs?{query}")["logs"]

    ask.looks(10, JOB)
    every = logs("direction=asc")
    assert every == logs("")[::-1]
    millis = [int(log["timestamp"]) // 1_000_000 for log in every]
    start, end = millis[3], millis[-3]
    narrowed = logs(f"direction=asc&start_epoch_millis={start}&end_epoch_millis={end}")
    assert narrowed == [log for log, at in zip(every, millis, strict=True) if start <= at < end]
    assert logs("direction=asc&limit=2") == every[:2]
    assert {log["level"] for log in logs("min_level=WARNING")} == {"WARNING"}


def test_jobs_are_stopped_recreated_and_found(ask: Account) -> None:
    for _ in range(2):
        assert ask.result("POST", f"{JOB}/stop")["training_job"]["current_status"] == "TRAINING_JOB_STOPPED"
    job = ask.result("POST", f"{JOB}/recreate")["training_job"]
    assert job["current_status"] == "TRAINING_JOB_CREATED"

    def found(**search: Any) -> list[str]:
        return [job["id"] for job in ask.result("POST", "/v1/training_jobs/search", search)["training_jobs"]]

    assert found() == ["job_456", job["id"]]
    assert found(order_by=[{"field": "created_at", "order": "desc"}]) == [job["id"], "job_456"]
    assert found(statuses=["TRAINING_JOB_STOPPED"]) == ["job_456"]
    assert found(project_id="proj_123", job_id=job["id"]) == [job["id"]]
    assert found(project_id="other") == []
    assert [j["id"] for j in ask.result("GET", "/v1/training_projects/proj_123/jobs")["training_jobs"]] == found()


def test_checkpoint_files_come_in_pages_and_more_are_written_while_the_job_runs(ask: Account) -> None:
    page = ask.result("GET", f"{JOB}/checkpoint_files?page_size=20&page_token=20")
    assert (len(page["presigned_urls"]), page["next_page_token"], page["total_count"]) == (5, None, 25)
    assert ask.result("GET", f"{JOB}/checkpoint_files")["next_page_token"] == 10
    ask.looks(9, JOB)
    assert ask.result("GET", f"{JOB}/checkpoint_files")["total_count"] == 37
    assert len(ask.result("GET", f"{JOB}/checkpoints")["checkpoints"]) == 3


def served(ask: Account, url: str, method: str = "GET", **headers: str) -> Any:
    """The object store's answer, without HTTP."""
    parts = urlsplit(url)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return ask.baseten.artifacts.serve(method, parts.path, parts.query, names)


def test_a_presigned_url_serves_the_same_bytes_with_ranges(ask: Account) -> None:
    files = ask.result("GET", f"{JOB}/checkpoint_files?page_size=25")["presigned_urls"]
    file = max(files, key=lambda file: int(file["size_bytes"]))
    whole = served(ask, file["url"])
    assert (whole.status, len(whole.body), whole.headers["content-length"]) == (200, 1_500_000, "1500000")
    assert file["size_bytes"] == 1_500_000
    for wanted, got, content_range in [
        ("bytes=0-9", whole.body[:10], "bytes 0-9/1500000"),
        ("bytes=1499990-", whole.body[-10:], "bytes 1499990-1499999/1500000"),
        ("bytes=-5", whole.body[-5:], "bytes 1499995-1499999/1500000"),
        ("bytes=1499990-9999999", whole.body[-10:], "bytes 1499990-1499999/1500000"),
    ]:
        part = served(ask, file["url"], range=wanted, if_range=whole.headers["etag"])
        assert (part.status, part.body, part.headers["content-range"]) == (206, got, content_range)
    assert served(ask, file["url"], range="bytes=1500000-").status == 416
    stale = served(ask, file["url"], range="bytes=5-", if_range='"other"')
    assert stale.status == 200, "If-Range with another ETag gets the whole file"


def test_a_presigned_url_takes_no_other_credentials(ask: Account) -> None:
    [url] = ask.result("GET", f"{JOB}/download")["artifact_presigned_urls"]
    assert served(ask, f"{url}&api_token=a").status == 400
    assert served(ask, url, authorization="Bearer x").status == 400
    assert served(ask, url[:-1] + ("0" if url[-1] != "0" else "1")).status == 403
    assert served(ask, url, "POST").status == 405
    ask.baseten.artifacts.expire()
    assert served(ask, url).status == 403


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_artifacts_are_a_real_archive(call: Caller, method: str) -> None:
    [url] = call.result("GET", f"{JOB}/download")["artifact_presigned_urls"]
    answer = call.client.request(method, url)
    if method == "HEAD":
        assert (answer.status_code, answer.content) == (200, b"")
        return
    assert len(answer.content) == int(answer.headers["content-length"])
    with tarfile.open(fileobj=io.BytesIO(answer.content), mode="r:gz") as archive:
        assert archive.getnames() == ["config.json", "train.py", "outputs/model.safetensors"]

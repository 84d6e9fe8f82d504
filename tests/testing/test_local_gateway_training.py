"""Training jobs of the local gateway, which move on with each look, and their files behind presigned URLs."""

from __future__ import annotations

import io
import tarfile
from typing import Any

from tests.testing.caller import JOB, Caller


def test_a_training_job_completes_by_looking_and_its_logs_grow(call: Caller) -> None:
    seen: list[int] = []
    statuses: list[str] = []
    for _ in range(5):
        statuses.append(call.result("GET", JOB)["training_job"]["current_status"])
        seen.append(len(call.result("GET", f"{JOB}/logs")["logs"]))
    assert seen == sorted(seen) and seen[0] < seen[-1]
    assert (statuses[0], statuses[-1]) == ("TRAINING_JOB_RUNNING", "TRAINING_JOB_COMPLETED")
    final = [call.result("GET", f"{JOB}/logs?direction=asc")["logs"] for _ in range(2)]
    assert final[0] == final[1], "a complete job logs no more"


def test_logs_can_be_narrowed(call: Caller) -> None:
    for _ in range(10):
        call.result("GET", JOB)
    logs = call.result("GET", f"{JOB}/logs?direction=asc")["logs"]
    assert logs == call.result("GET", f"{JOB}/logs")["logs"][::-1]
    millis = [int(log["timestamp"]) // 1_000_000 for log in logs]
    start, end = millis[3], millis[-3]
    narrowed = call.result("GET", f"{JOB}/logs?direction=asc&start_epoch_millis={start}&end_epoch_millis={end}")
    assert narrowed["logs"] == [log for log, at in zip(logs, millis, strict=True) if start <= at < end]
    assert call.result("GET", f"{JOB}/logs?direction=asc&limit=2")["logs"] == logs[:2]
    assert {log["level"] for log in call.result("GET", f"{JOB}/logs?min_level=WARNING")["logs"]} == {"WARNING"}


def test_metrics_grow_with_the_job(call: Caller) -> None:
    lengths = [len(call.result("GET", f"{JOB}/metrics")["cpu_usage"]) for _ in range(3)]
    assert lengths == sorted(lengths) and lengths[0] < lengths[-1]


def test_jobs_are_stopped_recreated_and_found(call: Caller) -> None:
    for _ in range(2):
        assert call.result("POST", f"{JOB}/stop")["training_job"]["current_status"] == "TRAINING_JOB_STOPPED"
    job = call.result("POST", f"{JOB}/recreate")["training_job"]
    assert job["current_status"] == "TRAINING_JOB_CREATED"

    def found(**search: Any) -> list[str]:
        return [job["id"] for job in call.result("POST", "/v1/training_jobs/search", search)["training_jobs"]]

    assert found() == ["job_456", job["id"]]
    assert found(order_by=[{"field": "created_at", "order": "desc"}]) == [job["id"], "job_456"]
    assert found(statuses=["TRAINING_JOB_STOPPED"]) == ["job_456"]
    assert found(project_id="proj_123", job_id=job["id"]) == [job["id"]]
    assert found(project_id="other") == []
    assert [j["id"] for j in call.result("GET", "/v1/training_projects/proj_123/jobs")["training_jobs"]] == found()


def checkpoint_files(call: Caller, page_size: int) -> tuple[list[dict[str, Any]], int]:
    files: list[dict[str, Any]] = []
    pages, token = 0, 0
    while token is not None:
        page = call.result("GET", f"{JOB}/checkpoint_files?page_size={page_size}&page_token={token}")
        files += page["presigned_urls"]
        pages, token = pages + 1, page["next_page_token"]
        assert page["total_count"] == 25
    return files, pages


def test_checkpoint_files_come_in_pages(call: Caller) -> None:
    files, pages = checkpoint_files(call, 10)
    assert (len(files), pages) == (25, 3)
    assert len({file["relative_file_name"] for file in files}) == 25
    assert checkpoint_files(call, 25) == (files, 1)
    assert len(call.result("GET", f"{JOB}/checkpoint_files")["presigned_urls"]) == 10


def test_a_checkpoint_is_written_while_the_job_runs(call: Caller) -> None:
    before = call.result("GET", f"{JOB}/checkpoints")["checkpoints"]
    for _ in range(9):
        call.result("GET", JOB)
    after = call.result("GET", f"{JOB}/checkpoints")["checkpoints"]
    assert (len(before), len(after)) == (2, 3)


def test_a_presigned_url_serves_the_same_bytes_with_ranges(call: Caller) -> None:
    files, _ = checkpoint_files(call, 25)
    file = max(files, key=lambda file: int(file["size_bytes"]))
    whole = call.client.get(file["url"])
    assert whole.status_code == 200
    assert len(whole.content) == file["size_bytes"] == int(whole.headers["content-length"])
    assert call.client.get(file["url"]).headers["etag"] == whole.headers["etag"]
    for wanted, got, content_range in [
        ("bytes=0-9", whole.content[:10], "bytes 0-9/"),
        ("bytes=1499990-", whole.content[-10:], "bytes 1499990-1499999/"),
        ("bytes=-5", whole.content[-5:], "bytes 1499995-1499999/"),
        ("bytes=1499990-9999999", whole.content[-10:], "bytes 1499990-1499999/"),
    ]:
        part = call.client.get(file["url"], headers={"range": wanted})
        assert (part.status_code, part.content) == (206, got)
        assert part.headers["content-range"] == content_range + "1500000"
    assert call.client.get(file["url"], headers={"range": "bytes=1500000-"}).status_code == 416
    stale = call.client.get(file["url"], headers={"range": "bytes=5-", "if-range": '"other"'})
    assert stale.status_code == 200, "If-Range with another ETag gets the whole file"
    head = call.client.head(file["url"])
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "1500000")


def test_a_presigned_url_takes_no_other_credentials(call: Caller) -> None:
    [url] = call.result("GET", f"{JOB}/download")["artifact_presigned_urls"]
    assert call.client.get(f"{url}&api_token={call.gateway.api_token}").status_code == 400
    assert call.client.get(url, headers={"authorization": "Bearer x"}).status_code == 400
    assert call.client.get(url[:-1] + ("0" if url[-1] != "0" else "1")).status_code == 403
    assert call.client.post(url).status_code == 405
    call.gateway.baseten.artifacts.expire()
    assert call.client.get(url).status_code == 403


def test_the_artifacts_are_a_real_archive(call: Caller) -> None:
    [url] = call.result("GET", f"{JOB}/download")["artifact_presigned_urls"]
    content = call.client.get(url).content
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        assert archive.getnames() == ["config.json", "train.py", "outputs/model.safetensors"]

"""Prometheus itself, discovering the tasks of the deployed stack through the signing proxy."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from ecs_ip.proxy import Proxy
from local.events import replay
from local.stack import Stack
from tests.support.tasks import eni, event

CLUSTER = "prometheus"
ROOT = Path(__file__).parents[2]
TASKS = {"p1": "10.88.0.1", "p2": "10.88.0.2", "p3": "2001:db8:88::3"}

# What it finds is not scraped where it is: every target's address becomes Prometheus' own.
CONFIGURATION = """
scrape_configs:
  - job_name: ecs
    scrape_interval: 1s
    http_sd_configs:
      - url: {proxy}/targets?port=9100&cluster={cluster}
        refresh_interval: 1s
    relabel_configs:
      - source_labels: [__address__]
        target_label: instance
      - source_labels: [__meta_ecs_service]
        target_label: service
      - target_label: __address__
        replacement: 127.0.0.1:{port}
"""


@pytest.fixture(scope="module")
def tool() -> str:
    """Find Prometheus; Debian's package `prometheus` has it."""
    found = shutil.which("prometheus")
    if found is None:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("Prometheus is missing: apt-get install prometheus")
    return str(found)


@pytest.fixture(scope="module")
def proxy(stack: Stack) -> Iterator[str]:
    """Serve the API to those who do not sign, of three tasks that run and one that is to stop."""
    tasks = [told(task_id, address) for task_id, address in TASKS.items()]
    tasks.append(told("p4", "10.88.0.4", desiredStatus="STOPPED"))
    replay(stack, [json.dumps(body) for body in tasks])
    with Proxy(stack.upstream, port=0) as server:
        yield server.url


def told(task_id: str, address: str, **detail: Any) -> Any:
    attachment = eni(networkInterfaceId=f"eni-{task_id}", privateIPv4Address=address)
    if ":" in address:
        attachment = eni(networkInterfaceId=f"eni-{task_id}", privateIPv4Address=None)
        detail["containers"] = [{"networkInterfaces": [{"ipv6Address": address}]}]
    return event(task_id, CLUSTER, attachments=[attachment], **detail)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def active_targets(port: int) -> list[dict[str, Any]]:
    try:
        with urlopen(f"http://127.0.0.1:{port}/api/v1/targets?state=active") as answer:
            found: list[dict[str, Any]] = json.load(answer)["data"]["activeTargets"]
            return found
    except (URLError, ConnectionError):
        return []


def test_prometheus_finds_the_tasks_that_run(tool: str, proxy: str, tmp_path: Path) -> None:
    port = free_port()
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text(CONFIGURATION.format(proxy=proxy, cluster=CLUSTER, port=port))
    command = [
        tool,
        f"--config.file={configuration}",
        f"--storage.tsdb.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (tmp_path / "log").open("w") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        targets: list[dict[str, Any]] = []
        while len(targets) < len(TASKS) or {target["health"] for target in targets} != {"up"}:
            assert running.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline, targets
            time.sleep(0.2)
            targets = active_targets(port)
    finally:
        running.terminate()
        running.wait(timeout=30)
    assert {target["labels"]["instance"] for target in targets} == {
        "10.88.0.1:9100",
        "10.88.0.2:9100",
        "[2001:db8:88::3]:9100",
    }
    for target in targets:
        assert target["labels"]["service"] == "web"
        assert target["discoveredLabels"]["__meta_ecs_cluster"] == CLUSTER
        assert target["discoveredLabels"]["__meta_ecs_last_status"] == "RUNNING"


def test_promtool_accepts_the_documented_configuration(tool: str, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "prometheus.md").read_text(encoding="utf-8")
    block = page.split("```yaml\n")[1].split("```")[0]
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text(block)
    checked = subprocess.run(
        ["promtool", "check", "config", configuration], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert tool

"""A mistake in what deploys the connector is refused by `make check`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.deploy.manifests import CHECK, DEPLOY

MISTAKES = {
    "image": ("Dockerfile", "USER 10001:10001", "USER 10001:10001\nRUN cd /tmp && sudo ls", "check_image", "DL3004"),
    "compose-schema": ("compose.yaml", "read_only: true", "read_only: sometimes", "check_compose", "read_only"),
    "compose-sense": ("compose.yaml", "secrets: [secret-key,", "secrets: [another,", "check_compose", "another"),
    "proxy": ("Caddyfile", "dial_timeout 2s", "dial_timeout soon", "check_proxy", "soon"),
    "kustomize": ("kubernetes/base/kustomization.yaml", "- web.yaml", "- wbe.yaml", "check_kubernetes", "wbe.yaml"),
    "kubernetes-word": ("kubernetes/base/web.yaml", "readinessProbe:", "readynessProbe:", "check_kubernetes", "readynessProbe"),
    "unit-word": ("systemd/connector-web.service", "KillMode=mixed", "KillMood=mixed", "check_units", "KillMood"),
    "unit-value": ("systemd/connector-beat.service", "RestartSec=2", "RestartSec=soon", "check_units", "soon"),
    "unit-open": ("systemd/connector-.service.d/service.conf", "[Service]\nWorking", "[X-Service]\nWorking", "check_units", "connector-web.service"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_refused(mistake: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, right, wrong, check, told = MISTAKES[mistake]
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    text = (tmp_path / "deploy" / file).read_text()
    assert right in text
    (tmp_path / "deploy" / file).write_text(text.replace(right, wrong))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    faults = "".join(CHECK[check](tmp_path / "deploy", scratch))
    missing = capsys.readouterr().out
    if missing and not faults:
        pytest.skip(missing)
    assert told in faults


def test_program_that_is_not_here_is_told_of(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CHECK["run"].__globals__, "PATH", "/nowhere")
    assert list(CHECK["run"]("hadolint", "Dockerfile")) == []
    assert capsys.readouterr().out == "Not checked, as there is no hadolint here: hadolint Dockerfile\n"

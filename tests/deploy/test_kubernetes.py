"""What holds of every pod, and that nothing points at what is not there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.deploy.manifests import container_of, pods, production, resources

PODS = pods()


def containers(name: str) -> list[dict[str, Any]]:
    spec = PODS[name]["spec"]
    return [*spec["containers"], *spec.get("initContainers", [])]


@pytest.mark.parametrize("name", PODS)
def test_pod_is_as_restricted_as_the_namespace_asks(name: str) -> None:
    spec = PODS[name]["spec"]
    assert spec["securityContext"]["runAsNonRoot"]
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not spec["automountServiceAccountToken"]
    for container in containers(name):
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"]
        assert not context["allowPrivilegeEscalation"]
        assert context["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.parametrize("name", PODS)
def test_pod_says_what_it_needs_and_how_much_memory_it_may_have(name: str) -> None:
    for container in containers(name):
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize("name", PODS)
def test_pod_has_the_secrets_as_files(name: str) -> None:
    (settings,) = resources("ConfigMap")
    files = {key: path for key, path in settings["data"].items() if key.endswith("_FILE")}
    assert {"SECRET_KEY_FILE", "DATABASE_URL_FILE", "REDIS_URL_FILE", "FIELD_KEYS_FILE"} == set(files)
    for container in containers(name):
        (folder,) = (mount for mount in container["volumeMounts"] if mount["name"] == "secrets")
        assert all(path.startswith(f"{folder['mountPath']}/") for path in files.values())
        assert container["envFrom"] == [{"configMapRef": {"name": settings["metadata"]["name"]}}]


@pytest.mark.parametrize("name", PODS)
def test_every_container_may_write_in_its_own_folder(name: str) -> None:
    """Where metrics are open a check of the settings refuses a folder that is closed, before migrations, too."""
    (settings,) = resources("ConfigMap")
    for container in containers(name):
        assert settings["data"]["RUN_DIR"] in {mount["mountPath"] for mount in container["volumeMounts"]}


@pytest.mark.parametrize("name", sorted(set(PODS) - {"migrate"}))
def test_deployment_waits_for_its_migrations(name: str) -> None:
    (first,) = PODS[name]["spec"]["initContainers"]
    assert first["command"] == ["python", "manage.py", "migrate", "--check"]
    assert first["image"] == PODS[name]["spec"]["containers"][0]["image"]


def test_budgets_and_policies_select_pods_that_are_there() -> None:
    labels = [pod["metadata"]["labels"].items() for pod in PODS.values()]
    budgets = [budget["spec"]["selector"]["matchLabels"] for budget in resources("PodDisruptionBudget")]
    policies = [policy["spec"]["podSelector"].get("matchLabels", {}) for policy in resources("NetworkPolicy")]
    services = [service["spec"]["selector"] for service in resources("Service") if "selector" in service["spec"]]
    selectors = [*budgets, *policies, *services]
    assert [one for one in selectors if not any(one.items() <= of for of in labels)] == []
    assert len(budgets) == len(PODS) - 2  # All but the migrations and beat, of which there is one.


def test_what_is_scaled_by_load_has_no_number_of_its_own() -> None:
    """A number in the manifest would be set again at each release."""
    deployments = {one["metadata"]["name"]: one["spec"] for one in resources("Deployment")}
    scaled = [one["spec"]["scaleTargetRef"]["name"] for one in resources("HorizontalPodAutoscaler")]
    assert sorted(scaled) == ["web", "worker"]
    assert [name for name in scaled if "replicas" in deployments[name]] == []


def test_beat_is_never_there_twice() -> None:
    (beat,) = (one["spec"] for one in resources("Deployment") if one["metadata"]["name"] == "beat")
    assert (beat["replicas"], beat["strategy"]["type"]) == (1, "Recreate")


def test_web_is_probed_where_it_answers() -> None:
    (web,) = (container_of(one) for one in resources("Deployment") if one["metadata"]["name"] == "web")
    probes = {kind: web[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "readiness", "liveness")}
    assert probes == {"startup": "/health/live", "readiness": "/health/ready", "liveness": "/health/live"}


def test_network_is_closed_but_for_what_is_said() -> None:
    policies = {one["metadata"]["name"]: one["spec"] for one in resources("NetworkPolicy")}
    assert set(policies["nothing"]["policyTypes"]) == {"Ingress", "Egress"}
    assert not {"ingress", "egress"} & set(policies["nothing"])
    assert all(rule.get("to") for rule in policies["servers"]["egress"])
    assert {policy.get("metadata", {}).get("namespace") for policy in production() if policy["kind"] != "Namespace"} == {"connector"}  # fmt: skip

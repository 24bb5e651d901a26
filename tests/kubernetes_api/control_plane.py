"""The programs of the control plane: their flags, and the keys that they share."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.kubernetes_api.toolchain import programs
from tests.support.process import Process, free_port

_TOKEN: Final = "admin"  # of a server that listens on loopback, for as long as the tests take
_QUICKLY: Final = {"kube-api-qps": 1000, "kube-api-burst": 2000}
"""As many requests a second as a controller may make; by default so few that tests would wait for it."""


class ControlPlane:
    """One program after the other; all that they write is in `folder`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.kubeconfig = folder / "kubeconfig"
        self._folder = folder
        self._store = f"http://127.0.0.1:{free_port()}"
        self._port = free_port()
        self._certificate = folder / "certificates" / "apiserver.crt"
        self._accounts = folder / "accounts.key"
        self._write_credentials()

    def etcd(self) -> Process:
        peers = f"http://127.0.0.1:{free_port()}"
        flags = {
            "data-dir": self._folder / "etcd" / "data",
            "listen-client-urls": self._store,
            "advertise-client-urls": self._store,
            "listen-peer-urls": peers,
            "initial-advertise-peer-urls": peers,
            "initial-cluster": f"default={peers}",
            "unsafe-no-fsync": "true",
            "log-level": "warn",
        }
        return self._start("etcd", flags)

    def api_server(self) -> Process:
        flags = {
            "etcd-servers": self._store,
            "bind-address": "127.0.0.1",
            "advertise-address": "127.0.0.1",
            "secure-port": self._port,
            "cert-dir": self._certificate.parent,
            "token-auth-file": self._folder / "tokens.csv",
            "anonymous-auth": "false",
            "authorization-mode": "Node,RBAC",
            "enable-admission-plugins": "NodeRestriction",  # beside the default ones, Pod Security among them
            "allow-privileged": "true",  # as on EKS: Pod Security is who refuses
            "service-account-issuer": "https://kubernetes.default.svc",
            "service-account-key-file": self._accounts,
            "service-account-signing-key-file": self._accounts,
            "service-cluster-ip-range": "10.100.0.0/16",
            "endpoint-reconciler-type": "none",
        }
        return self._start("kube-apiserver", flags)

    def controllers(self) -> Process:
        flags = {
            "service-account-private-key-file": self._accounts,
            "root-ca-file": self._certificate,
            "use-service-account-credentials": "true",
            "node-monitor-grace-period": "24h",  # a simulated node says only once that it is ready
            "horizontal-pod-autoscaler-sync-period": "2s",
        }
        return self._start("kube-controller-manager", {**flags, **self._of_a_client()})

    def scheduler(self) -> Process:
        return self._start("kube-scheduler", self._of_a_client())

    def _of_a_client(self) -> dict[str, object]:
        return {"kubeconfig": self.kubeconfig, "leader-elect": "false", "secure-port": 0, **_QUICKLY}

    def _start(self, name: str, flags: Mapping[str, object]) -> Process:
        words = [f"--{flag}={value}" for flag, value in flags.items()]
        return Process(self._folder / name, [str(programs() / name), *words], os.environ)

    def _write_credentials(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        self._accounts.write_bytes(pem)
        (self._folder / "tokens.csv").write_text(f"{_TOKEN},admin,admin,system:masters\n")
        server = {"server": f"https://127.0.0.1:{self._port}", "certificate-authority": str(self._certificate)}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "tests",
            "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "admin"}}],
            "clusters": [{"name": "tests", "cluster": server}],
            "users": [{"name": "admin", "user": {"token": _TOKEN}}],
        }
        self.kubeconfig.write_text(json.dumps(config))

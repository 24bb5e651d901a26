"""The ResourceProvider protocol for Kubernetes, in front of a real API server."""

import os
from pathlib import Path
from typing import Any, Final

from tests.engine.standin import objects, rollouts
from tests.engine.standin.checker import Failure
from tests.engine.standin.cloud import Existing
from tests.engine.standin.kubeconfig import NoWayInError, let_in
from tests.engine.standin.objects import Objects, id_of
from tests.engine.standin.service import Provider, type_of
from tests.engine.standin.wire import UNKNOWN, empty_pb2, grpc, has_unknown, pack, unpack
from tests.kubernetes_api.client import ApiError

SERVER: Final = "STANDIN_KUBECONFIG"
"""Kubeconfig of the real server; that of the program leads to EKS, which is not there, and is only checked."""
_COMES_LATER: Final = (404, 409)
"""What a dry run may answer though the update will do: its namespace or its kind is not there yet, or its name is still
another one's."""


class ClusterProvider(Provider):
    """What is there is what the server says, and not the cloud's folder."""

    def __init__(self, package: str) -> None:
        super().__init__(package)
        self._objects = Objects(Path(os.environ[SERVER]))
        self._kubeconfig: str | None = None

    def configure(self, req: Any, ctx: Any) -> Any:
        given = unpack(req.args).get("kubeconfig")
        self._kubeconfig = None if given == UNKNOWN else given
        return super().configure(req, ctx)

    def diff_config(self, req: Any, ctx: Any) -> Any:
        """What says which cluster it is replaces the provider, and all that is in the cluster."""
        olds, news = unpack(req.olds), unpack(req.news)
        changed = sorted(key for key in {*olds, *news} if olds.get(key) != news.get(key))
        identity = "clusterIdentifier" if news.get("clusterIdentifier") else "kubeconfig"
        return self._diff_response(changed, [key for key in changed if key == identity], olds, news)

    def _check_more(self, req: Any, type_: str, news: dict[str, Any]) -> list[Failure]:
        if rollouts.is_unknown(news):
            text = f"what Pulumi waits for in a {news['kind']} is not modelled: give it {rollouts.SKIP}, or model it"
            return [Failure("", text)]
        return [] if news.get("metadata", {}).get("name") else [Failure("metadata.name", "names are not made up here")]

    def diff(self, req: Any, ctx: Any) -> Any:
        olds, news = unpack(req.old_inputs), unpack(req.news)
        before, after = objects.leaves(olds), objects.leaves(news)
        changed = [
            path
            for path in sorted({*before, *after})
            if before.get(path) != after.get(path)
            and not any(objects.is_at(path, ignored) for ignored in req.ignoreChanges)
        ]
        replaces = [path for path in changed if any(objects.is_at(path, place) for place in objects.replacing(news))]
        self._journal.write("diff", urn=req.urn, changed=changed or None, replaces=replaces or None)
        same_name = id_of(olds) == id_of(news)
        return self._diff_response(changed, replaces, before, after, delete_before_replace=bool(replaces) and same_name)

    def create(self, req: Any, ctx: Any) -> Any:
        inputs = unpack(req.properties)
        if req.preview:
            self._journal.write("create", urn=req.urn, preview=True)
            return self._pb.CreateResponse(properties=pack(self._foreseen(inputs, ctx, self._objects.create)))
        self._strike("create", req.urn, ctx)
        live = self._sent(inputs, ctx, self._objects.create)
        self._journal.write("create", urn=req.urn, type=type_of(req), id=id_of(live), inputs=inputs)
        live = self._ready(req, ctx, inputs)
        return self._pb.CreateResponse(id=id_of(live), properties=pack(live))

    def update(self, req: Any, ctx: Any) -> Any:
        inputs = unpack(req.news)
        if req.preview:
            self._journal.write("update", urn=req.urn, preview=True)
            return self._pb.UpdateResponse(properties=pack(self._foreseen(inputs, ctx, self._objects.update)))
        self._strike("update", req.urn, ctx)
        self._sent(inputs, ctx, self._objects.update)
        self._journal.write("update", urn=req.urn, id=req.id, inputs=inputs)
        return self._pb.UpdateResponse(properties=pack(self._ready(req, ctx, inputs)))

    def delete(self, req: Any, ctx: Any) -> Any:
        self._strike("delete", req.urn, ctx)
        self._reach(ctx)
        seconds = req.timeout or rollouts.SECONDS
        try:
            gone = self._objects.delete(unpack(req.properties), seconds)
        except ApiError as error:
            ctx.abort(grpc.StatusCode.UNKNOWN, f"{req.id} was not deleted by the Kubernetes API server: {error}")
        if not gone:
            ctx.abort(grpc.StatusCode.UNKNOWN, f"{req.id} is still there after {seconds:g} s")
        self._journal.write("delete", urn=req.urn, id=req.id)
        return empty_pb2.Empty()

    def read(self, req: Any, ctx: Any) -> Any:
        self._journal.write("read", urn=req.urn, id=req.id)
        self._strike("read", req.urn, ctx)
        self._reach(ctx)
        inputs = unpack(req.inputs)
        live = self._objects.read(unpack(req.properties))
        if live is None:
            return self._pb.ReadResponse()
        return self._pb.ReadResponse(id=req.id, properties=pack(live), inputs=pack(objects.pruned(inputs, live)))

    def _reach(self, ctx: Any) -> None:
        """End the call where the program's kubeconfig would lead nowhere."""
        if self._kubeconfig is None or self._cloud is None:
            ctx.abort(grpc.StatusCode.FAILED_PRECONDITION, "the cluster cannot be reached: its kubeconfig is not known")
            return
        try:
            let_in(self._kubeconfig, self._cloud)
        except NoWayInError as error:
            ctx.abort(grpc.StatusCode.UNAUTHENTICATED, f"the cluster cannot be reached: {error}")

    def _foreseen(self, inputs: dict[str, Any], ctx: Any, send: Any) -> dict[str, Any]:
        """What a dry run gives, as far as there can be one; the status is what only a real one gives."""
        if has_unknown(inputs):
            return inputs
        self._reach(ctx)
        try:
            found: dict[str, Any] = send(inputs, preview=True)
        except ApiError as error:
            if error.status in _COMES_LATER:
                return inputs
            ctx.abort(
                grpc.StatusCode.UNKNOWN, f"{id_of(inputs)} would be refused by the Kubernetes API server: {error}"
            )
        return {key: value for key, value in found.items() if key != "status"}

    def _sent(self, inputs: dict[str, Any], ctx: Any, send: Any) -> dict[str, Any]:
        if has_unknown(inputs):
            ctx.abort(grpc.StatusCode.INVALID_ARGUMENT, "unknown value in a real call")
        self._reach(ctx)
        try:
            live: dict[str, Any] = send(inputs, preview=False)
        except ApiError as error:
            ctx.abort(grpc.StatusCode.UNKNOWN, f"{id_of(inputs)} was refused by the Kubernetes API server: {error}")
        return live

    def _ready(self, req: Any, ctx: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        """The object once it is ready; one that is not in time is kept, and said to be ill."""
        client = self._objects.client
        reasons = rollouts.missing(client, inputs, client.path_of(inputs), req.timeout or rollouts.SECONDS)
        live = self._objects.read(inputs)
        if live is None:
            ctx.abort(grpc.StatusCode.UNKNOWN, f"{id_of(inputs)} is gone")
            return {}
        if reasons:
            what = (
                f"the Kubernetes API server reported that {id_of(inputs)!r} failed to fully initialize or become live"
            )
            told = [f"{what}: {reasons[0]}", *reasons[1:]]
            self._fail_and_keep(ctx, Existing(type_of(req), id_of(live), req.urn, inputs, live), told[0], told)
        return live

"""The engine's side of a recorded program: answers its requests and writes down what it asked for."""

from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from pulumi.runtime.proto import engine_pb2, provider_pb2, resource_pb2, source_pb2

from .config import Config
from .errors import RecordingError
from .graph import STACK_TYPE, UNKNOWN, Graph, Invoke, Log, Mode, Options, Resource, SourcePosition
from .lookups import Lookups
from .outputs import Cloud
from .protobuf import Empty, Struct
from .transforms import Callbacks, Transforms, transform, transform_invoke
from .urns import Naming
from .values import as_secret, decode, decode_struct, encode, encode_struct, has_unknown

FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_STATE_MIGRATIONS,
)
_SEVERITIES = {engine_pb2.INFO: "info", engine_pb2.WARNING: "warning", engine_pb2.ERROR: "error"}

Response = resource_pb2.RegisterResourceResponse


class Monitor:
    """Pulumi's resource monitor and engine for one recording; every method runs on the recording's event loop.

    A method may return a coroutine: the loop awaits it (see ``loop.py``).
    """

    def __init__(self, naming: Naming, mode: Mode, config: Config, cloud: Cloud, lookups: Lookups) -> None:
        self.naming = naming
        self.mode = mode
        self._config = config
        self.callbacks = Callbacks(self)
        self._cloud = cloud
        self._lookups = lookups
        self._transforms = Transforms()
        self._resources: dict[str, Resource] = {}
        self._states: dict[str, Struct] = {}
        self._aliases: dict[str, tuple[str, ...]] = {}
        self._outputs: dict[str, Any] = {}
        self._invokes: list[Invoke] = []
        self._logs: list[Log] = []

    def graph(self) -> Graph:
        """What is recorded so far. Resources that are registered later appear in it, too."""
        return Graph(
            project=self.naming.project,
            stack=self.naming.stack,
            mode=self.mode,
            resources=MappingProxyType(self._resources),
            outputs=self._outputs,
            config=self._config.shown(),
            invokes=tuple(self._invokes),
            logs=tuple(self._logs),
        )

    # Resources

    def RegisterResource(
        self, request: resource_pb2.RegisterResourceRequest
    ) -> Response | Coroutine[Any, Any, Response]:
        callbacks = self._transforms.of(request) if request.type != STACK_TYPE else []
        if callbacks:
            return self._transform_and_register(request, callbacks)
        return self._register(request, request)

    async def _transform_and_register(
        self, request: resource_pb2.RegisterResourceRequest, callbacks: list[Any]
    ) -> Response:
        return self._register(await transform(request, callbacks, self.callbacks), request)

    def _register(
        self, request: resource_pb2.RegisterResourceRequest, original: resource_pb2.RegisterResourceRequest
    ) -> Response:
        urn = self.naming.urn(request.parent, request.type, request.name)
        aliases = self.naming.aliases(
            request.aliases, parent=request.parent, type_=request.type, name=request.name, former=self._aliases
        )
        resource = Resource(
            urn=urn,
            type=request.type,
            name=request.name,
            parent=request.parent or None,
            custom=request.custom,
            remote=request.remote,
            inputs=decode_struct(request.object),
            dependencies=tuple(sorted(request.dependencies)),
            property_dependencies={
                key: tuple(sorted(deps.urns)) for key, deps in request.propertyDependencies.items() if deps.urns
            },
            provider=_provider_urn(request.provider),
            options=_options(request, aliases),
            source=_source(request.sourcePosition) if request.type != STACK_TYPE else None,
        )
        self._add(resource)
        self._transforms.remember(urn, request.parent, original.transforms)
        if aliases:
            self._aliases[urn] = aliases
        if not (request.custom or request.remote):
            # The engine, too, answers a component before it knows its outputs.
            return Response(urn=urn)
        state = self._create(resource, request.object, request.additionalSecretOutputs)
        created = self._resources[urn]
        return Response(urn=urn, id=created.id if isinstance(created.id, str) else "", object=state)

    def _add(self, resource: Resource) -> None:
        if (first := self._resources.get(resource.urn)) is not None:
            raise RecordingError(
                f"two resources have the URN {resource.urn}: the first at {first.source or 'an unknown place'}, the "
                f"second at {resource.source or 'an unknown place'}; give one of them another name or another parent"
            )
        self._resources[resource.urn] = resource

    def _create(self, resource: Resource, inputs: Struct, additional_secrets: Iterable[str] = ()) -> Struct:
        """Give a resource its id and outputs; the state is its inputs with the known outputs over them."""
        found = self._cloud.outputs(resource, self._resources)
        state = Struct()
        state.CopyFrom(inputs)
        for key, value in found.outputs.items():
            if value is not UNKNOWN:
                state.fields[key].CopyFrom(encode(value))
        for key in additional_secrets:
            if key in state.fields or key in found.outputs:
                known = state.fields[key] if key in state.fields else encode(UNKNOWN)
                state.fields[key].CopyFrom(as_secret(known))
        outputs = {**found.outputs, **decode_struct(state)}
        self._resources[resource.urn] = replace(resource, id=found.id, outputs=outputs)
        self._states[resource.urn] = state
        return state

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> resource_pb2.ReadResourceResponse:
        resource = Resource(
            urn=self.naming.urn(request.parent, request.type, request.name),
            type=request.type,
            name=request.name,
            parent=request.parent or None,
            custom=True,
            read=True,
            inputs=decode_struct(request.properties),
            id=decode(encode(request.id)),
            dependencies=tuple(sorted(request.dependencies)),
            provider=_provider_urn(request.provider),
            options=Options(
                additional_secret_outputs=tuple(request.additionalSecretOutputs), version=request.version or None
            ),
            source=_source(request.sourcePosition),
        )
        self._add(resource)
        state = self._create(resource, request.properties, request.additionalSecretOutputs)
        known = self._resources[resource.urn].id
        return resource_pb2.ReadResourceResponse(
            urn=resource.urn, id=known if isinstance(known, str) else "", properties=state
        )

    def ExistsResource(self, request: resource_pb2.ExistsResourceRequest) -> resource_pb2.ExistsResourceResponse:
        exists = any(r.type == request.type and r.id == request.id for r in self._resources.values())
        return resource_pb2.ExistsResourceResponse(exists=exists)

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> Empty:
        resource = self._resources[request.urn]
        outputs = decode_struct(request.outputs)
        if resource.type == STACK_TYPE:
            self._outputs = outputs
        self._resources[request.urn] = replace(resource, outputs=outputs)
        return Empty()

    # Look-ups

    def Invoke(
        self, request: resource_pb2.ResourceInvokeRequest
    ) -> resource_pb2.ResourceInvokeResponse | Coroutine[Any, Any, resource_pb2.ResourceInvokeResponse]:
        if self._transforms.invokes:
            return self._transform_and_invoke(request)
        return self._invoke(request)

    async def _transform_and_invoke(
        self, request: resource_pb2.ResourceInvokeRequest
    ) -> resource_pb2.ResourceInvokeResponse:
        return self._invoke(await transform_invoke(request, self._transforms.invokes, self.callbacks))

    def _invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeResponse:
        args = decode_struct(request.args)
        if request.tok == "pulumi:pulumi:getResource":
            return _returning(self._get_resource(args["urn"]))
        self._invokes.append(Invoke(request.tok, args))
        answer = self._lookups.invoke(request.tok, args, self.graph())
        if has_unknown(answer):
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        return _returning(encode_struct(answer))

    def _get_resource(self, urn: str) -> Struct:
        resource = self._resources.get(urn)
        if resource is None:
            raise RecordingError(f"the program refers to {urn}, which it did not register")
        state = self._states.get(urn) or encode_struct(resource.outputs)
        found = encode_struct({"urn": urn, "id": resource.id if isinstance(resource.id, str) else ""})
        found.fields["state"].struct_value.CopyFrom(state)
        return found

    def Call(self, request: resource_pb2.ResourceCallRequest) -> provider_pb2.CallResponse:
        args = decode_struct(request.args)
        self._invokes.append(Invoke(request.tok, args))
        answer = encode_struct(self._lookups.call(request.tok, args, self.graph()))
        return provider_pb2.CallResponse(**{"return": answer})

    # Everything else a program may ask

    def RegisterStackTransform(self, request: Any) -> Empty:
        self._transforms.stack.append(request)
        return Empty()

    def RegisterStackInvokeTransform(self, request: Any) -> Empty:
        self._transforms.invokes.append(request)
        return Empty()

    def RegisterResourceHook(self, request: Any) -> Empty:
        return Empty()  # Hooks act on the world around real operations; a recording has none.

    RegisterErrorHook = SignalAndWaitForShutdown = RequirePulumiVersion = RegisterResourceHook

    def RegisterPackage(self, request: resource_pb2.RegisterPackageRequest) -> resource_pb2.RegisterPackageResponse:
        return resource_pb2.RegisterPackageResponse(ref=f"{request.name}@{request.version}")

    def GetDeploymentInfo(self, request: Any) -> resource_pb2.DeploymentInfo:
        return resource_pb2.DeploymentInfo(supportedFeatures=FEATURES)

    def Log(self, request: engine_pb2.LogRequest) -> Empty:
        # Debug messages are the SDK's own, about ten for each resource.
        if (severity := _SEVERITIES.get(request.severity)) is not None:
            self._logs.append(Log(severity, request.message, request.urn or None))
        return Empty()


def _returning(result: Struct) -> resource_pb2.ResourceInvokeResponse:
    fields: Mapping[str, Any] = {"return": result}  # A keyword of Python.
    return resource_pb2.ResourceInvokeResponse(**fields)


def _provider_urn(reference: str) -> str | None:
    return reference.rpartition("::")[0] or None


def _source(position: source_pb2.SourcePosition) -> SourcePosition | None:
    if not position.uri:
        return None
    return SourcePosition(str(Path(unquote(urlsplit(position.uri).path))), position.line)


def _options(request: resource_pb2.RegisterResourceRequest, aliases: tuple[str, ...]) -> Options:
    timeouts = {field.name: value for field, value in request.customTimeouts.ListFields()}
    return Options(
        protect=request.protect,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        replacement_trigger=decode(request.replacement_trigger) if request.HasField("replacement_trigger") else None,
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        retain_on_delete=request.retainOnDelete,
        deleted_with=request.deletedWith or None,
        aliases=aliases,
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        import_id=request.importId or None,
        custom_timeouts=timeouts,
        version=request.version or None,
    )

"""Resource, stack and invoke transforms, run in the recording's own event loop instead of over a socket."""

from collections.abc import Callable, Iterable
from typing import Any

from pulumi.runtime._callbacks import _CallbackServicer
from pulumi.runtime.proto import callback_pb2, resource_pb2

from .protobuf import Struct
from .values import as_output


class Callbacks(_CallbackServicer):
    """The SDK's registry of callbacks without its gRPC server: nobody calls from outside the process."""

    def __init__(self, monitor: Any) -> None:
        self._callbacks = {}
        self._transforms = {}
        self._state_migrations = {}
        self._monitor = monitor
        self._target = "in-process"

    async def call(self, callback: callback_pb2.Callback, request: bytes) -> Any:
        """The callback's response message; its exceptions propagate."""
        return await self._callbacks[callback.token](request)


class Transforms:
    """Which transforms apply to which resource, in the engine's order: its own, its parents', the stack's."""

    def __init__(self) -> None:
        self.stack: list[callback_pb2.Callback] = []
        self.invokes: list[callback_pb2.Callback] = []
        self._own: dict[str, list[callback_pb2.Callback]] = {}
        self._parents: dict[str, str] = {}

    def remember(self, urn: str, parent: str, own: Iterable[callback_pb2.Callback]) -> None:
        """Let the children of a registered resource find its transforms."""
        self._parents[urn] = parent
        if callbacks := list(own):
            self._own[urn] = callbacks

    def of(self, request: resource_pb2.RegisterResourceRequest) -> list[callback_pb2.Callback]:
        """The transforms to run for a request."""
        if not (request.transforms or self._own or self.stack):
            return []
        found = list(request.transforms)
        current = request.parent
        while current:
            found += self._own.get(current, ())
            current = self._parents.get(current, "")
        return found + self.stack


async def transform(
    request: resource_pb2.RegisterResourceRequest,
    transforms: Iterable[callback_pb2.Callback],
    callbacks: Callbacks,
) -> resource_pb2.RegisterResourceRequest:
    """The request as its transforms leave it. Each sees what the one before it returned."""
    dependencies = {key: list(deps.urns) for key, deps in request.propertyDependencies.items()}
    before = dict(request.object.fields)
    asked = resource_pb2.TransformRequest(
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=request.parent,
        options=_options(request),
        properties=Struct(fields={key: as_output(value, dependencies.get(key, ())) for key, value in before.items()}),
    )
    for callback in transforms:
        answer = await callbacks.call(callback, asked.SerializeToString())
        asked.properties.CopyFrom(answer.properties)
        if answer.HasField("options"):
            asked.options.CopyFrom(answer.options)
    return _apply(request, asked)


async def transform_invoke(
    request: resource_pb2.ResourceInvokeRequest,
    transforms: Iterable[callback_pb2.Callback],
    callbacks: Callbacks,
) -> resource_pb2.ResourceInvokeRequest:
    """A look-up's request as the stack's invoke transforms leave it."""
    asked = resource_pb2.TransformInvokeRequest(token=request.tok, args=request.args)
    asked.options.provider = request.provider
    asked.options.version = request.version
    asked.options.plugin_download_url = request.pluginDownloadURL
    for callback in transforms:
        answer = await callbacks.call(callback, asked.SerializeToString())
        asked.args.CopyFrom(answer.args)
        if answer.HasField("options"):
            asked.options.CopyFrom(answer.options)
    changed = resource_pb2.ResourceInvokeRequest()
    changed.CopyFrom(request)
    changed.args.CopyFrom(asked.args)
    changed.provider = asked.options.provider
    changed.version = asked.options.version
    return changed


_RENAMED = {
    "depends_on": "dependencies",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "aliases": "aliases",
    "provider": "provider",
    "custom_timeouts": "customTimeouts",
    "plugin_download_url": "pluginDownloadURL",
    "deleted_with": "deletedWith",
    "replace_with": "replace_with",
    "additional_secret_outputs": "additionalSecretOutputs",
    "version": "version",
    "providers": "providers",
    "hooks": "hooks",
    "import": "importId",
}
_FLAGS = {"protect": "protect", "retain_on_delete": "retainOnDelete"}


def _options(request: resource_pb2.RegisterResourceRequest) -> resource_pb2.TransformResourceOptions:
    options = resource_pb2.TransformResourceOptions()
    _copy(request, options, {there: here for here, there in _RENAMED.items()})
    for here, there in _FLAGS.items():
        if request.HasField(_field(there)):
            setattr(options, here, getattr(request, there))
    if request.deleteBeforeReplaceDefined:
        options.delete_before_replace = request.deleteBeforeReplace
    return options


def _apply(
    request: resource_pb2.RegisterResourceRequest, asked: resource_pb2.TransformRequest
) -> resource_pb2.RegisterResourceRequest:
    changed = resource_pb2.RegisterResourceRequest()
    changed.CopyFrom(request)
    changed.object.CopyFrom(asked.properties)
    for there in _RENAMED.values():
        changed.ClearField(_field(there))
    _copy(asked.options, changed, _RENAMED)
    for here, there in _FLAGS.items():
        changed.ClearField(_field(there))
        if asked.options.HasField(_field(here)):
            setattr(changed, there, getattr(asked.options, here))
    changed.deleteBeforeReplaceDefined = asked.options.HasField("delete_before_replace")
    changed.deleteBeforeReplace = asked.options.delete_before_replace
    # What a transform adds to an input is unknown here; what it keeps still depends on the same resources.
    for key in [key for key in changed.propertyDependencies if key not in changed.object.fields]:
        del changed.propertyDependencies[key]
    return changed


_field: Callable[[str], Any] = str  # The stubs list field names as literals, one overload a message.


def _copy(source: Any, target: Any, names: dict[str, str]) -> None:
    for here, there in names.items():
        value = getattr(source, here)
        if hasattr(value, "extend"):
            getattr(target, there).extend(value)
        elif hasattr(value, "items"):
            getattr(target, there).update(value)
        elif hasattr(value, "CopyFrom"):
            if source.HasField(here):
                getattr(target, there).CopyFrom(value)
        elif value:
            setattr(target, there, value)

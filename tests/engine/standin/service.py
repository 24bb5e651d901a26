"""The ResourceProvider protocol, answered from the installed SDK, the rows and the cloud folder."""

import json
import os
import time
from pathlib import Path
from typing import Any

from tests.engine.standin import checker, functions, images, names
from tests.engine.standin.checker import Failure
from tests.engine.standin.cloud import Cloud, Existing
from tests.engine.standin.faults import Faults
from tests.engine.standin.invokes import Invokes, NoAnswerError
from tests.engine.standin.journal import Journal
from tests.engine.standin.outputs import Inventor, Settings, add_within, validation_options
from tests.engine.standin.rules import ANY, ROWS, Row
from tests.engine.standin.sdk import Sdk
from tests.engine.standin.wire import UNKNOWN, any_pb2, empty_pb2, grpc, has_unknown, pack, proto, unpack

_TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"


class Provider:
    """Method names are the protocol's, in snake case. ``req`` and ``ctx`` are gRPC's."""

    def __init__(self, package: str) -> None:
        self._sdk = Sdk(package)
        self._journal = Journal(package)
        self._faults = Faults.from_environment()
        folder = os.environ.get("STANDIN_CLOUD")
        self._cloud = Cloud(Path(folder)) if folder else None
        self._settings = Settings(os.environ.get("AWS_REGION") or "us-east-1", {})
        self._pb = proto("provider_pb2")

    # configuration

    def handshake(self, req: Any, ctx: Any) -> Any:
        return self._pb.ProviderHandshakeResponse()

    def get_plugin_info(self, req: Any, ctx: Any) -> Any:
        return proto("plugin_pb2").PluginInfo(version=self._sdk.version)

    def get_schema(self, req: Any, ctx: Any) -> Any:
        schema = {"name": self._sdk.package, "version": self._sdk.version}
        return self._pb.GetSchemaResponse(schema=json.dumps(schema))

    def get_mapping(self, req: Any, ctx: Any) -> Any:
        return self._pb.GetMappingResponse()

    def attach(self, req: Any, ctx: Any) -> Any:
        return empty_pb2.Empty()

    def cancel(self, req: Any, ctx: Any) -> Any:
        return empty_pb2.Empty()

    def check_config(self, req: Any, ctx: Any) -> Any:
        self._journal.write("check_config", urn=req.urn)
        if self._sdk.package == "aws" and not unpack(req.news).get("region") and not os.environ.get("AWS_REGION"):
            failure = self._pb.CheckFailure(property="region", reason="Missing region configuration")
            return self._pb.CheckResponse(failures=[failure])
        return self._pb.CheckResponse(inputs=req.news)

    def diff_config(self, req: Any, ctx: Any) -> Any:
        olds, news = unpack(req.olds), unpack(req.news)
        changed = sorted(key for key in {*olds, *news} if olds.get(key) != news.get(key))
        return self._diff_response(changed, replaces=[key for key in changed if key == "region"])

    def configure(self, req: Any, ctx: Any) -> Any:
        args = unpack(req.args)
        tags = args.get("defaultTags") or {}
        if isinstance(tags, str):  # nested configuration arrives as JSON text
            tags = json.loads(tags)
        self._settings = Settings(args.get("region") or self._settings.region, tags.get("tags", {}))
        self._journal.write("configure", args=args)
        return self._pb.ConfigureResponse(acceptSecrets=False, supportsPreview=True)

    # plan

    def check(self, req: Any, ctx: Any) -> Any:
        type_, news = type_of(req), unpack(req.news)
        self._strike("check", req.urn, ctx)
        failures = checker.check(self._sdk, type_, news) or self._check_more(req, type_, news)
        told = [f"{failure.property}: {failure.reason}" for failure in failures]
        self._journal.write("check", urn=req.urn, failures=told or None)
        rows = [self._pb.CheckFailure(property=failure.property, reason=failure.reason) for failure in failures]
        return self._pb.CheckResponse(inputs=pack(news), failures=rows)

    def _check_more(self, req: Any, type_: str, news: dict[str, Any]) -> list[Failure]:
        if type_ == images.TYPE:
            return images.check(news)
        if self._sdk.package != "aws":
            return []
        row = ROWS.get(type_)
        if row is None:
            text = f"the stand-in has no row for {type_}: add one to tests/engine/standin/rules, with its source"
            return [Failure("", text)]
        if row.name is None:
            return []
        seed = req.randomSeed or os.urandom(16)
        return names.fill_in(row.name, _logical_name(req.urn), seed, news, unpack(req.olds))

    def diff(self, req: Any, ctx: Any) -> Any:
        type_, state, news = type_of(req), unpack(req.olds), unpack(req.news)
        olds = unpack(req.old_inputs) or state
        row = self._row(type_)
        if type_ == images.TYPE:
            changed = images.changed(olds, news, state)
        else:
            keys = {*olds, *news}
            changed = sorted(key for key in keys if not key.startswith("__") and olds.get(key) != news.get(key))
        changed = [key for key in changed if key not in req.ignoreChanges]
        if "tags" not in changed and self._other_tags(state, olds):
            changed.append("tagsAll")
        replaces = [
            key for key in changed if key in row.force_new | {"region"} and not news.get(row.unless.get(key, ""))
        ]
        first = bool(replaces) and (row.delete_before_replace or names.replaced_first(row.name, news, olds))
        self._journal.write("diff", urn=req.urn, changed=changed or None, replaces=replaces or None)
        return self._diff_response(changed, replaces, olds, news, delete_before_replace=first)

    def _other_tags(self, state: dict[str, Any], inputs: dict[str, Any]) -> bool:
        """Whether the provider's default tags are others than those that the resource has."""
        if "tagsAll" not in state:
            return False
        wanted = {**self._settings.default_tags, **(inputs.get("tags") or {})}
        return not has_unknown(wanted) and bool(state["tagsAll"] != wanted)

    def _diff_response(
        self,
        changed: list[str],
        replaces: list[str],
        olds: dict[str, Any] | None = None,
        news: dict[str, Any] | None = None,
        *,
        delete_before_replace: bool = False,
    ) -> Any:
        kinds = self._pb.PropertyDiff
        detailed = {}
        for key in changed:
            kind = kinds.ADD if key not in (olds or {}) else kinds.DELETE if key not in (news or {}) else kinds.UPDATE
            detailed[key] = kinds(kind=kind + (1 if key in replaces else 0), inputDiff=key != "tagsAll")
        answer = self._pb.DiffResponse
        return answer(
            changes=answer.DIFF_SOME if changed else answer.DIFF_NONE,
            diffs=changed,
            replaces=replaces,
            detailedDiff=detailed,
            hasDetailedDiff=True,
            deleteBeforeReplace=delete_before_replace,
        )

    # change

    def create(self, req: Any, ctx: Any) -> Any:
        type_, inputs = type_of(req), unpack(req.properties)
        if req.preview:
            self._journal.write("create", urn=req.urn, preview=True)
            inventor = Inventor(self._settings, type_, req.urn, "")
            state = inventor.state(self._sdk.resource(type_), inputs, {}, preview=True)
            later = {block: dict.fromkeys(texts, UNKNOWN) for block, texts in self._row(type_).within.items()}
            return self._pb.CreateResponse(properties=pack(add_within(state, later)))
        if has_unknown(inputs):
            ctx.abort(grpc.StatusCode.INVALID_ARGUMENT, "unknown value in a real create")
        row = self._row(type_)
        self._refuse_twin(row, type_, inputs, ctx)
        extra: dict[str, Any] = images.built(inputs) if type_ == images.TYPE else validation_options(type_, inputs)
        if type_ == _TASK_DEFINITION:
            extra["revision"] = self._cloud.next_number(inputs["family"]) if self._cloud else 1
        made = Inventor(self._settings, type_, req.urn, os.urandom(6).hex()).made(
            row, self._sdk.resource(type_), inputs, extra
        )
        existing = Existing(type_, made.id, req.urn, inputs, made.state)
        self._strike("create", req.urn, ctx, existing)
        if self._cloud:
            self._cloud.put(existing)
        self._journal.write("create", urn=req.urn, type=type_, id=made.id, inputs=inputs)
        return self._pb.CreateResponse(id=made.id, properties=pack(made.state))

    def update(self, req: Any, ctx: Any) -> Any:
        type_, inputs, olds = type_of(req), unpack(req.news), unpack(req.olds)
        resource = self._sdk.resource(type_)
        computed = {key for key, output in resource.outputs.items() if not output.optional} if resource else set()
        known = {key: value for key, value in olds.items() if key in computed and key not in inputs}
        if type_ == images.TYPE:
            known = {} if req.preview else images.built(inputs)
        if type_ == functions.TYPE:
            known = functions.known_after_update(known, inputs, preview=req.preview)
        state = Inventor(self._settings, type_, req.urn, "").state(resource, inputs, known, preview=req.preview)
        state = add_within(state, {block: olds.get(block) or {} for block in self._row(type_).within})
        if not req.preview:
            self._strike("update", req.urn, ctx)
            if not self._row(type_).update_while_held:
                self._refuse_held(Existing(type_, req.id, req.urn, inputs, olds), "updated", ctx)
            if self._cloud:
                self._cloud.put(Existing(type_, req.id, req.urn, inputs, state))
        self._journal.write("update", urn=req.urn, id=req.id, preview=req.preview or None, inputs=inputs)
        return self._pb.UpdateResponse(properties=pack(state))

    def delete(self, req: Any, ctx: Any) -> Any:
        self._strike("delete", req.urn, ctx)
        existing = Existing(type_of(req), req.id, req.urn, {}, unpack(req.properties))
        self._refuse_held(existing, "deleted", ctx)
        if self._cloud:
            self._cloud.remove(existing)
        self._journal.write("delete", urn=req.urn, id=req.id)
        return empty_pb2.Empty()

    def read(self, req: Any, ctx: Any) -> Any:
        self._journal.write("read", urn=req.urn, id=req.id)
        self._strike("read", req.urn, ctx)
        if self._cloud is None:
            return self._pb.ReadResponse(id=req.id, properties=req.properties, inputs=req.inputs)
        found = self._cloud.get(Existing(type_of(req), req.id, req.urn, {}, unpack(req.properties)))
        if found is None:
            return self._pb.ReadResponse()
        return self._pb.ReadResponse(id=found.id, properties=pack(found.state), inputs=pack(found.inputs))

    def invoke(self, req: Any, ctx: Any) -> Any:
        args = unpack(req.args)
        self._journal.write("invoke", token=req.tok, args=args)
        fault = self._strike("invoke", req.tok, ctx)
        try:
            answer = Invokes(self._settings, self._cloud).answer(
                req.tok, args, rolled_back=bool(fault and fault.rolled_back)
            )
        except NoAnswerError as error:
            ctx.abort(grpc.StatusCode.UNKNOWN, str(error))
        return self._pb.InvokeResponse(**{"return": pack(answer)})

    # what goes wrong

    def _strike(self, op: str, subject: str, ctx: Any, partial: Existing | None = None) -> Any:
        """Let a fault happen; returns the one that only changes the answer."""
        fault = self._faults.hit(op, subject)
        if fault is None:
            return None
        if fault.partial and partial and self._cloud:
            self._cloud.put(partial)
        time.sleep(fault.delay)
        if fault.exit:
            self._journal.write(op, urn=subject, fault="exit")
            os._exit(3)
        if fault.message is None:
            return fault
        self._journal.write(op, urn=subject, fault=fault.message)
        if fault.partial and partial:
            self._fail_and_keep(ctx, partial, fault.message, [fault.message])
        return ctx.abort(grpc.StatusCode.UNKNOWN, fault.message)

    def _fail_and_keep(self, ctx: Any, existing: Existing, message: str, reasons: list[str]) -> None:
        """An error after which the engine keeps the resource in its state, as one that is there and not well."""
        detail = self._pb.ErrorResourceInitFailed(
            id=existing.id, properties=pack(existing.state), inputs=pack(existing.inputs), reasons=reasons
        )
        wrapped = any_pb2.Any()
        wrapped.Pack(detail)
        code = grpc.StatusCode.UNKNOWN.value[0]
        status = proto("status_pb2").Status(code=code, message=message, details=[wrapped])
        ctx.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        ctx.abort(grpc.StatusCode.UNKNOWN, message)

    def _refuse_twin(self, row: Row, type_: str, inputs: dict[str, Any], ctx: Any) -> None:
        values = {key: inputs.get(key) for key in row.unique}
        if self._cloud is None or all(value is None for value in values.values()):
            return
        for other in self._cloud.all(type_):
            if values == {key: other.inputs.get(key) for key in row.unique}:
                told = ", ".join(f"{key} {value!r}" for key, value in values.items() if value is not None)
                ctx.abort(grpc.StatusCode.UNKNOWN, f"AlreadyExists: {type_} with {told} is {other.id}")

    def _refuse_held(self, existing: Existing, verb: str, ctx: Any) -> None:
        row = self._row(existing.type)
        words = {existing.id, str(existing.state.get("arn", existing.id))}
        for type_ in row.held_by if self._cloud else ():
            for holder in self._cloud.all(type_) if self._cloud else ():
                if holder.mentions(words):
                    text = f"ResourceInUse: {existing.id} cannot be {verb} while {holder.id} ({type_}) uses it"
                    ctx.abort(grpc.StatusCode.UNKNOWN, text)

    def _row(self, type_: str) -> Row:
        return ROWS.get(type_, ANY)


def type_of(req: Any) -> str:
    return str(req.type or req.urn.split("::")[2].split("$")[-1])


def _logical_name(urn: str) -> str:
    return urn.split("::", 3)[3]

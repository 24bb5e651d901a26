"""Look-ups of a program: answered by the user, else by what is built in, else refused."""

from collections.abc import Mapping
from typing import Any

from .answers import Answers, InvokeAnswer
from .errors import RecordingError
from .graph import Graph


class Lookups:
    """Answers invokes and method calls of one recording."""

    def __init__(self, answers: Answers, built_in: Mapping[str, InvokeAnswer]) -> None:
        self._answers: Mapping[str, InvokeAnswer] = {**built_in, **answers.invokes}

    def invoke(self, token: str, args: Mapping[str, Any], graph: Graph) -> Mapping[str, Any]:
        """The result of a function; raises ``RecordingError`` when nobody answers it."""
        return self._answer("looks up", token, args, graph)

    def call(self, token: str, args: Mapping[str, Any], graph: Graph) -> Mapping[str, Any]:
        """The result of a resource's method; raises ``RecordingError`` when nobody answers it."""
        return self._answer("calls", token, args, graph)

    def _answer(self, verb: str, token: str, args: Mapping[str, Any], graph: Graph) -> Mapping[str, Any]:
        answer = self._answers.get(token)
        if answer is None:
            raise RecordingError(
                f"the program {verb} {token}({_shown(args)}), which only the cloud can answer; give an answer: "
                f'record(..., answers={{"{token}": {{...}}}}){_ADVICE.get(token, "")}'
            )
        found = answer(args, graph) if callable(answer) else answer
        if not isinstance(found, Mapping):
            raise RecordingError(f"the answer to {token} must be a mapping, not {type(found).__name__}")
        return found


_ADVICE = {
    "aws:iam/getPolicyDocument:getPolicyDocument": (
        "; better, build the policy as a dict and json.dumps it: that needs no provider at all"
    )
}


def _shown(args: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in args.items())

"""CPU and memory in the words of people, and the pairs that Fargate offers.

Source: Amazon ECS developer guide, "Fargate task definition considerations", table of CPU and memory.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from fastapi_on_aws.errors import UsageError

CPU_UNITS_PER_VCPU: Final = 1024
MIB_PER_GB: Final = 1024
_FEWEST_CPU_UNITS: Final = 64
"""A smaller number without a unit is one of vCPUs."""
_CPU_WORDS: Final = {"": (1, "vCPU"), "m": (0.001, "vCPU")}
_MEMORY_WORDS: Final = {"": (1, "MB"), "m": (1, "MB"), "mi": (1, "MB"), "g": (1, "GB"), "gi": (1, "GB")}
"""What Kubernetes, or somebody in a hurry, would write."""

FARGATE_MEMORY_MIB: Final[dict[int, Sequence[int]]] = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
}
"""CPU units -> the memory sizes in MiB that Fargate offers with them, smallest first."""


def cpu_units(text: str, path: str) -> int:
    """CPU units of a text such as ``0.5 vCPU`` or ``512``.

    >>> cpu_units("0.5 vCPU", "app.cpu")
    512
    """
    match = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,4})?)\s*(vcpu)?", text.strip(), re.IGNORECASE)
    if not match or (match[2] is None and float(match[1]) < _FEWEST_CPU_UNITS):
        raise UsageError(f"{path} must be a size such as '0.5 vCPU', not {text!r}{_meant(text, _CPU_WORDS)}")
    return round(float(match[1]) * (CPU_UNITS_PER_VCPU if match[2] else 1))


def memory_mib(text: str, path: str) -> int:
    """MiB of a text such as ``1 GB`` or ``512 MB``; as AWS does, GB and MB mean GiB and MiB.

    >>> memory_mib("1 GB", "app.memory")
    1024
    """
    match = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,4})?)\s*(gb|mb|gib|mib)", text.strip(), re.IGNORECASE)
    if not match:
        raise UsageError(f"{path} must be a size such as '1 GB' or '512 MB', not {text!r}{_meant(text, _MEMORY_WORDS)}")
    return round(float(match[1]) * (MIB_PER_GB if match[2].lower().startswith("g") else 1))


def _meant(text: str, words: Mapping[str, tuple[float, str]]) -> str:
    match = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,4})?)\s*([a-z]*)", text.strip(), re.IGNORECASE)
    if not match or match[2].lower() not in words:
        return ""
    times, unit = words[match[2].lower()]
    return f"; did you mean '{float(match[1]) * times:g} {unit}'?"


def size_bytes(text: str) -> int:
    """Bytes of a text such as ``20 MB``, in powers of 1024.

    >>> size_bytes("6.5 MB")
    6815744
    """
    number, unit = text[:-2], text[-2:]
    return round(float(number) * {"KB": 2**10, "MB": 2**20, "GB": 2**30}[unit])


def fargate_size(cpu: str, memory: str, path: str) -> tuple[int, int]:
    """CPU units and MiB of a pair that Fargate offers.

    >>> fargate_size("0.25 vCPU", "512 MB", "app")
    (256, 512)
    """
    units, mib = cpu_units(cpu, f"{path}.cpu"), memory_mib(memory, f"{path}.memory")
    if units not in FARGATE_MEMORY_MIB:
        offered = ", ".join(_vcpu(u) for u in FARGATE_MEMORY_MIB)
        raise UsageError(f"{path}.cpu is {cpu!r}, which Fargate does not offer; it has {offered} vCPU")
    if mib not in FARGATE_MEMORY_MIB[units]:
        raise UsageError(f"{path}.memory is {memory!r}; with {_vcpu(units)} vCPU Fargate offers {_offered(units)}")
    return units, mib


def _vcpu(units: int) -> str:
    return f"{units / CPU_UNITS_PER_VCPU:g}"


def _offered(units: int) -> str:
    sizes = FARGATE_MEMORY_MIB[units]
    if isinstance(sizes, range):
        return f"{sizes[0] // MIB_PER_GB} to {sizes[-1] // MIB_PER_GB} GB in steps of {sizes.step // MIB_PER_GB} GB"
    return ", ".join(f"{mib / MIB_PER_GB:g} GB" for mib in sizes)

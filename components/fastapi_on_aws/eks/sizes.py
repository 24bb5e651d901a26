"""The size of a pod, in Kubernetes' words, and how many of them try a new version."""

import dataclasses
import math
from typing import Final

from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.service import ScalingArgs
from fastapi_on_aws.sizing import CPU_UNITS_PER_VCPU, cpu_units, memory_mib

_SMALLEST_MILLI: Final = 10
_SMALLEST_MIB: Final = 128
"""Python, an app and 64 MB for /tmp."""


def pod_size(cpu: str, memory: str, path: str) -> tuple[int, int]:
    """Thousandths of a vCPU, and MiB.

    >>> pod_size("0.25 vCPU", "512 MB", "app")
    (250, 512)
    """
    milli = round(cpu_units(cpu, f"{path}.cpu") * 1000 / CPU_UNITS_PER_VCPU)
    mib = memory_mib(memory, f"{path}.memory")
    if milli < _SMALLEST_MILLI:
        raise UsageError(f"{path}.cpu is {cpu!r}; a pod has {_SMALLEST_MILLI / 1000} vCPU or more")
    if mib < _SMALLEST_MIB:
        raise UsageError(f"{path}.memory is {memory!r}; a pod has {_SMALLEST_MIB} MB or more")
    return milli, mib


def canary_scaling(scaling: ScalingArgs, percent: int) -> ScalingArgs:
    """As many pods as the share asks for of the requests that ``scaling.min`` is for, and at least one.

    How many serve now does not count: the autoscaler follows, up to the share of ``scaling.max``.

    >>> canary_scaling(ScalingArgs(min=3, max=25), 10).max
    3
    """
    least, most = (max(1, math.ceil(count * percent / 100)) for count in (scaling.min, scaling.max))
    return dataclasses.replace(scaling, min=least, max=most)

"""The host that serves the components to every Pulumi language."""

import sys
from importlib.metadata import version
from typing import Final

from pulumi import ComponentResource, Inputs, ResourceOptions
from pulumi.errors import InputPropertiesError
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError, main

from fastapi_on_aws.component import PACKAGE
from fastapi_on_aws.ecs.cluster import EcsCluster
from fastapi_on_aws.ecs.service import EcsService
from fastapi_on_aws.eks.cluster import EksCluster
from fastapi_on_aws.eks.service import EksService
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.foundation.image import Image
from fastapi_on_aws.foundation.network import Network
from fastapi_on_aws.ingress.front_door import FrontDoor
from fastapi_on_aws.ingress.load_balancer import LoadBalancer
from fastapi_on_aws.patterns.microservices import Microservices
from fastapi_on_aws.patterns.monolith import Monolith
from fastapi_on_aws.patterns.serverless import Serverless
from fastapi_on_aws.serverless.function import LambdaFunction

COMPONENTS: Final[list[type[ComponentResource]]] = [
    Network,
    Image,
    LoadBalancer,
    FrontDoor,
    EcsCluster,
    EcsService,
    EksCluster,
    EksService,
    Microservices,
    Monolith,
    LambdaFunction,
    Serverless,
]


class Host(ComponentProvider):
    """Pulumi's own host, but for one thing: whoever writes TypeScript or Go reads our sentence, not Python frames."""

    def construct(
        self, name: str, resource_type: str, inputs: Inputs, options: ResourceOptions | None = None
    ) -> ConstructResult:
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            if isinstance(error.inner, UsageError):
                raise InputPropertiesError(str(error.inner), []) from error
            raise


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1].isalpha():
        sys.exit(f"this serves Pulumi's engine; the command line is fastapi-on-aws {sys.argv[1]}")
    main(Host(COMPONENTS, PACKAGE, version=version(PACKAGE)), sys.argv[1:])

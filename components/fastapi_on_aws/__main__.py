"""The host that serves the components to every Pulumi language."""

from importlib.metadata import version

from pulumi.provider.experimental import component_provider_host

from fastapi_on_aws.component import PACKAGE
from fastapi_on_aws.ecs.cluster import EcsCluster
from fastapi_on_aws.ecs.service import EcsService
from fastapi_on_aws.foundation.image import Image
from fastapi_on_aws.foundation.network import Network
from fastapi_on_aws.ingress.front_door import FrontDoor
from fastapi_on_aws.ingress.load_balancer import LoadBalancer
from fastapi_on_aws.patterns.monolith import Monolith

COMPONENTS = [Network, Image, LoadBalancer, FrontDoor, EcsCluster, EcsService, Monolith]

if __name__ == "__main__":
    component_provider_host(name=PACKAGE, components=COMPONENTS, version=version(PACKAGE))

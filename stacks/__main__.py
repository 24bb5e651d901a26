"""One stack: settings, foundation, pattern, front door."""

import pulumi

from fastapi_on_aws import FrontDoor, Image, Monolith, MonolithArgs, Network, service_urls
from stack_settings import APP, aws_provider, read_settings

settings = read_settings()
provider = aws_provider(settings)
stateful = pulumi.ResourceOptions(providers=[provider], protect=settings.protect)

network = Network("network", settings.network, stateful)
image = Image("app", settings.app.image, stateful)
own_images = {
    name: Image(name, service.image, stateful) for name, service in (settings.services or {}).items() if service.image
}

app = Monolith(
    APP,
    MonolithArgs(
        network=network.ref,
        image=image.ref,
        service_images={name: own.ref for name, own in own_images.items()},
        app=settings.app,
        services=settings.services,
        ecs=settings.ecs,
        access=settings.access,
        certificate_arn=settings.load_balancer.certificate_arn,
    ),
    pulumi.ResourceOptions(providers=[provider]),
)

if settings.front_door.enabled:
    door = FrontDoor("front-door", settings.front_door.before(app.origin), stateful)

url = door.url if settings.front_door.enabled else app.url
pulumi.export("url", url)
pulumi.export("service_urls", service_urls(url, app.routes))

"""One stack: settings, foundation, pattern, front door."""

import pulumi

from fastapi_on_aws import FrontDoor, Image, Monolith, MonolithArgs, Network
from stack_settings import APP, aws_provider, read_settings

settings = read_settings()
provider = aws_provider(settings)
stateful = pulumi.ResourceOptions(providers=[provider], protect=settings.protect)

network = Network("network", settings.network, stateful)
image = Image(APP, settings.app.image, stateful) if settings.app_runs else None
own_images = {name: Image(f"{APP}-{name}", args, stateful) for name, args in settings.own_images.items()}

app = Monolith(
    APP,
    MonolithArgs(
        network=network.ref,
        image=image.ref if image else None,
        service_images={name: own.ref for name, own in own_images.items()},
        app=settings.app,
        services=settings.services,
        ecs=settings.ecs,
        access=settings.access,
        certificate_arn=settings.load_balancer.certificate_arn,
        domain_name=settings.load_balancer.domain_name,
    ),
    pulumi.ResourceOptions(providers=[provider]),
)

url = app.url
if settings.front_door.enabled:
    url = FrontDoor("front-door", settings.front_door.before(app.origin), stateful).url

pulumi.export("url", url)
pulumi.export("service_urls", app.urls_below(url))

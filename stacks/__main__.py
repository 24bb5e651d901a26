"""One stack: settings, foundation, pattern, front door."""

import pulumi

from arrangement import arrange
from fastapi_on_aws import FrontDoor, Image, Network
from stack_settings import APP, aws_provider, read_settings

settings = read_settings()
provider = aws_provider(settings)
stateful = pulumi.ResourceOptions(providers=[provider], protect=settings.protect)

network = Network("network", settings.network, stateful)
image = Image(APP, settings.app.image, stateful) if settings.app_runs else None
own_images = {name: Image(f"{APP}-{name}", args, stateful) for name, args in settings.own_images.items()}

app = arrange(
    settings,
    network.ref,
    image.ref if image else None,
    {name: own.ref for name, own in own_images.items()},
    pulumi.ResourceOptions(providers=[provider]),
)

url = app.url
if settings.front_door.enabled:
    url = FrontDoor("front-door", settings.front_door.before(app.origin), stateful).url

pulumi.export("url", url)
pulumi.export("service_urls", app.urls_below(url))

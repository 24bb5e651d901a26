"""One stack: settings, foundation, pattern, front door."""

import pulumi

from app_routes import check_routes
from arrangement import arrange
from dockerfiles import check_dockerfiles
from fastapi_on_aws import FrontDoor, Image, Network
from stack_settings import aws_provider, read_settings
from zip_package import zip_package

settings = read_settings()
check_dockerfiles(settings)
check_routes(settings)
package = zip_package(settings)
provider = aws_provider(settings)
stateful = pulumi.ResourceOptions(providers=[provider], protect=settings.protect)

network = Network("network", settings.network, stateful)
images = {name: Image(name, args, stateful) for name, args in settings.images.items()}

app = arrange(settings, network, images, package, pulumi.ResourceOptions(providers=[provider]))

url = app.url
if settings.front_door.enabled:
    url = FrontDoor("front-door", settings.front_door.before(app.origin), stateful).url

pulumi.export("url", url)
pulumi.export("service_urls", app.urls_below(url))

"""The pattern that a stack file asks for, with what it takes from the settings."""

from collections.abc import Mapping

import pulumi

from fastapi_on_aws import ImageRef, Monolith, MonolithArgs, NetworkRef, Serverless, ServerlessArgs
from stack_settings import APP, Pattern, StackSettings


def arrange(
    settings: StackSettings,
    network: NetworkRef,
    image: ImageRef | None,
    own_images: Mapping[str, ImageRef],
    opts: pulumi.ResourceOptions,
) -> Monolith | Serverless:
    """The app as it runs: its image, and those of the services that have their own, arranged."""
    if settings.pattern is Pattern.SERVERLESS:
        return Serverless(
            APP,
            ServerlessArgs(
                network=network,
                image=image,
                service_images=own_images,
                app=settings.app,
                services=settings.services,
                lambda_=settings.lambda_,
                front_door=settings.front_door.enabled,
            ),
            opts,
        )
    return Monolith(
        APP,
        MonolithArgs(
            network=network,
            image=image,
            service_images=own_images,
            app=settings.app,
            services=settings.services,
            ecs=settings.ecs,
            access=settings.access,
            certificate_arn=settings.load_balancer.certificate_arn,
            domain_name=settings.load_balancer.domain_name,
        ),
        opts,
    )

"""The pattern that a stack file asks for, with what it takes from the settings.

The patterns are looked up where they are made: each loads the provider's modules that it uses, and a stack has one.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

import fastapi_on_aws as onaws
from stack_settings import APP, Pattern, StackSettings, unused_words


def arrange(
    settings: StackSettings,
    network: onaws.Network,
    images: Mapping[str, onaws.Image],
    package: onaws.ZipRef | None,
    opts: pulumi.ResourceOptions,
) -> onaws.Monolith | onaws.Microservices | onaws.Serverless:
    """The app as it runs. `images` are its own and those of services that have their own, by logical name; `package`
    is what functions run instead."""
    refs = {} if settings.runs_zip else {name: image.ref for name, image in images.items()}
    for sentence in unused_words(settings, f"{pulumi.get_project()}:"):
        pulumi.log.info(sentence)
    own_images = {name.removeprefix(f"{APP}-"): ref for name, ref in refs.items() if name != APP}
    if settings.pattern is Pattern.SERVERLESS:
        if settings.nat_is_idle:
            pulumi.log.info(
                f"nothing uses the network's NAT gateways ($36.50 a month each), since the functions are in none:"
                f" {pulumi.get_project()}:network.nat: none saves them, until another pattern needs them"
            )
        domain = settings.front_door.domain
        app = onaws.Serverless(
            APP,
            onaws.ServerlessArgs(
                network=network.ref,
                image=refs.get(APP),
                service_images=own_images,
                zip=package,
                app=settings.app,
                services=settings.services,
                lambda_=settings.lambda_,
                front_door=settings.front_door.enabled,
                public_host=domain.name if domain else onaws.ServerlessArgs.public_host,
            ),
            opts,
        )
        if settings.lambda_.api.domain:
            pulumi.export("domain_target", app.domain_target)
        return app
    if settings.pattern is Pattern.MICROSERVICES:
        microservices = onaws.Microservices(
            APP,
            onaws.MicroservicesArgs(
                network=network.ref,
                image=refs.get(APP),
                service_images=own_images,
                app=settings.app,
                services=settings.services,
                eks=settings.eks,
                access=settings.access,
                certificate_arn=settings.load_balancer.certificate_arn,
                domain_name=settings.load_balancer.domain_name,
            ),
            opts,
        )
        pulumi.export("cluster_name", microservices.cluster_name)
        return microservices
    return onaws.Monolith(
        APP,
        onaws.MonolithArgs(
            network=network.ref,
            image=refs.get(APP),
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

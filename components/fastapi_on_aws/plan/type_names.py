"""Pulumi type tokens, cut down to what a person calls the thing."""

PROVIDER_PREFIX = "pulumi:providers:"


def is_provider(token: str) -> bool:
    """Whether a type token is that of a provider."""
    return token.startswith(PROVIDER_PREFIX)


def service_of(token: str) -> str:
    """The service of a type: the AWS service, the Kubernetes API group, elsewhere the package.

    >>> service_of("aws:ecs/service:Service"), service_of("kubernetes:apps/v1:Deployment")
    ('ecs', 'apps/v1')
    >>> service_of("docker-build:index:Image"), service_of("random:index/randomId:RandomId")
    ('docker-build', 'random')
    """
    if is_provider(token):
        return "provider"
    package, _, rest = token.partition(":")
    module, _, name = rest.rpartition(":")
    # Bridged providers repeat the type in the module: `ecs/service` of `aws:ecs/service:Service`.
    head, slash, tail = module.rpartition("/")
    if slash and tail.lower() == name.lower():
        module = head
    if module in ("", "index"):
        return package
    return module if package in ("aws", "kubernetes") else f"{package}.{module}"


def short_type(token: str) -> str:
    """The type as a plan shows it.

    >>> short_type("aws:ecs/service:Service"), short_type("docker-build:index:Image")
    ('ecs.Service', 'docker-build.Image')
    >>> short_type("pulumi:providers:aws")
    'provider.aws'
    """
    return f"{service_of(token)}.{token.rpartition(':')[2]}"

"""A container image: built and pushed to ECR, or one that CI has pushed."""

import json
import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, Optional

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.component import token
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.naming import logical
from fastapi_on_aws.references import Architecture, ImageRef
from fastapi_on_aws.service import ImageArgs

if TYPE_CHECKING:
    import pulumi_docker_build as docker_build

IMAGES_KEPT: Final = 50
"""How far back a deployed image can be: each `up` that changes the image pushes one."""


class Image(pulumi.ComponentResource):
    """An ECR repository and the image built into it, deployed by digest.

    With `uri` nothing is created: the image belongs to CI, which hands over each new digest in the stack's config.
    So there is one owner of what runs, and no drift to fight.
    """

    uri: pulumi.Output[str]
    """Registry, repository and digest of what was built here; else the `uri` that was given; empty without either."""

    def __init__(self, name: str, args: ImageArgs, opts: Optional[ResourceOptions] = None) -> None:
        args = coerce(ImageArgs, args, name)
        logical("ECR repository", name)
        super().__init__(token(Image), name, None, opts)
        self._name, self._opts = name, ResourceOptions(parent=self)
        self.repository: Optional[aws.ecr.Repository] = None
        self.lifecycle_policy: Optional[aws.ecr.LifecyclePolicy] = None
        self.image: Optional[docker_build.Image] = None
        self._ref = args.ref or self._create(args)
        self.uri = pulumi.Output.from_input(self._ref.uri if self._ref else "")
        self.register_outputs({"uri": self.uri})

    @property
    def ref(self) -> ImageRef:
        """What a pattern or service takes. Raises ``UsageError`` where `build` is false: there is no image then."""
        if self._ref is None:
            raise UsageError(f"{self._name}.build is false, so there is no image to run; set it to true")
        return self._ref

    def _create(self, args: ImageArgs) -> Optional[ImageRef]:
        repository = self._create_repository(force_delete=args.force_delete)
        return self._build(args, repository) if args.build else None

    def _build(self, args: ImageArgs, repository: "aws.ecr.Repository") -> ImageRef:
        import pulumi_docker_build as docker_build  # noqa: PLC0415  # whose images CI builds does not pay for it

        architecture = args.architecture or Architecture.ARM64
        dockerfile = args.dockerfile or str(PurePosixPath(args.context or ".", "Dockerfile"))
        for path in (args.context or ".", dockerfile):
            if not (Path(pulumi.get_root_directory()) / path).exists():
                pulumi.log.warn(f"there is no {path} beside Pulumi.yaml, so the image cannot be built", self)
        image = docker_build.Image(
            f"{self._name}-build",
            context={"location": _from_root(args.context or ".")},
            dockerfile={"location": _from_root(dockerfile)},
            target=args.target,
            build_args=args.build_args,
            platforms=[docker_build.Platform(f"linux/{architecture}")],
            # By digest alone: the repository's tags never move, and nothing needs one.
            exports=[{"registry": {"names": [repository.repository_url], "push_by_digest": True}}],
            registries=[self._registry(repository)],
            push=False,
            build_on_preview=False,
            opts=self._opts,
        )
        self.image = image
        return ImageRef(
            uri=pulumi.Output.concat(repository.repository_url, "@", image.digest), architecture=architecture
        )

    def _create_repository(self, *, force_delete: bool) -> "aws.ecr.Repository":
        repository = aws.ecr.Repository(
            logical("ECR repository", self._name),
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS"}],
            force_delete=force_delete,
            opts=self._opts,
        )
        self.lifecycle_policy = aws.ecr.LifecyclePolicy(
            self._name, repository=repository.name, policy=_keep_newest(IMAGES_KEPT), opts=self._opts
        )
        self.repository = repository
        return repository

    def _registry(self, repository: "aws.ecr.Repository") -> "docker_build.RegistryArgsDict":
        """The one secret that passes through the program; the provider does not take a new password for a change."""
        login = aws.ecr.get_authorization_token_output(
            registry_id=repository.registry_id, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        return {
            "address": repository.repository_url,
            "username": login.user_name,
            "password": pulumi.Output.secret(login.password),
        }


def _from_root(path: str) -> str:
    """A path of the stack file, which is relative to Pulumi.yaml, as seen from the program's folder.

    Not an absolute path: it is in the state, and would differ between a laptop and CI.
    """
    return os.path.relpath(Path(pulumi.get_root_directory()) / path)


def _keep_newest(count: int) -> str:
    rule: dict[str, Any] = {
        "rulePriority": 1,
        "description": f"keep the newest {count} images",
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": count},
        "action": {"type": "expire"},
    }
    return json.dumps({"rules": [rule]})

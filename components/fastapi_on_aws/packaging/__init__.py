"""A deployment package for AWS Lambda, built by pip for Lambda's own platform, without Docker: public."""

from fastapi_on_aws.packaging.build import Package, build_package
from fastapi_on_aws.packaging.source import PackageSource

__all__ = ["Package", "PackageSource", "build_package"]

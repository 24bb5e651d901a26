"""A deployment package for AWS Lambda, built by pip for Lambda's own platform, without Docker: public."""

from fastapi_on_aws.packaging.build import LARGEST_UNPACKED_BYTES, LARGEST_ZIP_BYTES, Package, build_package
from fastapi_on_aws.packaging.source import PackageSource

__all__ = ["LARGEST_UNPACKED_BYTES", "LARGEST_ZIP_BYTES", "Package", "PackageSource", "build_package"]

"""The shop on Lambda's own emulator, behind the Lambda Web Adapter or Lambda's Python client; see README.md."""

from tests.lambda_runtime.function import Function, image_function, zip_function
from tests.lambda_runtime.gateway import Gateway
from tests.lambda_runtime.shapes import ALB, FUNCTION_URL, HTTP_API, REST_API, Shape
from tests.lambda_runtime.toolchain import adapter, emulator

__all__ = [
    "ALB",
    "FUNCTION_URL",
    "HTTP_API",
    "REST_API",
    "Function",
    "Gateway",
    "Shape",
    "adapter",
    "emulator",
    "image_function",
    "zip_function",
]

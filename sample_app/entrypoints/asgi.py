"""The ASGI target: `uvicorn sample_app.entrypoints.asgi:app`."""

from sample_app.app import create_app

app = create_app()

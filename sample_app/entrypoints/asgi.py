"""The ASGI target: `uvicorn sample_app.entrypoints.asgi:app`."""

from sample_app.app import create_app
from sample_app.kit import logs
from sample_app.settings import Settings

settings = Settings()
logs.configure(settings.log_level, settings.log_format)
app = create_app(settings)

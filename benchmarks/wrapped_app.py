"""The bare app behind the sample app's middleware: the rest of the difference is the sample app's modules."""

from benchmarks.bare_app import app
from sample_app.app import add_middleware
from sample_app.kit import logs
from sample_app.settings import Settings

_settings = Settings()
add_middleware(app, _settings)
logs.configure(_settings.log_level, _settings.log_format)

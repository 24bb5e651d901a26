"""The ASGI target: `uvicorn sample_app.entrypoints.asgi:app`. What cannot work ends the server with a sentence."""

from sample_app.kit.quick_start import no_garbage

with no_garbage():
    from sample_app.app import create_app
    from sample_app.entrypoints.last_words import sentence_on_error
    from sample_app.kit import logs
    from sample_app.settings import Settings

    with sentence_on_error():
        settings = Settings()
        logs.configure(settings.log_level, settings.log_format)
        app = create_app(settings)

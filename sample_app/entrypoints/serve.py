"""`python -m sample_app.entrypoints.serve`: the server with sound defaults, on the port that `PORT` names."""

from sample_app.kit.quick_start import no_garbage

with no_garbage():
    import uvicorn

    from sample_app.entrypoints.last_words import sentence_on_error
    from sample_app.settings import Settings


def main() -> None:
    """Serve until SIGTERM, then finish what is in flight."""
    with sentence_on_error():
        settings = Settings()
    uvicorn.run(
        "sample_app.entrypoints.asgi:app",
        host=settings.host,
        port=settings.port,
        timeout_keep_alive=settings.uvicorn_timeout_keep_alive,
        timeout_graceful_shutdown=settings.uvicorn_timeout_graceful_shutdown,
        server_header=False,
        log_config=None,  # the app's own, which knows the id of a request
    )


if __name__ == "__main__":
    main()

"""`python -m sample_app.entrypoints.serve`: the server with sound defaults, on the port that `PORT` names."""

import uvicorn

from sample_app.settings import Settings

# A load balancer must be the one that closes an idle connection, or it sends a request into a closed one and
# answers 502. An AWS ALB waits 60 s by default; uvicorn would wait 5.
KEEP_ALIVE_SECONDS = 75
# ECS and Kubernetes kill 30 s after SIGTERM by default; requests get most of that to finish.
GRACEFUL_SHUTDOWN_SECONDS = 25


def main() -> None:
    """Serve until SIGTERM, then finish what is in flight."""
    settings = Settings()
    uvicorn.run(
        "sample_app.entrypoints.asgi:app",
        host=settings.host,
        port=settings.port,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACEFUL_SHUTDOWN_SECONDS,
        server_header=False,
        log_config=None,  # the app's own, which knows the id of a request
    )


if __name__ == "__main__":
    main()

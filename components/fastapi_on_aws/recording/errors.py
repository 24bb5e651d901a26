"""What can go wrong while a program is recorded."""


class RecordingError(Exception):
    """The recorded program, not its input, is at fault, or asks for what nobody answers offline.

    The message is one sentence; ``__cause__`` is the exception of the program, where there was one.
    """

    __module__ = "fastapi_on_aws.recording"

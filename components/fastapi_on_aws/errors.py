"""The one exception type of the library."""


class UsageError(Exception):
    """What the user gave cannot work; the message says where, why and how to mend it.

    The message is one sentence for a person: the config path or argument, what is wrong, the limit, the fix.
    Raised before any resource is registered, so nothing was changed.
    """

    __module__ = "fastapi_on_aws"

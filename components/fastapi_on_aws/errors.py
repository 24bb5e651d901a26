"""The one exception type of the library."""

import pulumi


class UsageError(pulumi.RunError):
    """What the user gave cannot work; the message says where, why and how to mend it.

    The message is one sentence for a person: the config path or argument, what is wrong, the limit, the fix. As a
    ``RunError`` it is printed by ``pulumi up`` as that sentence, without a traceback.
    """

    __module__ = "fastapi_on_aws"

"""The sample app's Dockerfile, as what it says."""

import os
import re
import shlex
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DOCKERFILE: Final = ROOT / "sample_app/Dockerfile"


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, arguments), comments and line breaks taken out."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line)]


def final_stage() -> dict[str, str]:
    """The last value of each instruction of the last stage."""
    recipe = instructions()
    start = max(index for index, (word, _) in enumerate(recipe) if word == "FROM")
    return dict(recipe[start:])


def image_environment() -> dict[str, str]:
    """Its ENV, but for where the programs are: here they are this environment's."""
    assigned = dict(word.split("=", 1) for word in shlex.split(final_stage()["ENV"]))
    return {**assigned, "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.defpath))}

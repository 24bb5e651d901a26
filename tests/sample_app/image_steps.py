"""The Dockerfile's steps without Docker: ``python -m tests.sample_app.image_steps 8010`` serves the app on that port.

This machine seen through an overlay stands for the base image, and its Python for that image's; nothing outside the
overlay is changed. The last step turns this process into the image's command: as the image's user, with a root that is
read-only but for /tmp. It needs Linux, and to be root there.
"""

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NoReturn

from pathspec import PathSpec

from fastapi_on_aws.containers import WRITABLE_MIB, WRITABLE_PATH
from tests.engine.toolchain.build import cache_folder
from tests.lambda_runtime.toolchain import ADAPTER_VERSION, adapter
from tests.support.dockerfile import DOCKERFILE, ROOT, instructions

ADAPTER_IMAGE: Final = "public.ecr.aws/awsguru/aws-lambda-adapter"
_NAMESPACE: Final = ("unshare", "--mount")
_PYTHON: Final = Path(os.path.realpath(sys.executable))
_PATH: Final = f"{_PYTHON.parent}:/usr/local/bin:/usr/bin:/bin"
_HOW_TO_REACH_AN_INDEX: Final = re.compile(r"PIP_|SSL_|.*_PROXY$", re.IGNORECASE)
_STEP_SECONDS: Final = 900


def command(port: int) -> list[str]:
    """What takes all steps, in a mount namespace of its own."""
    return [*_NAMESPACE, sys.executable, "-m", "tests.sample_app.image_steps", str(port)]


def why_impossible() -> str | None:
    """What this machine says when it is asked for an overlay."""
    with tempfile.TemporaryDirectory() as folder:
        ask = "mount -t tmpfs none . && mkdir u w r && mount -t overlay none r -o lowerdir=/,upperdir=u,workdir=w"
        try:
            asked = subprocess.run(
                [*_NAMESPACE, "sh", "-c", ask], cwd=folder, capture_output=True, text=True, timeout=30, check=False
            )
        except FileNotFoundError as error:
            return str(error)
    return asked.stderr or f"it ended with {asked.returncode}" if asked.returncode else None


class Stage:
    """One stage of the build, in an overlay over this machine."""

    def __init__(self, folder: Path) -> None:
        self.root, self._changed = folder / "root", folder / "changed"
        for part in (self.root, self._changed, folder / "work"):
            part.mkdir(parents=True)
        layers = f"lowerdir=/,upperdir={self._changed},workdir={folder / 'work'}"
        _run("mount", "-t", "overlay", "none", str(self.root), "-o", layers)
        _run("mount", "--rbind", "/proc", str(self.root / "proc"))
        _run("mount", "--rbind", "/dev", str(self.root / "dev"))
        self.environment = {"PATH": _PATH}
        self.folder = "/"
        self.user = "0:0"
        self.command: list[str] = []
        self._history = hashlib.sha256(f"{_PYTHON} {sys.version}".encode())
        self._give_python()

    def take(self, instruction: str, arguments: str, others: dict[str, "Stage"]) -> None:
        """One instruction. What no step here can stand for is refused."""
        self._history.update(f"{instruction} {arguments}\n".encode())
        match instruction:
            case "COPY":
                self._copy(shlex.split(arguments), others)
            case "RUN":
                self._install(arguments) if " install " in arguments else self._shell(arguments)
            case "ENV" | "ARG":
                for word in shlex.split(arguments):
                    name, _, value = word.partition("=")
                    self.environment[name] = value.replace("$PATH", self.environment["PATH"])
            case "WORKDIR":
                self.folder = arguments
            case "USER":
                self.user = arguments
            case "CMD":
                self.command = json.loads(arguments)
            case "EXPOSE":
                pass
            case _:
                raise NotImplementedError(f"{DOCKERFILE.name} has {instruction}, which has no step here yet")

    def become(self, port: int) -> NoReturn:
        """Replace this process by the image's command, as a task runs it."""
        _run("mount", "-t", "tmpfs", "-o", f"size={WRITABLE_MIB}m,mode=1777", "none", f"{self.root}{WRITABLE_PATH}")
        _run("mount", "-o", "remount,ro", str(self.root))
        words = self._inside({"PORT": str(port)}, self.command)
        os.execvp("chroot", ["chroot", f"--userspec={self.user}", *words])

    def _give_python(self) -> None:
        """As `python`, and for everybody: an image has no home folders that are closed to others."""
        link = Path(f"{self.root}{_PYTHON.parent}/python")
        if not link.exists():
            link.symlink_to(_PYTHON.name)
        for folder in _PYTHON.parents:
            inside = Path(f"{self.root}{folder}")
            inside.chmod(inside.stat().st_mode | 0o111)

    def _copy(self, words: list[str], others: dict[str, "Stage"]) -> None:
        *sources, target = [word for word in words if not word.startswith("--")]
        named = next((word.removeprefix("--from=") for word in words if word.startswith("--from=")), None)
        to = Path(f"{self.root}{target}")
        if named and named not in others:
            self._take_from_an_image(named, sources, to)
            return
        for source in sources:
            if named:
                shutil.copytree(f"{others[named].root}{source}", to, symlinks=True, dirs_exist_ok=True)
                continue
            for path in _of_the_context(ROOT / source):
                inside = to / path.relative_to(ROOT / source) if (ROOT / source).is_dir() else to / path.name
                inside.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, inside)
                self._history.update(path.read_bytes())

    @staticmethod
    def _take_from_an_image(image: str, sources: list[str], to: Path) -> None:
        """The one image whose content we can have without Docker: the Lambda Web Adapter, compiled from its crate."""
        if image != f"{ADAPTER_IMAGE}:{ADAPTER_VERSION}" or sources != ["/lambda-adapter"]:
            raise NotImplementedError(f"{DOCKERFILE.name} copies {sources} from {image}, which no step here can")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(adapter(), to)

    def _shell(self, line: str) -> None:
        ours = {name: value for name, value in os.environ.items() if _HOW_TO_REACH_AN_INDEX.match(name)}
        _run("chroot", *self._inside(ours, ["/bin/sh", "-c", line]))

    def _install(self, line: str) -> None:
        """Run it, or take what it left behind after the same steps."""
        layer = cache_folder() / f"image-layer-{self._history.hexdigest()[:12]}.tar"
        if layer.exists():
            _run("tar", "--extract", f"--file={layer}", f"--directory={self.root}")
            return
        self._shell(line)
        with tempfile.TemporaryDirectory(dir=layer.parent) as scratch:
            made = Path(scratch) / layer.name
            _run("tar", "--create", f"--file={made}", f"--directory={self._changed}", ".")
            for outdated in layer.parent.glob("image-layer-*.tar"):
                outdated.unlink()
            made.rename(layer)

    def _inside(self, more: dict[str, str], words: list[str]) -> list[str]:
        """What `chroot` is told, to run a command with the stage's variables and in its folder."""
        variables = {**self.environment, **more}
        assigned = [f"{name}={value}" for name, value in variables.items()]
        return [str(self.root), "env", "-i", f"--chdir={self.folder}", *assigned, *words]


def take_all_steps(folder: Path) -> Stage:
    """The last stage, with all that the others gave it."""
    stages: dict[str, Stage] = {}
    stage: Stage | None = None
    for instruction, arguments in instructions():
        sys.stdout.write(f"{instruction} {arguments}\n")
        sys.stdout.flush()
        if instruction == "FROM":
            _image, _as, name = arguments.split()
            stage = stages[name] = Stage(folder / name)
        elif stage is None:
            raise NotImplementedError(f"{DOCKERFILE.name} has {instruction} before FROM")
        else:
            stage.take(instruction, arguments, stages)
    assert stage is not None, "a Dockerfile has a FROM"
    return stage


def _of_the_context(source: Path) -> Iterator[Path]:
    """The files that a build would be sent: Dockerfile.dockerignore's last word on each of them."""
    lines = DOCKERFILE.with_name(f"{DOCKERFILE.name}.dockerignore").read_text().splitlines()
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    # Docker's patterns begin at the root of the context.
    ignored = PathSpec.from_lines("gitignore", [re.sub("^!?", r"\g<0>/", pattern) for pattern in patterns])
    for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
        if path.is_file() and not ignored.match_file(path.relative_to(ROOT)):
            yield path


def _run(*words: str) -> None:
    done = subprocess.run(words, stdin=subprocess.DEVNULL, check=False, timeout=_STEP_SECONDS)
    if done.returncode:
        sys.exit(f"`{shlex.join(words)}` failed with {done.returncode}")


def main(port: int) -> None:
    """Go into a namespace, unless we were started in one; take the steps, and become the app."""
    ours, our_parents = (Path(f"/proc/{process}/ns/mnt").readlink() for process in ("self", os.getppid()))
    if ours == our_parents:
        os.execvp(_NAMESPACE[0], command(port))
    folder = cache_folder() / "image"  # empty to all others
    folder.mkdir(exist_ok=True)
    _run("mount", "-t", "tmpfs", "none", str(folder))
    take_all_steps(folder).become(port)


if __name__ == "__main__":
    main(int(sys.argv[1]))

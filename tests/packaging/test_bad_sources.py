"""What cannot become a package: one sentence each, and nothing half made."""

import sys
from typing import Any

import pytest

from fastapi_on_aws import UsageError
from fastapi_on_aws.packaging import build
from tests.packaging.conftest import HANDLER, Project
from tests.packaging.wheelhouse import wheel

OTHER = "cp313-cp313-manylinux_2_28_x86_64"

WORDS: list[tuple[dict[str, Any], str]] = [
    ({"python": "3.9"}, "shop:lambda.zip.python cannot be '3.9'; there are: 3.11, 3.12, 3.13, 3.14"),
    ({"requirements": "none.txt"}, "requirements is none.txt, and there is no such file beside Pulumi.yaml"),
    ({"include": ["shop", "none"]}, r"include\[1\] is none, and there is no such file or folder"),
    ({"include": ["../wheels"]}, r"include\[0\] is ../wheels, which is not below the folder of Pulumi.yaml"),
    ({"include": ["."]}, r"include\[0\] is the whole folder of Pulumi.yaml; name the folders of the app"),
    ({"handler": "shop.none.handler"}, "handler is shop.none.handler, and shop/none.py is not in the package"),
    ({"handler": "shop.lambda_handler.main"}, "shop/lambda_handler.py defines no main"),
    ({"exclude": ["coffee"]}, "exclude names coffee, which is not among the requirements"),
]


@pytest.mark.parametrize(("words", "sentence"), WORDS)
def test_a_word_that_cannot_be_is_refused(project: Project, words: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        project.build(**words)
    assert not list(build.cache_folder().glob("package-*"))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("coffee==1.0", "there is no wheel of coffee==1.0 for Python 3.13 on arm64; take another version or"),
        ("'tea==1.0'", "cannot be installed for Python 3.13 on arm64: Invalid requirement: \"'tea==1.0'\""),
        ("tea \\\n  @ git+https://example.com/tea", "is built from its source"),
        ("./none-1.0-py3-none-any.whl", "cannot be installed for Python 3.13 on arm64: .*No such file or directory"),
        ("-e .", "'-e .' is built from its source, and wheels alone fit Lambda"),
        ("--editable ./tea", "'--editable ./tea' is built from its source"),
        ("file:///tea", "is built from its source"),
        ("shop", "'shop' is built from its source"),
        ("tea [x] @ git+https://example.com/tea", "is built from its source"),
        ("./tea", "'./tea' is built from its source"),
        ("tea @ git+https://example.com/tea", "is built from its source"),
        ("tea @ https://u:hunter2@example.com/tea.tar.gz", "'tea @ …' is built from its source"),
        ("-r more.txt", "names more.txt, and there is no such file"),
        ("tea==", "cannot be installed for Python 3.13 on arm64: "),
        ("native==1.0", "there is no wheel of native==1.0 for Python 3.13 on arm64"),
    ],
)
def test_a_requirement_that_cannot_be_had_is_refused(project: Project, line: str, sentence: str) -> None:
    wheel(project.wheels, "native", tag=OTHER)
    project.write("requirements.txt", f"{line}\n")
    with pytest.raises(UsageError, match=sentence) as caught:
        project.build()
    assert "\n" not in str(caught.value), "one sentence, whatever pip says"
    assert "Traceback" not in str(caught.value)


def test_a_wheel_for_another_processor_is_taken_for_that_one(project: Project) -> None:
    wheel(project.wheels, "native", tag=OTHER)
    project.write("requirements.txt", "native==1.0\n")
    assert project.build(architecture="amd64").zip_bytes


def test_what_only_lambdas_python_needs_is_missed_before_lambda_misses_it(project: Project) -> None:
    """pip asks the Python that it runs on."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    target = "3.14" if here != "3.14" else "3.13"
    wheel(project.wheels, "pot", needs=[f'tea; python_version == "{target}"'])
    project.write("requirements.txt", "pot==1.0\n")
    with pytest.raises(UsageError, match=f"pot needs tea on Python {target}, and the one that runs here"):
        project.build(python=target)
    project.write("requirements.txt", "pot==1.0\ntea==1.0\n")
    assert project.build(python=target).zip_bytes


def test_a_file_of_ours_that_would_hide_one_of_a_requirement_is_refused(project: Project) -> None:
    project.write("tea/__init__.py", "")
    with pytest.raises(UsageError, match="include has tea/__init__.py, and a requirement has a file of that name"):
        project.build(include=["shop", "tea"])


@pytest.mark.parametrize(("limit", "what"), [("LARGEST_UNPACKED_BYTES", "unpacked"), ("LARGEST_ZIP_BYTES", "zipped")])
def test_more_than_lambda_takes_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch, limit: str, what: str
) -> None:
    monkeypatch.setattr(build, limit, 100)
    with pytest.raises(
        UsageError, match=f"MB {what}, and Lambda takes .*; take out what is not needed, or use package"
    ):
        project.build()


def test_an_index_that_cannot_be_reached_is_one_sentence(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(UsageError, match="pip cannot reach a package index; try again with a network"):
        project.build()


@pytest.mark.parametrize(
    "imports",
    [
        "import coffee",
        "import coffee.beans as beans",
        "from coffee import beans",
        "from shop.inner import thing",
        "from . import inner",
        "from .inner import thing",
    ],
)
def test_a_handler_whose_import_would_fail_on_lambda_is_refused(project: Project, imports: str) -> None:
    project.write("shop/lambda_handler.py", f"import json, boto3, tea\n{imports}\n{HANDLER}")
    project.write("shop/inner.py", "import coffee\n")
    with pytest.raises(UsageError, match=r"which imports coffee\S* \(shop/\w+.py, line \d\), and the package has none"):
        project.build()
    assert project.build(imports_from_elsewhere=True).zip_bytes, "a layer may bring it"


@pytest.mark.parametrize(
    ("python", "module"), [("3.13", "cgi"), ("3.12", "distutils.util"), ("3.13", "annotationlib"), ("3.11", "imp")]
)
def test_the_standard_library_is_that_of_the_python_on_lambda(project: Project, python: str, module: str) -> None:
    project.write("shop/lambda_handler.py", f"import {module}\n{HANDLER}")
    if (python, module) == ("3.11", "imp"):
        assert project.build(python=python).zip_bytes, "3.12 is the first without it"
        return
    with pytest.raises(UsageError, match=rf"which imports {module} \(shop/lambda_handler.py, line 1\), and"):
        project.build(python=python)


def test_a_newer_standard_library_than_that_of_this_python_is_known(project: Project) -> None:
    project.write("shop/lambda_handler.py", f"import annotationlib\n{HANDLER}")
    assert project.build(python="3.14").zip_bytes


def test_the_package_that_the_handler_is_in_is_looked_at_too(project: Project) -> None:
    project.write("shop/__init__.py", "import coffee\n")
    with pytest.raises(
        UsageError, match=r"which imports coffee \(shop/__init__.py, line 1\), and the package has none"
    ):
        project.build()


@pytest.mark.parametrize("imports", ["import shop.nope", "from shop.nope import x", "from .nope import x"])
def test_a_module_of_the_app_that_is_not_there_is_refused(project: Project, imports: str) -> None:
    project.write("shop/lambda_handler.py", f"{imports}\n{HANDLER}")
    with pytest.raises(UsageError, match=r"which imports shop.nope .* the package has none; there is no shop/nope.py"):
        project.build()


def test_data_is_no_module(project: Project) -> None:
    project.write("logging.yaml", "")
    project.write("html/page.html", "")
    project.write("coffee.conf", "")
    project.write("shop/lambda_handler.py", f"import logging.config, html.parser\n{HANDLER}")
    assert project.build(include=["shop", "logging.yaml", "html"]).zip_bytes, "they are the standard library's"
    project.write("shop/lambda_handler.py", f"import coffee\n{HANDLER}")
    with pytest.raises(UsageError, match="which imports coffee"):
        project.build(include=["shop", "coffee.conf"])


def test_what_a_block_always_imports_has_to_be_there(project: Project) -> None:
    block = "from contextlib import nullcontext, suppress\nwith {}:\n    import coffee\n"
    project.write("shop/lambda_handler.py", block.format("nullcontext()") + HANDLER)
    with pytest.raises(UsageError, match=r"which imports coffee \(shop/lambda_handler.py, line 3\)"):
        project.build()
    project.write("shop/lambda_handler.py", block.format("suppress(ImportError)") + HANDLER)
    assert project.build().zip_bytes


def test_code_that_is_nested_deeply_is_read_or_refused_in_a_sentence(project: Project) -> None:
    project.write("shop/lambda_handler.py", f"x = a{'.b()' * 170}\n{HANDLER}")
    assert project.build().zip_bytes
    project.write("shop/lambda_handler.py", f"x = {'+'.join('1' * 9000)}\n{HANDLER}")
    with pytest.raises(UsageError, match="nested too deeply to be read here; break its longest expression up"):
        project.build()


def test_a_compiled_module_and_a_folder_without_init_are_there(project: Project) -> None:
    project.write("shop/fast.cpython-313-aarch64-linux-gnu.so", "")
    project.write("shop/plain/tea.py", "")
    project.write("shop/lambda_handler.py", f"import shop.fast\nimport shop.plain\nimport shop.plain.tea\n{HANDLER}")
    assert project.build().zip_bytes


def test_a_relative_import_needs_a_package(project: Project) -> None:
    project.write("main.py", f"from . import inner\n{HANDLER}")
    with pytest.raises(UsageError, match=r"which imports \. \(main.py, line 1\), and there is no package that far up"):
        project.build(include=["main.py"], handler="main.handler")
    project.write("shop/lambda_handler.py", f"from ..inner import x\n{HANDLER}")
    with pytest.raises(UsageError, match=r"imports \.\.inner \(shop/lambda_handler.py, line 1\), and there is no"):
        project.build()


@pytest.mark.parametrize(
    "line",
    [
        "sys.path.append('/mnt/data')",
        "from sys import path",
        "import sys as _sys; _sys.path[:0] = ['vendor']",
        "site.addsitedir('/mnt/data')",
        "from site import addsitedir",
        "sys.modules['coffee'] = site",
        "sys.meta_path.append(None)",
        "__path__.append('x')",
    ],
)
def test_after_a_module_that_changes_where_python_looks_nobody_knows(project: Project, line: str) -> None:
    project.write("shop/__init__.py", f"import site, sys\n{line}\n")
    project.write("shop/lambda_handler.py", f"import coffee\n{HANDLER}")
    assert project.build().zip_bytes


def test_what_is_imported_that_is_no_python_is_refused(project: Project) -> None:
    project.write("shop/lambda_handler.py", f"from shop import inner\n{HANDLER}")
    project.write("shop/inner.py", "def (:\n")
    sentence = r"lambda_handler.handler, which imports shop/inner.py, and that is no Python 3.\d+ \(line"
    with pytest.raises(UsageError, match=sentence):
        project.build(python="3.11")


def test_what_is_imported_only_sometimes_may_be_missing(project: Project) -> None:
    project.write(
        "shop/lambda_handler.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import coffee\n"
        "try:\n    import milk\nexcept ImportError:\n    milk = None\n"
        f"def later():\n    import sugar\n{HANDLER}",
    )
    assert project.build().zip_bytes


def test_a_version_that_another_package_needs_is_told_too(project: Project) -> None:
    wheel(project.wheels, "milk", version="1.5")
    wheel(project.wheels, "latte", needs=["milk>=2"])
    project.write("requirements.txt", "latte==1.0\n")
    with pytest.raises(
        UsageError, match="no wheel of milk>=2 for Python 3.13 on arm64; the newest .* has version 1.5$"
    ):
        project.build()


def test_a_constraint_may_not_bring_a_source_in(project: Project) -> None:
    project.write("pins.txt", "tea @ https://example.com/tea.tar.gz\n")
    project.write("requirements.txt", "-c pins.txt\ntea\n")
    with pytest.raises(UsageError, match="is built from its source"):
        project.build()


def test_a_wheel_by_its_address_is_a_wheel(project: Project) -> None:
    project.write("requirements.txt", "tea @ https://127.0.0.1:9/tea-1.0-py3-none-any.whl\n")
    with pytest.raises(UsageError, match="requirements: pip cannot reach a package index"):
        project.build()


def test_a_version_that_does_not_exist_is_told_which_one_does(project: Project) -> None:
    wheel(project.wheels, "tea", version="1.5")
    project.write("requirements.txt", "tea==99\n")
    sentence = "there is no wheel of tea==99 for Python 3.13 on arm64; the newest that there is has version 1.5$"
    with pytest.raises(UsageError, match=sentence):
        project.build()


def test_requirements_in_another_encoding_are_one_sentence(project: Project) -> None:
    (project.root / "requirements.txt").write_bytes("tea==1.0\n".encode("utf-16"))
    with pytest.raises(UsageError, match="requirements.txt is not in UTF-8; save it so"):
        project.build()


def test_a_cache_that_cannot_be_is_one_sentence(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(project.write("file", "")))
    with pytest.raises(
        UsageError, match=r"packages is where packages are kept, and it cannot be made \(Not a directory"
    ):
        project.build()


def test_a_name_that_is_no_text_is_one_sentence(project: Project) -> None:
    (project.root / "shop/caf\udce9.txt").touch()
    with pytest.raises(UsageError, match=r"include\[0\] has a file named 'caf\\udce9.txt'; rename it"):
        project.build()


def test_a_handler_that_is_no_python_is_refused(project: Project) -> None:
    project.write("shop/lambda_handler.py", "def handler(:\n")
    with pytest.raises(UsageError, match=r"shop/lambda_handler.py is no Python 3.\d+ \(line 1\)$"):
        project.build(python="3.11")
    newer = r"\(line 1\)(; if only Python 3.14 can read it, use that here, too)?$"
    with pytest.raises(UsageError, match=newer):
        project.build(python="3.14")

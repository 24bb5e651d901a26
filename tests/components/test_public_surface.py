"""What a user imports, and what that costs."""

import ast
import subprocess
import sys
from pathlib import Path

import fastapi_on_aws
from tests.support.recorded import ROOT

INIT = Path(fastapi_on_aws.__file__)


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_importing_the_library_loads_no_pulumi() -> None:
    loaded = run_python("import sys, fastapi_on_aws; print([m for m in sys.modules if m.startswith('pulumi')])")
    assert loaded == "[]"


def test_a_component_loads_only_the_provider_modules_that_it_uses() -> None:
    code = (
        "import sys, fastapi_on_aws; fastapi_on_aws.EcsCluster;"
        "print(sorted(m for m in ('ec2', 'lb', 'cloudfront', 'ecr') if f'pulumi_aws.{m}.outputs' in sys.modules))"
    )
    assert run_python(code) == "[]"


def test_a_stack_loads_only_the_provider_modules_of_its_pattern() -> None:
    code = (
        f"import sys; from fastapi_on_aws.recording import record_project; record_project({str(ROOT)!r}, stack='dev');"
        "loaded = lambda m: f'pulumi_aws.{m}.outputs' in sys.modules;"
        "print([m for m in ('ecs', 'eks', 'lambda_', 'apigateway', 'apigatewayv2') if loaded(m)],"
        "'pulumi_kubernetes' in sys.modules)"
    )
    assert run_python(code) == "['ecs'] False", "or a monolith pays for Lambda or Kubernetes with each run"


def test_no_module_of_the_library_loads_the_aws_modules_that_it_only_names_in_annotations() -> None:
    code = (
        "import sys, fastapi_on_aws; from importlib import import_module; from pkgutil import walk_packages\n"
        "for m in walk_packages(fastapi_on_aws.__path__, 'fastapi_on_aws.'):\n"
        "    if not m.name.endswith(('__main__', 'handler')): import_module(m.name)\n"
        "print('fastapi_on_aws.patterns.monolith' in sys.modules, [m for m in sys.modules if m.count('.') == 2"
        " and m.startswith('pulumi_aws.') and m.endswith('.outputs')])"
    )
    assert run_python(code) == "True []", "they take longer to load than all of ours"


def test_a_stack_that_neither_zips_nor_builds_loads_nothing_to_do_so_with() -> None:
    file = ROOT / "benchmarks" / "Pulumi.ten-services.yaml"
    code = (
        "import sys; from fastapi_on_aws.recording import record_project;"
        f"record_project({str(ROOT)!r}, stack_file={str(file)!r});"
        "print([m for m in ('pulumi_docker_build', 'packaging.requirements', 'fastapi_on_aws.packaging',"
        " *(f'pulumi_aws.{m}.outputs' for m in ('cloudfront', 'ecr', 'ecs', 'lambda_'))) if m in sys.modules])"
    )
    assert run_python(code) == "[]"


def test_words_of_eks_are_read_without_kubernetes_and_only_its_cluster_loads_it() -> None:
    code = (
        "import sys, fastapi_on_aws; fastapi_on_aws.EksArgs(), fastapi_on_aws.EcsCluster;"
        "before = 'pulumi_kubernetes' in sys.modules; fastapi_on_aws.EksCluster;"
        "print(before, 'pulumi_kubernetes' in sys.modules)"
    )
    assert run_python(code) == "False True"


def test_every_public_name_can_be_imported_and_the_type_checker_sees_the_same() -> None:
    for name in fastapi_on_aws.__all__:
        assert getattr(fastapi_on_aws, name).__name__ == name
    tree = ast.parse(INIT.read_text())
    typed = {alias.asname for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert typed - {None} == set(fastapi_on_aws.__all__)
    assert set(dir(fastapi_on_aws)) == set(fastapi_on_aws.__all__)


def test_the_wheel_needs_no_part_of_the_sample_app() -> None:
    library = (ROOT / "requirements" / "library.txt").read_text().lower()
    assert not {"fastapi", "sqlalchemy", "pytest", "uvicorn"} & {line.split("==")[0] for line in library.splitlines()}

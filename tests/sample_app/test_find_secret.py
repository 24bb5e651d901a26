"""Where a secret is: `X`, `X_FILE`, `X_ARN`, in that order."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from sample_app.kit.find_secret import SecretError, find_secret
from sample_app.settings import Settings

REGION = "eu-west-1"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Secrets Manager and SSM, as far as moto has them; no region but the ARN's own is named anywhere."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield


def _stored(value: str) -> str:
    return boto3.client("secretsmanager", REGION).create_secret(Name="shop", SecretString=value)["ARN"]


def test_nothing_set_is_no_secret() -> None:
    assert find_secret("TOKEN", {}) is None
    assert find_secret("TOKEN", {"TOKEN": "", "TOKEN_FILE": "", "TOKEN_ARN": ""}) is None, "empty counts as unset"


def test_the_value_itself_comes_before_a_file_and_a_file_before_an_arn(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("of the file")
    everything = {"TOKEN": "itself", "TOKEN_FILE": str(tmp_path / "token"), "TOKEN_ARN": "no arn at all"}
    assert find_secret("TOKEN", everything) == "itself"
    assert find_secret("TOKEN", {**everything, "TOKEN": ""}) == "of the file"


@pytest.mark.parametrize("text", ["s3cret", "s3cret\n", "s3cret\r\n"])
def test_a_line_break_at_the_end_of_a_file_is_an_editors_not_the_secrets(text: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(text.encode())
    assert find_secret("TOKEN", {"TOKEN_FILE": str(tmp_path / "token")}) == "s3cret"


def test_other_space_belongs_to_the_secret(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b" two words \n\n")
    assert find_secret("TOKEN", {"TOKEN_FILE": str(tmp_path / "token")}) == " two words \n"


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file or directory"), (b"", "is empty"), (b"\n", "is empty"), (b"\xff", "not UTF-8")],
)
def test_a_file_that_holds_no_secret_stops_the_start_with_its_name(
    content: bytes | None, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SecretError, match=rf"^TOKEN_FILE is {path}, which .*{why}$"):
        find_secret("TOKEN", {"TOKEN_FILE": str(path)})


@pytest.mark.usefixtures("aws")
def test_a_secret_is_fetched_from_secrets_manager_in_its_own_region() -> None:
    assert find_secret("TOKEN", {"TOKEN_ARN": _stored("s3cret")}) == "s3cret"


@pytest.mark.usefixtures("aws")
def test_a_key_of_a_json_secret_is_asked_for_as_ecs_does() -> None:
    arn = _stored(json.dumps({"username": "shop", "port": 5432}))
    assert find_secret("TOKEN", {"TOKEN_ARN": f"{arn}:username::"}) == "shop"
    assert find_secret("TOKEN", {"TOKEN_ARN": f"{arn}:port"}) == "5432", "what is no text is given as JSON"
    assert find_secret("TOKEN", {"TOKEN_ARN": f"{arn}:username:AWSCURRENT:"}) == "shop", "a stage may be named"


@pytest.mark.usefixtures("aws")
def test_a_parameter_is_fetched_and_decrypted() -> None:
    ssm = boto3.client("ssm", REGION)
    ssm.put_parameter(Name="/shop/token", Value="s3cret", Type="SecureString")
    arn = ssm.get_parameter(Name="/shop/token")["Parameter"]["ARN"]
    assert find_secret("TOKEN", {"TOKEN_ARN": arn}) == "s3cret"


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("arn", "why"),
    [
        ("s3cret", "not the ARN of"),
        ("arn:aws:s3:::bucket", "not the ARN of"),
        (f"arn:aws:secretsmanager:{REGION}:123456789012:secret:nowhere-AbCdEf", "cannot be fetched"),
        (f"arn:aws:ssm:{REGION}:123456789012:parameter/nowhere", "cannot be fetched"),
    ],
)
def test_an_arn_that_leads_to_no_secret_stops_the_start(arn: str, why: str) -> None:
    with pytest.raises(SecretError, match=f"^TOKEN_ARN .*{why}"):
        find_secret("TOKEN", {"TOKEN_ARN": arn})


@pytest.mark.usefixtures("aws")
def test_a_key_that_is_not_there_is_told_without_the_secret() -> None:
    with pytest.raises(SecretError, match="asks for the key password") as refusal:
        find_secret("TOKEN", {"TOKEN_ARN": f"{_stored('s3cret')}:password::"})
    assert "s3cret" not in str(refusal.value), "an error ends up in a log"


def test_without_boto3_an_arn_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    arn = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:shop-AbCdEf"
    with pytest.raises(SecretError, match="needs the package boto3"):
        find_secret("TOKEN", {"TOKEN_ARN": arn})


def test_the_apps_settings_follow_the_rule(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("sqlite+aiosqlite:///of-the-file.db\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    assert Settings().database_url.get_secret_value() == "sqlite+aiosqlite:///of-the-file.db"
    monkeypatch.setenv("DATABASE_URL", "sqlite+aiosqlite:///itself.db")
    assert Settings().database_url.get_secret_value() == "sqlite+aiosqlite:///itself.db"


def test_the_rule_needs_nothing_but_the_standard_library() -> None:
    """So that a user's own app can take the file over."""
    source = Path(sys.modules[find_secret.__module__].__file__ or "").read_text()
    imported = {
        line.split()[1].partition(".")[0] for line in source.splitlines() if line.startswith(("import ", "from "))
    }
    assert imported <= sys.stdlib_module_names

import dataclasses
from io import StringIO

import pytest
from rich.console import Console

from fastapi_on_aws.plan import table
from fastapi_on_aws.recording.graph import Graph, Log
from tests.plan.graphs import PASSWORD, graph, resource, urn, web_shop


def printed(shown: Graph, width: int = 200) -> str:
    console = Console(file=StringIO(), width=width, color_system=None, markup=False, emoji=False, highlight=False)
    with console.capture() as captured:
        console.print(table(shown))
    return captured.get()


def test_a_plan_reads_like_this() -> None:
    assert printed(
        dataclasses.replace(web_shop(), config={"aws:region": "eu-west-1", "shop:pattern": "monolith"})
    ).splitlines() == [
        "shop/dev   region eu-west-1   pattern monolith   6 resources in 2 components, 1 read",
        "",
        "shop.Web       web",
        "├── shop.Network                  web-network",
        "│   ├── ec2.Vpc     web-vpc  cidrBlock=10.0.0.0/16",
        "│   └── ec2.Subnet  web-public-a  cidrBlock=10.0.0.0/24  availabilityZone=eu-west-1a",
        "├── ec2.SecurityGroup             web-alb",
        "├── vpc.SecurityGroupIngressRule  web-from-alb  ports=8000/tcp  from=web-alb",
        "└── ecs.Service                   web  desiredCount=2  capacity=FARGATE:1,FARGATE_SPOT:3  (protected)  "
        "(ignores desiredCount)",
        "ssm.Parameter  password",
        "kms.Key        shared  (read only)",
        "",
        "Resources",
        "  ec2    3  SecurityGroup 1, Subnet 1, Vpc 1",
        "  ecs    1  Service 1",
        "  ssm    1  Parameter 1",
        "  vpc    1  SecurityGroupIngressRule 1",
        "",
        "Outputs",
        "  all       [{of: [secret]}, known after up]",
        "  count     3",
        "  password  [secret]",
        "  url       known after up",
        "",
        "Warnings",
        "  - one NAT gateway serves all zones",
        "",
        "Notes",
        "  - eks.scaling.requests is not used on ECS (web)",
    ]


def test_no_secret_is_printed() -> None:
    assert PASSWORD not in printed(web_shop())


def test_an_empty_program_has_a_heading_and_nothing_else() -> None:
    assert printed(graph()) == "shop/dev   0 resources\n"


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_on_a_narrow_terminal_lines_wrap_and_no_name_is_lost(width: int) -> None:
    text = printed(web_shop(), width)
    assert all(len(line) <= width for line in text.splitlines()), "no line is wider than the terminal"
    for member in list(web_shop())[1:]:
        assert member.name in text, f"{member.name} must stay whole at {width} columns"


def test_a_note_that_wraps_continues_beneath_its_beginning() -> None:
    text = printed(graph(logs=(Log("info", "a minimum of two tasks means nothing to Lambda"),)), 40)
    assert text.splitlines()[-2:] == ["  - a minimum of two tasks means nothing", "    to Lambda"]


def test_a_wide_console_keeps_one_line_a_resource_without_padding() -> None:
    lines = printed(web_shop(), 100_000).splitlines()
    assert max(map(len, lines)) < 130
    assert all(line == line.rstrip() for line in lines), "a pipe gets no trailing blanks"


def test_a_plain_encoding_gets_plain_guides() -> None:
    class Ascii(StringIO):
        encoding = "ascii"

    console = Console(file=Ascii(), width=200, color_system=None)
    with console.capture() as captured:
        console.print(table(web_shop()))
    assert captured.get().isascii()
    assert "+-- " in captured.get()


def test_names_cannot_carry_escape_sequences_or_markup() -> None:
    text = printed(graph(resource("aws:sqs/queue:Queue", "\x1b[31m[red]x"), outputs={"o\nut": "\x1b[2J"}))
    assert "\x1b" not in text, "the terminal is not the program's to control"
    assert "[red]x" in text, "brackets are part of the name"


def test_one_very_long_type_does_not_push_the_names_of_its_siblings_away() -> None:
    long = "my:index:" + "Long" * 20
    text = printed(graph(resource(long, "a"), resource("aws:sqs/queue:Queue", "b")))
    assert "sqs.Queue  b" in text


def test_a_deep_tree_is_drawn_whole() -> None:
    parent = resource("my:index:Level", "level-0", custom=False)
    levels = [parent]
    for depth in range(1, 60):
        levels.append(
            resource("my:index:Level", f"level-{depth}", custom=False, parent=urn("my:index:Level", parent.name))
        )
        parent = levels[-1]
    assert "level-59" in printed(graph(*levels), 400)

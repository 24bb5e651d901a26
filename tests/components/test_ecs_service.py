"""An ECS service: what it is with the least and with everything set, and what is refused."""

@pytest.mark.parametrize("mode", MODES)
def test_only_what_is_required_gives_a_worker_in_private_subnets(mode: Mode) -> None:
    graph = service(WORKER, mode)
    inputs = graph.one(SERVICE).inputs
    assert inputs["networkConfiguration"]["assignPublicIp"] is False
    assert inputs["networkConfiguration"]["subnets"] == ["subnet-private-a", "subnet-private-b"]
    assert "loadBalancers" not in inputs
    assert graph.of_type(TARGET_GROUP) == graph.of_type(LISTENER_RULE) == graph.of_type(INGRESS_RULE) == []


@pytest.mark.parametrize("mode", MODES)
def test_everything_set_is_honoured(mode: Mode) -> None:
    graph = service(EVERYTHING, mode)
    task = graph.one(TASK_DEFINITION).inputs
    assert (task["cpu"], task["memory"], task["runtimePlatform"]["cpuArchitecture"]) == ("1024", "4096", "X86_64")
    inputs = graph.one(SERVICE).inputs
    assert inputs["networkConfiguration"]["subnets"] == ["subnet-public-a", "subnet-public-b"]
    assert inputs["networkConfiguration"]["assignPublicIp"] is True
    assert [(s["capacityProvider"], s.get("base"), s["weight"]) for s in inputs["capacityProviderStrategies"]] == [
        ("FARGATE", 2, 25),
        ("FARGATE_SPOT", None, 75),
    ]
    target_group = graph.one(TARGET_GROUP).inputs
    assert target_group["healthCheck"]["path"] == "/health"
    assert [balancer["containerPort"] for balancer in inputs["loadBalancers"]] == [9000]
    assert names(graph.of_type(EGRESS_RULE)) == {"shop-egress-443", "shop-egress-5432", "shop-requests-out"}
    assert names(graph.of_type(POLICY)) == {"shop-cpu", "shop-memory", "shop-requests"}
    assert (graph.one(TARGET).inputs["minCapacity"], graph.one(TARGET).inputs["maxCapacity"]) == (3, 12)
    assert graph.one(LOG_GROUP).inputs["retentionInDays"] == 90


def test_tasks_let_in_the_load_balancer_alone() -> None:
    graph = service(WEB)
    (rule,) = graph.of_type(INGRESS_RULE)
    assert rule.inputs["referencedSecurityGroupId"] == "sg-load-balancer"
    assert (rule.inputs["fromPort"], rule.inputs["toPort"]) == (8000, 8000)
    (out,) = [r for r in graph.of_type(EGRESS_RULE) if r.inputs["securityGroupId"] == "sg-load-balancer"]
    assert (out.inputs["fromPort"], out.inputs["toPort"]) == (8000, 8000)


def test_values_that_are_not_known_yet_are_taken() -> None:
    def program() -> None:
        unknown = pulumi.Output.from_input("0.5 vCPU")
        EcsService("shop", dataclasses.replace(WEB, cpu=unknown, image=ImageRef(uri=pulumi.Output.from_input("x"))))

    assert record(program, mode=Mode.UPDATE).one(TASK_DEFINITION).inputs["cpu"] == "512"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"cpu": "0.5 vCPU", "memory": "16 GB"}, "shop.memory is '16 GB'; with 0.5 vCPU Fargate offers"),
        ({"port": 80}, "shop.port is 80; it must be 1024 to 65535"),
        ({"drain_seconds": 300}, "shop.drain_seconds is 300; it must be 1 to 105"),
        ({"health": HealthArgs(live="livez")}, "shop.health.live is 'livez'; it must be a path that starts with a"),
        ({"scaling": ScalingArgs(min=5, max=2)}, "shop.scaling.min is 5, more than shop.scaling.max, 2"),
        ({"scaling": ScalingArgs(min=-1)}, "shop.scaling.min is -1; it must be 0 to 5000"),
        ({"scaling": ScalingArgs(cpu=120)}, "shop.scaling.cpu is 120; it must be 10 to 95"),
        ({"spot": SpotArgs(share=101)}, "shop.spot.share is 101; it must be 0 to 100"),
        ({"env": {"DB_PASSWORD": "hunter2"}}, "shop.env.DB_PASSWORD looks like a secret"),
        ({"env": {"PORT": "1"}}, "shop.env.PORT is set by the runtime"),
        ({"secrets": {"KEY": "hunter2"}}, "shop.secrets.KEY must be the ARN"),
        ({"route": None, "requests": 5}, "shop.requests does not apply to a worker"),
        ({"command": []}, "shop.command is an empty list"),
    ],
)
def test_a_service_that_cannot_run_is_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        service(dataclasses.replace(WEB, **change))


def test_a_name_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(UsageError, match="a target group here can have 24"):
        record(lambda: EcsService("s" * 25, WEB))


def test_public_addresses_need_public_subnets() -> None:
    network = dataclasses.replace(existing_network(), public_subnet_ids=[])
    args = dataclasses.replace(WEB, network=network, assign_public_ip=True)
    with pytest.raises(UsageError, match="shop.assign_public_ip is true, and the network has no public subnets"):
        service(args)


@pytest.mark.parametrize("mode", MODES)
def test_a_cluster_can_move_to_spot_and_back(mode: Mode) -> None:
    graph = record(lambda: EcsCluster("shop", EcsClusterArgs()), mode=mode)
    assert graph.one(CLUSTER).inputs["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    providers = graph.one("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders")
    assert providers.inputs["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]

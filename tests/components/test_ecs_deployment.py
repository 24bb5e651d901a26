"""How an ECS service is replaced without failing a request, scales, and is told apart from what it should be."""

def test_a_deployment_never_goes_below_what_runs_and_rolls_back() -> None:
    inputs = service(WEB).one(SERVICE).inputs
    assert inputs["deploymentMinimumHealthyPercent"] == 100
    assert inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert inputs["waitForSteadyState"] is True


def test_tasks_are_checked_before_they_get_requests_and_get_none_when_they_leave() -> None:
    graph = service(WEB)
    attachment, rule = graph.one(LISTENER_RULE, "shop-attachment"), graph.one(LISTENER_RULE, "shop")
    assert attachment.inputs["conditions"] == [{"hostHeader": {"values": ["shop.invalid"]}}], "it matches nothing"
    assert attachment.urn in graph.one(SERVICE).dependencies, "ECS refuses a target group that no load balancer uses"
    assert graph.one(SERVICE).urn in rule.dependencies, "a rule that leads to no task yet answers 503"
    assert attachment.inputs["priority"] != rule.inputs["priority"]


def test_another_load_balancer_gets_another_target_group() -> None:
    assert service(WEB).one(TARGET_GROUP).options.replacement_trigger == "app/lb/1", (
        "AWS lets a target group be used by one load balancer only"
    )


def test_another_port_cuts_nobody_off() -> None:
    before, after = service(WEB), service(dataclasses.replace(WEB, port=9000))
    assert before.one(TARGET_GROUP).inputs == after.one(TARGET_GROUP).inputs, "a replaced group starts empty"
    rules = [r for r in after if r.name.startswith("shop-requests")]
    assert len(rules) == 2
    assert all(set(r.options.replace_on_changes) == {"fromPort", "toPort"} for r in rules), (
        "the new way in is there before the old one goes"
    )


def test_autoscaling_owns_the_count_while_it_is_on() -> None:
    assert service(WEB).one(SERVICE).options.ignore_changes == ("desiredCount",)
    fixed = service(dataclasses.replace(WEB, scaling=ScalingArgs(min=2, max=2)))
    assert fixed.one(SERVICE).options.ignore_changes == ()
    assert fixed.of_type(TARGET) == []


def test_a_strategy_is_always_set_so_that_spot_replaces_no_service() -> None:
    inputs = service(WEB).one(SERVICE).inputs
    assert inputs["capacityProviderStrategies"] == [{"base": 0, "capacityProvider": "FARGATE", "weight": 1}]
    assert "launchType" not in inputs
    assert inputs["forceNewDeployment"] is True, "AWS refuses to change the strategy without it"


def test_requests_scale_on_this_target_group() -> None:
    graph = service(EVERYTHING)
    policy = graph.one(POLICY, "shop-requests").inputs["targetTrackingScalingPolicyConfiguration"]
    label = policy["predefinedMetricSpecification"]["resourceLabel"]
    assert label == f"app/lb/1/{graph.one(TARGET_GROUP).outputs['arnSuffix']}"


def test_a_deployment_that_was_rolled_back_fails_the_update() -> None:
    older = {"aws:ecs/getService:getService": {"taskDefinition": "arn:aws:ecs:eu-west-1:1:task-definition/shop:6"}}
    with pytest.raises(UsageError, match=r"runs arn:.*shop:6, not arn:.*run `pulumi up --refresh`"):
        service(WEB, answers=older)


def test_what_runs_is_said_when_it_is_what_was_asked_for() -> None:
    graph = service(WEB)
    assert (
        graph.one("fastapi-on-aws:index:EcsService").outputs["taskDefinitionArn"]
        == (graph.one(TASK_DEFINITION).outputs["arn"])
    )

use insta::assert_snapshot;

use crate::support::TestEnv;
use crate::support::served::Served;

#[test]
fn what_cannot_work_is_refused_with_what_can() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["autoscale", "web", "--max=3", "--cpu=70%"]), @"
    code: 2
    --- stderr
    error: --cpu cannot work: Workloads are no Pods, so the autoscaler has nobody's usage to read
    help: scale by a metric of something else: --external-metric=NAME or --object=KIND/NAME:METRIC, with --average-value
    ");
    assert_snapshot!(env.run(&["autoscale", "web", "--max=3"]), @"
    code: 2
    --- stderr
    error: a metric is required: Workloads are no Pods, so there is none by default
    help: --external-metric=NAME or --object=KIND/NAME:METRIC
    ");
    assert_snapshot!(env.run(&["autoscale", "web", "--external-metric=x"]), @"
    code: 2
    --- stderr
    error: --max=MAXPODS is required and must be at least 1, max: -1
    ");
    assert_snapshot!(env.run(&["autoscale", "web", "--max=3", "--external-metric=x"]), @"
    code: 2
    --- stderr
    error: --average-value is required
    help: it says how much of the metric each replica is to get, such as 100 messages
    ");
    assert_snapshot!(env.run(&["autoscale", "wrs/web", "--max=3", "--external-metric=x", "--average-value=1"]), @"
    code: 2
    --- stderr
    error: cannot autoscale a WorkloadReplicaSet
    help: it has no scale subresource: autoscale the WorkloadDeployment that makes it
    ");
}

#[test]
fn an_autoscaler_that_can_work_is_printed() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    let words = ["autoscale", "hello", "--min=1", "--max=5", "--external-metric=queue,name=q", "--average-value=100"];
    assert_snapshot!(served.run(&[&words[..], &["--dry-run=client", "-o", "yaml"]].concat()), @r#"
    code: 0
    --- stdout
    ---
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata:
      name: hello
      namespace: default
    spec:
      maxReplicas: 5
      metrics:
      - external:
          metric:
            name: queue
            selector:
              matchLabels:
                name: q
          target:
            averageValue: "100"
            type: AverageValue
        type: External
      minReplicas: 1
      scaleTargetRef:
        apiVersion: runtime.wasmcloud.dev/v1alpha1
        kind: WorkloadDeployment
        name: hello
    "#);
    assert_snapshot!(served.run(&[&words[..], &["--dry-run=client"]].concat()), @"
    code: 0
    --- stdout
    horizontalpodautoscaler.autoscaling/hello autoscaled (dry run)
    ");
}

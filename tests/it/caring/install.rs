use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn a_controller_can_be_exported_without_a_cluster() {
    let words = ["install", "--controller", "--image=registry.example.com/kubectl-wasmcloud:1", "--export"];
    let told = TestEnv::new().run(&words);
    assert_eq!(told.matches("\nkind: CustomResourceDefinition\n").count(), 5, "{told}");
    let controller = &told[told.find("kind: Namespace").unwrap()..];
    let pod = &controller[controller.find("      containers:").unwrap()..];
    assert_snapshot!(pod, @"
    containers:
    - args:
      - run-controller
      - --nats-url=nats://nats:4222
      env:
      - name: OPERATOR_NAMESPACE
        valueFrom:
          fieldRef:
            fieldPath: metadata.namespace
      image: registry.example.com/kubectl-wasmcloud:1
      livenessProbe:
        httpGet:
          path: /healthz
          port: probes
        periodSeconds: 10
      name: controller
      ports:
      - containerPort: 8081
        name: metrics
      - containerPort: 8082
        name: probes
      readinessProbe:
        httpGet:
          path: /readyz
          port: probes
        periodSeconds: 10
      resources:
        limits:
          memory: 256Mi
        requests:
          cpu: 50m
          memory: 32Mi
      securityContext:
        allowPrivilegeEscalation: false
        capabilities:
          drop:
          - ALL
        readOnlyRootFilesystem: true
    securityContext:
      runAsNonRoot: true
      runAsUser: 65532
      seccompProfile:
        type: RuntimeDefault
    serviceAccountName: wasmcloud-controller
    terminationGracePeriodSeconds: 15
    ");
}

#[test]
fn flags_that_the_controller_could_not_read_are_refused_here() {
    let words = ["install", "--controller", "--image=x", "--export", "--", "--no-such-flag"];
    assert_snapshot!(TestEnv::new().run(&words), @"
    code: 2
    --- stderr
    error: the controller could not start: unexpected argument '--no-such-flag' found
    help: `kubectl wasmcloud run-controller --help` shows its flags
    ");
    assert_snapshot!(TestEnv::new().run(&["install", "--controller"]), @"
    code: 2
    --- stderr
    error: the following required arguments were not provided:
      --image <REF>

    Usage: kubectl wasmcloud install --controller --image <REF> [-- <FLAGS>...]

    For more information, try '--help'.
    ");
}

#[cfg(feature = "local")]
#[test]
fn where_no_deployments_run_nothing_of_a_controller_is_left() {
    let served = crate::support::served::Served::with_hosts(&[]);
    let told = served.run(&["install", "--controller", "--image=x"]);
    assert!(told.starts_with("code: 2"), "{told}");
    assert!(told.contains("this server runs no Deployments") && !told.contains("serviceaccount"), "{told}");
}

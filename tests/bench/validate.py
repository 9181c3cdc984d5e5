"""Times `validate` beside kubeconform, both with the same schemas and the same files; no server is needed.

Usage: validate.py BINARY KUBECONFORM [RUNS]. 2,000 files with a deployment each are validated RUNS times, in turn; medians of
wall time, CPU time and peak memory are printed, with the share of kubeconform's: the median of the shares of each turn. Then
one file: the cold start.
"""

import json, os, subprocess, sys, tempfile

from cli import in_turn, median

FILES = 2000

DEPLOYMENT = """\
apiVersion: runtime.wasmcloud.dev/v1alpha1
kind: WorkloadDeployment
metadata:
  name: web-{number:04}
  namespace: team-{team}
  labels:
    app.kubernetes.io/name: web-{number:04}
spec:
  replicas: {replicas}
  deployPolicy: RollingUpdate
  template:
    labels:
      app: web-{number:04}
    spec:
      environment: production
      hostSelector:
        hostgroup: default
      components:
      - name: http
        image: registry.example.com/team-{team}/web:1.{number}.0
        imagePullPolicy: IfNotPresent
        poolSize: 10
        maxInvocations: 1000
        localResources:
          environment:
            config:
              LOG_LEVEL: info
              GREETING: hello {number}
          allowedHosts:
          - api.example.com
      hostInterfaces:
      - namespace: wasi
        package: http
        interfaces:
        - incoming-handler
        config:
          host: web-{number:04}.example.com
      - namespace: wasi
        package: keyvalue
        interfaces:
        - store
        - atomics
"""


def write_files(directory):
    os.mkdir(directory)
    for number in range(FILES):
        with open(f"{directory}/{number:04}.yaml", "w") as file:
            file.write(DEPLOYMENT.format(number=number, team=number % 20, replicas=number % 7))


def closed(schema):
    """A schema that refuses unknown fields, as the API server's strict validation does."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: closed(value) for key, value in schema.items()}
    if "properties" in schema and "additionalProperties" not in schema:
        schema["additionalProperties"] = False
    return schema


def write_schemas(binary, directory):
    """The program's own definitions, as kubeconform reads schemas."""
    os.mkdir(directory)
    printed = subprocess.run([binary, "crds", "-o", "json"], check=True, stdout=subprocess.PIPE).stdout
    for crd in json.loads(printed)["items"]:
        for version in crd["spec"]["versions"]:
            schema = closed(version["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {"type": "object"}
            with open(f"{directory}/{crd['spec']['names']['kind'].lower()}_{version['name']}.json", "w") as file:
                json.dump(schema, file)


def main():
    binary, kubeconform = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 15
    os.environ.setdefault("REAL_KUBECONFIG", "/dev/null")
    with tempfile.TemporaryDirectory() as directory:
        files, schemas = f"{directory}/files", f"{directory}/schemas"
        write_files(files)
        write_schemas(binary, schemas)
        location = schemas + "/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json"
        print("| | ours | kubeconform | share of kubeconform's |\n| --- | --- | --- | --- |")
        for label, path in ((f"{FILES:,} files", files), ("one file", f"{files}/0000.yaml")):
            commands = [[binary, "validate", "-f", path], [kubeconform, "-schema-location", location, path]]
            turns = in_turn(commands, runs)
            ours, theirs = (median(rows) for rows in zip(*turns))
            share = median([[mine / other for mine, other in zip(*turn)] for turn in turns])
            shown = [f"{wall * 1000:.0f} ms, CPU {cpu * 1000:.0f} ms, {memory:.0f} MiB" for wall, cpu, memory in (ours, theirs)]
            print(f"| `validate`, {label} | {shown[0]} | {shown[1]} | {share[0]:.2f}, CPU {share[1]:.2f}, memory {share[2]:.2f} |")


if __name__ == "__main__":
    main()

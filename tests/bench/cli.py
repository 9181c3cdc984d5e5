"""Times the command line beside kubectl, both against the kube-apiserver that tests/real/run has started.

Usage: cli.py BINARY [RUNS]. Each command runs RUNS times, in turn with those it is compared with; the median of the wall
time, of the CPU time and of the peak memory are printed, with the share of kubectl's.
"""

import json, os, statistics, subprocess, sys, tempfile, time

OBJECTS = 2000


def environment():
    return {"HOME": os.environ["HOME"], "PATH": "/usr/bin:/bin", "KUBECONFIG": os.environ["REAL_KUBECONFIG"]}


def measure(command):
    """Wall seconds, CPU seconds and peak MiB of one run."""
    # A program that Python starts itself is charged with what Python had in memory before.
    with tempfile.NamedTemporaryFile("r") as peak, open(os.devnull, "w") as nowhere:
        timed = ["/usr/bin/time", "--format=%M", f"--output={peak.name}", *command]
        started = time.perf_counter()
        process = subprocess.Popen(timed, stdin=subprocess.DEVNULL, stdout=nowhere, env=environment())
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{command} ended with {process.returncode}")
        return wall, usage.ru_utime + usage.ru_stime, int(peak.read().split()[-1]) / 1024


def medians(commands, runs):
    for command in commands:
        measure(command)
    measured = [[measure(command) for command in commands] for _ in range(runs)]
    return [[statistics.median(run[index][what] for run in measured) for what in range(3)] for index in range(len(commands))]


def fill(binary, kubectl):
    """A namespace with 2,000 Workloads as they stand in clusters."""
    subprocess.run([binary, "install"], check=True, env=environment(), stdout=subprocess.DEVNULL)
    subprocess.run([kubectl, "create", "namespace", "bench-cli"], check=True, env=environment(), stdout=subprocess.DEVNULL)
    interface = {"namespace": "wasi", "package": "http", "interfaces": ["incoming-handler"], "config": {"host": "hello.example.com"}}
    spec = {"components": [{"name": "http", "image": "registry.example.com/hello:1"}], "hostInterfaces": [interface]}
    kind = {"apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Workload"}
    items = [{**kind, "metadata": {"name": f"hello-{number:04}"}, "spec": spec} for number in range(OBJECTS)]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"apiVersion": "v1", "kind": "List", "items": items}, file)
        file.flush()
        create = [kubectl, "create", "--namespace", "bench-cli", "-f", file.name]
        subprocess.run(create, check=True, env=environment(), stdout=subprocess.DEVNULL)


def main():
    binary, runs = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20
    kubectl = os.path.join(os.environ["REAL_BIN"], "kubectl")
    print("| command | wall | CPU | peak memory |\n| --- | --- | --- | --- |")
    for words in ["version --client", "--help", "completion bash", "__complete get wd -o j"]:
        [[wall, cpu, memory]] = medians([[binary, *words.split()]], runs)
        print(f"| `{words}` | {wall * 1000:.0f} ms | {cpu * 1000:.0f} ms | {memory:.0f} MiB |")
    fill(binary, kubectl)
    for words in ["get workloads", "get workloads -o name", "get workloads -o json"]:
        ours, theirs = medians([[program, *words.split(), "--namespace", "bench-cli"] for program in (binary, kubectl)], runs)
        share = [mine / other for mine, other in zip(ours, theirs)]
        for name, (wall, cpu, memory) in (("ours", ours), ("kubectl", theirs)):
            print(f"| `{words}`, {OBJECTS:,} of them: {name} | {wall:.3f} s | {cpu:.3f} s | {memory:.0f} MiB |")
        print(f"| … share of kubectl's | {share[0]:.2f} | {share[1]:.2f} | {share[2]:.2f} |")


if __name__ == "__main__":
    main()

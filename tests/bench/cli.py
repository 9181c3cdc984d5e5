"""Times the command line beside kubectl, both against the kube-apiserver that tests/real/run has started.

Usage: cli.py BINARY [RUNS]. Each command runs RUNS times, in turn with those it is compared with; the median of the wall
time, of the CPU time and of the peak memory are printed, with the share of kubectl's: the median of the shares of each turn,
which holds where others work on the machine.
"""

import json, os, statistics, subprocess, sys, tempfile, time

SIZES = [2000, 10000]


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


def median(rows):
    return [statistics.median(column) for column in zip(*rows)]


def in_turn(commands, runs):
    """What each run of each command took, a list of turns."""
    for command in commands:
        measure(command)
    return [[measure(command) for command in commands] for _ in range(runs)]


def fill(kubectl, objects):
    """A namespace with so many Workloads as they stand in clusters; its name."""
    namespace = f"bench-{objects}"
    subprocess.run([kubectl, "create", "namespace", namespace], check=True, env=environment(), stdout=subprocess.DEVNULL)
    interface = {"namespace": "wasi", "package": "http", "interfaces": ["incoming-handler"], "config": {"host": "hello.example.com"}}
    spec = {"components": [{"name": "http", "image": "registry.example.com/hello:1"}], "hostInterfaces": [interface]}
    kind = {"apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Workload"}
    items = [{**kind, "metadata": {"name": f"hello-{number:05}"}, "spec": spec} for number in range(objects)]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"apiVersion": "v1", "kind": "List", "items": items}, file)
        file.flush()
        create = [kubectl, "create", "--namespace", namespace, "-f", file.name]
        subprocess.run(create, check=True, env=environment(), stdout=subprocess.DEVNULL)
    return namespace


def compare(binary, kubectl, words, namespace, runs):
    commands = [[program, *words.split(), "--namespace", namespace] for program in (binary, kubectl)]
    turns = in_turn(commands, runs)
    for name, rows in (("ours", [ours for ours, _ in turns]), ("kubectl", [theirs for _, theirs in turns])):
        wall, cpu, memory = median(rows)
        print(f"| `{words}`, {namespace}: {name} | {wall:.3f} s | {cpu:.3f} s | {memory:.0f} MiB |")
    wall, cpu, memory = median([[mine / other for mine, other in zip(*turn)] for turn in turns])
    print(f"| … share of kubectl's | {wall:.2f} | {cpu:.2f} | {memory:.2f} |", flush=True)


def main():
    binary, runs = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20
    kubectl = os.path.join(os.environ["REAL_BIN"], "kubectl")
    print("| command | wall | CPU | peak memory |\n| --- | --- | --- | --- |")
    for words in ["version --client", "--help", "completion bash", "__complete get wd -o j"]:
        wall, cpu, memory = median([run for [run] in in_turn([[binary, *words.split()]], runs)])
        print(f"| `{words}` | {wall * 1000:.0f} ms | {cpu * 1000:.0f} ms | {memory:.0f} MiB |")
    subprocess.run([binary, "install"], check=True, env=environment(), stdout=subprocess.DEVNULL)
    for objects in SIZES:
        namespace = fill(kubectl, objects)
        for words in ["get workloads", "get workloads -o name", "get workloads -o json"]:
            compare(binary, kubectl, words, namespace, runs)


if __name__ == "__main__":
    main()

//! What nobody writes by hand, given to the binary under a limit of memory: it comes to an end within it, and says what it
//! could not do. Those that take long run with the tests that need real servers.

mod large;
mod registries;

use std::process::{Command, Output};

use insta::assert_snapshot;

use crate::support::TestEnv;

/// Runs it with no more than so many MiB of data; what allocates more is ended.
fn limited(env: &TestEnv, mebibytes: u64, words: &[&str]) -> Output {
    let program = env.program(words);
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "ulimit -d $1 && shift && exec \"$@\"", "sh", &(mebibytes * 1024).to_string()]);
    shell.arg(program.get_program()).args(program.get_args()).current_dir(env.home()).env_clear();
    shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    // Threads have memory of their own.
    shell.envs([("RAYON_NUM_THREADS", "2"), ("TOKIO_WORKER_THREADS", "2"), ("MALLOC_ARENA_MAX", "4")]);
    shell.output().unwrap()
}

/// The same, as text to compare.
fn told(env: &TestEnv, mebibytes: u64, words: &[&str]) -> String {
    env.told(&limited(env, mebibytes, words))
}

/// Validates a text within 400 MiB.
fn validated(name: &str, content: &str) -> String {
    let env = TestEnv::new();
    env.file(name, content);
    told(&env, 400, &["validate", "-f", name])
}

/// A deployment up to its `spec`.
const HEAD: &str = "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: WorkloadDeployment\nmetadata:\n  name: web\n";

#[test]
fn a_limit_is_a_limit() {
    let env = TestEnv::new();
    std::fs::write(env.file("a.yaml", ""), vec![b'#'; 64 * 1024 * 1024]).unwrap();
    let words = ["validate", "-f", "a.yaml"];
    assert_eq!(limited(&env, 600, &words).status.code(), Some(0));
    assert_eq!(limited(&env, 60, &words).status.code(), None, "it is ended");
}

#[test]
fn aliases_do_not_multiply() {
    let line = |n: usize| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", "));
    let lines: String = (1..12).map(line).collect();
    assert_snapshot!(validated("a.yaml", &format!("a0: &a0 lol\n{lines}")), @"
    code: 1
    --- stdout
    a.yaml:8:10: error[WC0001]: it has more than the 1000000 values behind anchors that are read
      help: write out what the anchors stand for, or divide it into several files
    0 objects in 1 file: 1 error
    ");
    // In braces, as JSON has them.
    let line = |n: usize| {
        format!(
            "\"a{n}\": &a{n} {{{}}},\n",
            (0..9).map(|k| format!("\"{k}\": *a{}", n - 1)).collect::<Vec<_>>().join(", ")
        )
    };
    let lines: String = (1..12).map(line).collect();
    assert_snapshot!(validated("a.json", &format!("{{\"a0\": &a0 lol,\n{lines}\"end\": 1}}")), @"
    code: 1
    --- stdout
    a.json:7:77: error[WC0001]: it has more than the 1000000 values behind anchors that are read
      help: write out what the anchors stand for, or divide it into several files
    0 objects in 1 file: 1 error
    ");
    // One long text, many times.
    let long = format!("a: &a {}\nb:\n{}", "x".repeat(1_000_000), "- *a\n".repeat(40_000));
    assert_snapshot!(validated("a.yaml", &long), @"
    code: 1
    --- stdout
    a.yaml:69:3: error[WC0001]: it has more than the 67108864 bytes of text that are read
      help: divide it into several files, or look for what has made it so large
    0 objects in 1 file: 1 error
    ");
    assert_snapshot!(validated("a.yaml", "a: &a [*a]\n"), @"
    code: 1
    --- stdout
    a.yaml:1:8: error[WC0001]: Recursive reference not allowed here
      help: what belongs to one object begins in one column, and what is opened is closed: look at this line and at those before it
    0 objects in 1 file: 1 error
    ");
    let merged: String = (1..30)
        .map(|n| format!("a{n}: &a{n} {{<<: [{}], k{n}: 1}}\n", vec![format!("*a{}", n - 1); 9].join(", ")))
        .collect();
    assert_snapshot!(validated("a.yaml", &format!("a0: &a0 {{k: 1}}\n{merged}")), @"
    code: 1
    --- stdout
    a.yaml:7:15: error[WC0001]: it has more than the 10000 merge keys (<<) that are read
      help: write out what the anchors stand for, or divide it into several files
    0 objects in 1 file: 1 error
    ");
}

#[test]
fn what_nests_deep_is_refused() {
    for content in ["[".repeat(1_000_000), "{\"a\":".repeat(200_000), "- ".repeat(200_000), "? ".repeat(200_000)] {
        let said = validated("a.yaml", &content);
        assert!(
            said.starts_with("code: 1\n") && said.contains("error[WC0001]: it has more than the 64 levels"),
            "{said}"
        );
    }
    let nested: String = (0..5000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    assert_snapshot!(validated("a.yaml", &nested), @"
    code: 1
    --- stdout
    a.yaml:65:65: error[WC0001]: it has more than the 64 levels of nesting that are read
      help: no manifest nests a quarter as deep: look for brackets that are not closed
    0 objects in 1 file: 1 error
    ");
    let json = format!("{HEAD}spec: {}1{}\n", "{\"a\": ".repeat(60), "}".repeat(60));
    assert_snapshot!(validated("a.yaml", &json), @"
    code: 1
    --- stdout
    a.yaml:5:1: error[WC0102]: spec.template: Required value
      help: add
            template:
              spec:
                components:
                - name: web
                  image: REGISTRY/NAME:TAG
    a.yaml:5:8: error[WC0101]: unknown field spec.a
      help: take it out, or use one of artifacts, deployPolicy, kubernetes, replicas, template
    1 object in 1 file: 2 errors
    ");
    // JSON may nest deeper than YAML; what looks at it does not mind.
    let object =
        r#"{"apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Artifact", "metadata": {"name": "a"}, "spec": "#;
    for levels in [50, 120, 100_000] {
        let said = validated("a.json", &format!("{object}{}1{}}}", "{\"a\": [".repeat(levels), "]}".repeat(levels)));
        assert!(said.starts_with("code: 1\n"), "{said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_no_file_stops_nothing() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let env = TestEnv::new();
    env.file("all/ok.yaml", "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata: {name: a}\nspec: {image: a.io/b:1.0.0}\n");
    env.file("all/dir.yaml/a.yaml", "a: 1\n");
    let at = |name: &str| env.home().join("all").join(name);
    symlink("nowhere", at("broken.yaml")).unwrap();
    symlink("loop-b.yaml", at("loop-a.yaml")).unwrap();
    symlink("loop-a.yaml", at("loop-b.yaml")).unwrap();
    symlink("/dev/zero", at("zero.yaml")).unwrap();
    symlink("..", at("up.yaml")).unwrap();
    assert!(Command::new("mkfifo").arg(at("pipe.yaml")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(at("socket.yaml")).unwrap();
    assert_snapshot!(told(&env, 200, &["validate", "-f", "all", "-R"]), @"
    code: 1
    --- stdout
    all/dir.yaml/a.yaml:1:1: error[WC0004]: apiVersion is missing
      help: such as apiVersion: runtime.wasmcloud.dev/v1alpha1 and kind: WorkloadDeployment
    all/broken.yaml:1:1: error[WC0001]: it cannot be read: No such file or directory (os error 2)
      help: the link leads to nothing: mend it, or take it away
    all/loop-a.yaml:1:1: error[WC0001]: it cannot be read: Too many levels of symbolic links (os error 40)
      help: take it away, or name the files that are meant
    all/loop-b.yaml:1:1: error[WC0001]: it cannot be read: Too many levels of symbolic links (os error 40)
      help: take it away, or name the files that are meant
    all/pipe.yaml:1:1: error[WC0001]: it cannot be read: it is no file
      help: take it away, or name the files that are meant
    all/socket.yaml:1:1: error[WC0001]: it cannot be read: it is no file
      help: take it away, or name the files that are meant
    all/zero.yaml:1:1: error[WC0001]: it cannot be read: it is no file
      help: take it away, or name the files that are meant
    1 object in 8 files: 7 errors
    ");
    // Root may read everything.
    std::fs::create_dir(at("locked")).unwrap();
    std::fs::set_permissions(at("locked"), std::fs::Permissions::from_mode(0o000)).unwrap();
    let said = told(&env, 200, &["validate", "-f", "all", "-R"]);
    let locked = "all/locked:1:1: error[WC0001]: it cannot be read: Permission denied (os error 13)\n  help: give yourself the right to read it";
    assert!(said.contains(locked) || std::fs::read_dir(at("locked")).is_ok(), "{said}");
    std::fs::set_permissions(at("locked"), std::fs::Permissions::from_mode(0o700)).unwrap();
    assert_snapshot!(told(&env, 1000, &["validate", "-f", "/dev/zero"]), @"
    code: 1
    --- stdout
    /dev/zero:1:1: error[WC0001]: it cannot be read: it is larger than 256 MiB
      help: divide it into several files: no cluster takes an object of a hundredth of that
    0 objects in 1 file: 1 error
    ");
}

#[test]
fn configurations_of_wash_are_bounded() {
    let env = TestEnv::new();
    let scaffold = |name: &str, content: &str| {
        env.file(name, content);
        told(&env, 400, &["scaffold", "workloaddeployment", "web", "--from-wash-config", name])
    };
    let laughs: String =
        (1..12).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", "))).collect();
    assert_snapshot!(scaffold("config.yaml", &format!("a0: &a0 lol\n{laughs}")), @"
    code: 1
    --- stderr
    error: 1 document cannot be used; nothing was done
    config.yaml:8:10: it has more than the 1000000 values behind anchors that are read
      help: write out what the anchors stand for, or divide it into several files
    ");
    assert_snapshot!(scaffold("config.yaml", &"[".repeat(500_000)), @"
    code: 1
    --- stderr
    error: 1 document cannot be used; nothing was done
    config.yaml:1:256: it has more than the 64 levels of nesting that are read
      help: no manifest nests a quarter as deep: look for brackets that are not closed
    ");
    assert_snapshot!(scaffold("config.json", &"[".repeat(500_000)), @"
    code: 1
    --- stderr
    error: 1 document cannot be used; nothing was done
    config.json:1:2: invalid type: sequence, expected path string
    ");
    assert_snapshot!(scaffold("config.toml", &format!("a = {}", "[".repeat(500_000))), @"
    code: 1
    --- stderr
    error: 1 document cannot be used; nothing was done
    config.toml:1:85: cannot recurse further; max recursion depth met
    ");
    assert_snapshot!(scaffold("config.yaml", &"a: 1\n".repeat(1_000_000)), @"
    code: 1
    --- stderr
    error: 1 document cannot be used; nothing was done
    config.yaml:1: it is larger than 1 MiB
    ");
}

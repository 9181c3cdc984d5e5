//! An API server for one test.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::cluster::{Process, binary, eventually, free_port, get_path, ok, within};

/// How long it may take to be ready.
const PATIENCE: Duration = Duration::from_secs(240);

/// An API server of the test's own, with its etcd, which may be ended and started again.
pub(crate) struct ApiServer {
    dir: tempfile::TempDir,
    etcd_port: u16,
    /// Where it listens.
    pub(crate) port: u16,
    process: Option<Process>,
    _etcd: Process,
}

impl ApiServer {
    /// One that is ready.
    pub(crate) fn start() -> Self {
        let (dir, etcd_port, port) = (tempfile::tempdir().unwrap(), free_port(), free_port());
        let key = dir.path().join("service-account.key");
        ok(Command::new("openssl").args(["genrsa", "-out"]).arg(&key).arg("2048").output().unwrap());
        std::fs::write(dir.path().join("tokens.csv"), "token,admin,admin,system:masters\n").unwrap();
        let clients = format!("http://127.0.0.1:{etcd_port}");
        let mut etcd = Command::new(binary("etcd"));
        etcd.arg("--data-dir").arg(dir.path().join("etcd")).arg("--unsafe-no-fsync=true");
        etcd.args(["--listen-peer-urls", "http://127.0.0.1:0", "--listen-client-urls", &clients]);
        let etcd = Process::start(etcd.args(["--advertise-client-urls", &clients]), dir.path().join("etcd.log"));
        eventually("etcd is ready", || {
            get_path(etcd_port, "localhost", "/readyz").filter(|(status, _)| *status == 200)
        });
        let mut server = Self { dir, etcd_port, port, process: None, _etcd: etcd };
        server.serve();
        server
    }

    /// Starts it, for the first time or again.
    pub(crate) fn serve(&mut self) {
        let at = |name: &str| self.dir.path().join(name);
        let key = at("service-account.key");
        let mut command = Command::new(binary("kube-apiserver"));
        command.args(["--etcd-servers", &format!("http://127.0.0.1:{}", self.etcd_port), "--bind-address=127.0.0.1"]);
        command.args(["--advertise-address=127.0.0.1", "--secure-port", &self.port.to_string()]);
        command.arg("--cert-dir").arg(at("apiserver")).arg("--token-auth-file").arg(at("tokens.csv"));
        command.args(["--service-account-issuer", &format!("https://127.0.0.1:{}/", self.port)]);
        command.arg("--service-account-key-file").arg(&key).arg("--service-account-signing-key-file").arg(&key);
        command.args(["--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24"]);
        command.args(["--allow-privileged=true", "--disable-admission-plugins=ServiceAccount"]);
        self.process = Some(Process::start(&mut command, at("kube-apiserver.log")));
        let kubeconfig = self.kubeconfig(self.port);
        within(PATIENCE, "the API server is ready", || {
            let mut kubectl = Command::new(binary("kubectl"));
            kubectl.env("KUBECONFIG", &kubeconfig).args(["get", "--raw", "/readyz", "--request-timeout=2s"]);
            kubectl.output().unwrap().status.success().then_some(()).ok_or(String::new())
        });
    }

    /// Starts what collects garbage.
    pub(crate) fn collect_garbage(&self) -> Process {
        let mut command = Command::new(binary("kube-controller-manager"));
        command.arg("--kubeconfig").arg(self.kubeconfig(self.port)).args(["--leader-elect=false", "--bind-address"]);
        command.args(["127.0.0.1", "--secure-port", &free_port().to_string()]);
        command.args(["--controllers", "garbage-collector-controller,namespace-controller"]);
        Process::start(&mut command, self.dir.path().join("kube-controller-manager.log"))
    }

    /// Ends it without a farewell.
    pub(crate) fn kill(&mut self) {
        self.process = None;
    }

    /// How to reach it through a port.
    pub(crate) fn kubeconfig(&self, port: u16) -> PathBuf {
        let path = self.dir.path().join(format!("kubeconfig-{port}"));
        let authority = self.dir.path().join("apiserver/apiserver.crt");
        let text = format!(
            "current-context: own\ncontexts: [{{name: own, context: {{cluster: own, user: admin}}}}]\n\
             clusters: [{{name: own, cluster: {{server: 'https://127.0.0.1:{port}', certificate-authority: '{}'}}}}]\n\
             users: [{{name: admin, user: {{token: token}}}}]\n",
            authority.display()
        );
        std::fs::write(&path, text).unwrap();
        path
    }
}

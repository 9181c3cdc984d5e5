//! All the ways into NATS: authorities, client certificates, TLS before the greeting, credentials files.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kubectl_wasmcloud::hosts::nats::{NatsBus, NatsOptions};
use kubectl_wasmcloud::hosts::{BusError, HostBus};
use nkeys::KeyPair;
use serde_json::{Value, json};

use super::cluster::{nats_with, ok};

/// Connects and asks something, to show that the connection is of use; the error with all its causes otherwise.
async fn try_out(options: &NatsOptions) -> Result<(), String> {
    let bus = NatsBus::connect(options).await.map_err(|error| with_causes(&error))?;
    match bus.status("nobody", "x").await {
        Err(BusError::NoResponders) => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn openssl(dir: &Path, args: &[&str]) {
    ok(Command::new("openssl").current_dir(dir).args(args).output().unwrap());
}

/// A certificate signed by the authority in that directory.
fn certificate(dir: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (key, request, cert) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.crt"));
    let subject = format!("/CN={name}");
    openssl(dir, &["req", "-newkey", "rsa:2048", "-nodes", "-keyout", &key, "-out", &request, "-subj", &subject]);
    std::fs::write(dir.join("san"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    let signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "san", "-days", "1"];
    openssl(dir, &[&["x509", "-req", "-in", &request, "-out", &cert], &signed[..]].concat());
    (dir.join(cert), dir.join(key))
}

#[tokio::test]
#[ignore = "real servers"]
async fn tls_with_an_authority_of_ones_own_a_client_certificate_and_the_handshake_first() {
    let dir = tempfile::tempdir().unwrap();
    let here = dir.path();
    let authority = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt"];
    openssl(here, &[&authority[..], &["-subj", "/CN=authority", "-days", "1"]].concat());
    let (cert, key) = certificate(here, "server");
    let client = certificate(here, "client");
    let tls = |more: &str| {
        let (cert, key, ca) = (cert.display(), key.display(), here.join("ca.crt"));
        format!(
            "tls {{ cert_file: \"{cert}\", key_file: \"{key}\", ca_file: \"{}\", verify: true{more} }}",
            ca.display()
        )
    };
    for (more, tls_first) in [("", false), (", handshake_first: true", true)] {
        let (_nats, port) = nats_with(here, &tls(more));
        let all = NatsOptions {
            url: format!("tls://127.0.0.1:{port}"),
            ca: Some(here.join("ca.crt")),
            client_cert: Some(client.clone()),
            tls_first,
            ..NatsOptions::default()
        };
        assert_eq!(try_out(&all).await, Ok(()), "tls first: {tls_first}");
        let untrusting = try_out(&NatsOptions { ca: None, ..all.clone() }).await.unwrap_err();
        assert!(untrusting.contains("certificate"), "{untrusting}");
        let nameless = try_out(&NatsOptions { client_cert: None, ..all }).await.unwrap_err();
        assert!(nameless.contains("cannot connect to NATS"), "{nameless}");
    }
}

/// A JSON web token as NATS reads it.
fn token(claims: &Value, signer: &KeyPair) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", encode(&json!({"typ": "JWT", "alg": "ed25519-nkey"})), encode(claims));
    let signature = signer.sign(text.as_bytes()).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn claims(subject: &KeyPair, issuer: &KeyPair, nats: &Value) -> Value {
    json!({"jti": "1", "iat": 1, "name": "x", "sub": subject.public_key(), "iss": issuer.public_key(), "nats": nats})
}

#[tokio::test]
#[ignore = "real servers"]
async fn a_credentials_file_lets_in_and_a_strange_one_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let (operator, account, user) = (KeyPair::new_operator(), KeyPair::new_account(), KeyPair::new_user());
    let limits = json!({"subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true,
        "conn": -1, "leaf": -1});
    let of_operator = token(&claims(&operator, &operator, &json!({"type": "operator", "version": 2})), &operator);
    let nats = json!({"type": "account", "version": 2, "limits": limits});
    let of_account = token(&claims(&account, &operator, &nats), &operator);
    let nats = json!({"type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1});
    let configuration = format!(
        "operator: {of_operator}\nresolver: MEMORY\nresolver_preload: {{ {}: {of_account} }}\n",
        account.public_key()
    );
    let (_nats, port) = nats_with(dir.path(), &configuration);
    let creds = |name: &str, user: &KeyPair, account: &KeyPair| {
        let (jwt, seed) = (token(&claims(user, account, &nats), account), user.seed().unwrap());
        let text = format!(
            "-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n\
             -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
        );
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        (NatsOptions { url: format!("nats://127.0.0.1:{port}"), creds: Some(path), ..NatsOptions::default() }, seed)
    };
    let (ours, _) = creds("ours.creds", &user, &account);
    assert_eq!(try_out(&ours).await, Ok(()));
    let (strange, seed) = creds("strange.creds", &user, &KeyPair::new_account());
    let refused = try_out(&strange).await.unwrap_err();
    assert!(refused.contains("authorization"), "{refused}");
    assert!(!refused.contains(&seed), "no secret in an error");
    assert!(try_out(&NatsOptions { creds: None, ..ours }).await.unwrap_err().contains("authorization"));
}

//! Handshakes with servers of all kinds, certificates made by openssl: what is accepted, and what is said where it isn't.

use crate::support::{Tls, V12, V13, call, identity, origin, pem, profile, profile_at, text, with};
use fjord_origins::call::CallFault;
use fjord_origins::tls::{Profile, ProfileFault, TlsFault};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::server::TlsStream;

const YEAR: u64 = 365 * 86_400;

/// Answers with what the handshake agreed on.
async fn report(mut stream: TlsStream<TcpStream>) {
    let mut request = [0; 1024];
    if stream.read(&mut request).await.is_err() {
        return;
    }
    let (_, connection) = stream.get_ref();
    let version = connection.protocol_version().unwrap();
    let suite = connection.negotiated_cipher_suite().unwrap().suite();
    let group = connection.negotiated_key_exchange_group().map(|group| group.name());
    let kind = connection.handshake_kind().unwrap();
    let name = connection.server_name().unwrap_or("-").to_owned();
    let client = connection.peer_certificates().is_some();
    let body = format!("{version:?} {suite:?} {group:?} {kind:?} {name} {client}");
    let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(response.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
}

/// What a handshake of this profile with this server agrees on.
async fn agreed(profile: &Profile, host: &str, tls: Tls) -> Result<String, CallFault> {
    let port = origin(tls, report).await;
    text(call(profile, (host, port), ("GET", "/"), None).await?).await
}

async fn agreed_with(options: Value, tls: Tls) -> String {
    agreed(&profile(options).unwrap(), "localhost", tls).await.unwrap()
}

/// The fault of a handshake with this server.
async fn fault(options: Value, tls: Tls) -> TlsFault {
    match agreed(&profile(options).unwrap(), "localhost", tls).await {
        Err(CallFault::Tls(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn own_roots_count_for_all_keys_and_versions() {
    for certificate in ["ec", "p384", "ed25519", "rsa"] {
        for (version, text) in [(V12, "TLSv1_2"), (V13, "TLSv1_3")] {
            let report = agreed_with(json!({}), Tls { versions: version, ..with(certificate) }).await;
            assert!(
                report.starts_with(text) && report.ends_with("localhost false"),
                "{certificate} {report}"
            );
        }
    }
}

#[tokio::test]
async fn insecure_profiles_take_any_certificate() {
    let insecure = || json!({ "insecure": true, "ca": [] });
    for certificate in ["selfsigned", "selfca", "v1", "named", "rsa"] {
        for versions in [V12, V13] {
            agreed_with(insecure(), Tls { versions, ..with(certificate) }).await;
        }
    }
    let late = profile_at(insecure(), 40 * YEAR + 50 * YEAR).unwrap();
    agreed(&late, "localhost", with("ec")).await.unwrap();
}

#[tokio::test]
async fn a_certificate_among_the_roots_is_trusted_by_itself() {
    let options = |name: &str| json!({ "ca": [pem(name)] });
    agreed_with(options("selfca.pem"), with("selfca")).await;
    agreed_with(options("ec.pem"), with("ec")).await;
    let profile = |now| profile_at(options("selfca.pem"), now).unwrap();
    let now = rustls::pki_types::UnixTime::now().as_secs();
    let code = async |now| agreed(&profile(now), "localhost", with("selfca")).await.unwrap_err().code();
    assert_eq!(code(now + YEAR).await, "certificate-expired");
    assert_eq!(code(now - YEAR).await, "certificate-not-yet-valid");
    assert_eq!(fault(options("selfsigned.pem"), with("selfsigned")).await.code(), "wrong-name");
}

#[tokio::test]
async fn certificates_are_refused_by_what_is_wrong_with_them() {
    assert_eq!(fault(json!({ "ca": [pem("other.pem")] }), with("ec")).await, TlsFault::UnknownIssuer);
    assert_eq!(fault(json!({ "ca": [] }), with("ec")).await, TlsFault::UnknownIssuer);
    assert_eq!(
        fault(json!({}), with("named")).await,
        TlsFault::WrongName {
            expected: "localhost".into(),
            presented: vec!["api.test".into(), "*.api.test".into()]
        }
    );
    let now = rustls::pki_types::UnixTime::now().as_secs();
    for (now, code) in [(now + YEAR, "certificate-expired"), (now - YEAR, "certificate-not-yet-valid")] {
        let profile = profile_at(json!({}), now).unwrap();
        let fault = agreed(&profile, "localhost", with("ec")).await.unwrap_err();
        assert_eq!(fault.code(), code);
    }
}

#[tokio::test]
async fn names_and_addresses_are_matched() {
    let profile = profile(json!({})).unwrap();
    let report = async |host, certificate| agreed(&profile, host, with(certificate)).await;
    assert!(report("api.test", "named").await.unwrap().contains(" api.test "));
    report("a.api.test", "named").await.unwrap();
    assert_eq!(report("a.b.api.test", "named").await.unwrap_err().code(), "wrong-name");
    // An address isn't a name: it isn't sent.
    assert!(report("127.0.0.1", "ec").await.unwrap().contains(" - "));
    assert_eq!(report("127.0.0.2", "ec").await.unwrap_err().code(), "wrong-name");
}

#[tokio::test]
async fn client_certificates_are_presented_where_they_fit() {
    let server = |versions| Tls { versions, clients: Some("ca.pem"), ..with("ec") };
    for versions in [V12, V13] {
        for name in ["client", "clientrsa"] {
            let report = agreed_with(json!({ "identities": [identity(name)] }), server(versions)).await;
            assert!(report.ends_with("true"), "{report}");
        }
        // The first one is of an issuer that the origin doesn't name.
        let report = agreed_with(
            json!({ "identities": [identity("stranger"), identity("client")] }),
            server(versions),
        )
        .await;
        assert!(report.ends_with("true"), "{report}");
    }
    assert_eq!(fault(json!({}), server(V13)).await, TlsFault::IdentityRequired);
    assert_eq!(
        fault(json!({ "identities": [identity("stranger")] }), server(V13)).await,
        TlsFault::IdentityRequired
    );
    // An origin that wants none gets none.
    assert!(agreed_with(json!({ "identities": [identity("client")] }), with("ec")).await.ends_with("false"));
}

#[tokio::test]
async fn versions_suites_and_curves_are_restricted() {
    let only = |version: &str| json!({ "min": version, "max": version });
    assert_eq!(fault(only("1.3"), Tls { versions: V12, ..with("ec") }).await, TlsFault::Version);
    assert_eq!(fault(only("1.2"), Tls { versions: V13, ..with("ec") }).await, TlsFault::Version);
    let suites = |numbers: Value| json!({ "max": "1.2", "cipher_suites": numbers });
    for (number, name) in [
        (0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
        (0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
        (0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    ] {
        let report = agreed_with(suites(json!([number, 0x1301])), with("ec")).await;
        assert!(report.contains(name), "{report}");
    }
    assert_eq!(fault(suites(json!([0xc02f])), with("ec")).await.code(), "handshake-refused");
    for (number, name) in [(23, "secp256r1"), (24, "secp384r1"), (29, "X25519")] {
        let report = agreed_with(json!({ "curves": [25, number] }), with("ec")).await;
        assert!(report.contains(name), "{report}");
    }
}

#[tokio::test]
async fn sessions_are_resumed() {
    for versions in [V12, V13] {
        let port = origin(Tls { versions, ..with("ec") }, report).await;
        let profile = profile(json!({})).unwrap();
        let report = async || {
            text(call(&profile, ("localhost", port), ("GET", "/"), None).await.unwrap()).await.unwrap()
        };
        assert!(report().await.contains("Full"));
        assert!(report().await.contains("Resumed"));
    }
}

#[tokio::test]
async fn handshakes_that_fail_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answers: [&[u8]; 3] = [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", &[0x15, 3, 3, 0, 2, 2, 40]];
    tokio::spawn(async move {
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut hello = [0; 2048];
            assert_ne!(socket.read(&mut hello).await.unwrap(), 0);
            socket.write_all(answer).await.unwrap();
        }
    });
    let profile = profile(json!({})).unwrap();
    for code in ["handshake-cut", "not-tls", "handshake-refused"] {
        let fault = call(&profile, ("localhost", port), ("GET", "/"), None).await.map(|_| ()).unwrap_err();
        assert_eq!(fault.code(), code, "{fault}");
    }
}

#[test]
fn profiles_are_refused_by_what_is_wrong_with_them() {
    let fault = |options: Value| profile(options).map(|_| ()).unwrap_err();
    let with_key = |key: &str| json!({ "identities": [{ "certificate": pem("ec.pem"), "key": pem(key) }] });
    assert_eq!(fault(json!({ "ca": ["nothing"] })), ProfileFault::Root(0, "no certificate in it".into()));
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(fault(json!({ "ca": [pem("ca.pem"), broken] })), ProfileFault::Root(1, _)));
    assert_eq!(fault(with_key("rsa.key")), ProfileFault::KeyMismatch(0));
    assert_eq!(fault(with_key("ec.encrypted.key")), ProfileFault::Key(0, "it is encrypted".into()));
    assert!(matches!(fault(with_key("ec.pem")), ProfileFault::Key(0, _)));
    let swapped = json!({ "identities": [{ "certificate": pem("ec.key"), "key": pem("ec.key") }] });
    assert_eq!(fault(swapped), ProfileFault::Certificate(0, "no certificate in it".into()));
    assert_eq!(fault(json!({ "min": "1.3", "max": "1.2" })), ProfileFault::Versions);
    assert_eq!(fault(json!({ "cipher_suites": [5, 0x1301] })), ProfileFault::CipherSuites);
    assert_eq!(fault(json!({ "curves": [25] })), ProfileFault::Curves);
    // Of TLS 1.3 the suites are all there.
    profile(json!({ "min": "1.3", "cipher_suites": [5] })).unwrap();
}

#[test]
fn keys_come_in_three_forms() {
    for (certificate, key) in [
        ("ec.pem", "ec.sec1.key"),
        ("rsa.pem", "rsa.pkcs1.key"),
        ("rsa.pem", "rsa.key"),
        ("v1.pem", "v1.key"),
    ] {
        profile(json!({ "identities": [{ "certificate": pem(certificate), "key": pem(key) }] })).unwrap();
    }
}

#[test]
fn only_the_platform_knows_the_public_roots() {
    let may = |options: Value| profile(options).unwrap().may_fall_back;
    assert!(may(json!({ "public_roots": true })));
    assert!(!may(json!({ "public_roots": false })));
    assert!(!may(json!({ "public_roots": true, "insecure": true })));
    assert!(!may(json!({ "public_roots": true, "identities": [identity("client")] })));
}

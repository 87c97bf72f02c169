//! Certificates made by openssl, and TLS servers that do as a test tells them.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use fjord_origins::call::{Call, CallFault};
use fjord_origins::http::exchange::Exchange;
use fjord_origins::http::head::Head;
use fjord_origins::http::request::{Length, Target};
use fjord_origins::tls::{Fallback, Profile, ProfileFault, TlsOptions};
use futures_core::Stream;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::time_provider::TimeProvider;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, client, server};

const SCRIPT: &str = r#"
set -e
ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
ca() { openssl req -x509 $2 -keyout $1.key -out $1.pem -days 30 -subj "/CN=$1" -addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign,digitalSignature $3; }
leaf() { # name, issuer, key options, names
  openssl req $3 -keyout $1.key -out $1.csr -subj "/CN=$1"
  printf "subjectAltName=$4\n" > $1.ext
  openssl x509 -req -in $1.csr -CA $2.pem -CAkey $2.key -CAcreateserial -days 30 -extfile $1.ext -out $1.pem
}
ca ca "$ec"
ca other "$ec"
ca selfca "$ec" "-addext subjectAltName=DNS:localhost"
openssl req -x509 $ec -keyout selfsigned.key -out selfsigned.pem -days 30 -subj /CN=x
leaf ec ca "$ec" DNS:localhost,IP:127.0.0.1
leaf p384 ca "-newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes" DNS:localhost
leaf ed25519 ca "-newkey ed25519 -nodes" DNS:localhost
leaf rsa ca "-newkey rsa:2048 -nodes" DNS:localhost
leaf named ca "$ec" DNS:api.test,DNS:*.api.test
leaf client ca "$ec" DNS:client
leaf clientrsa ca "-newkey rsa:2048 -nodes" DNS:client
leaf stranger other "$ec" DNS:client
openssl req $ec -keyout v1.key -out v1.csr -subj /CN=localhost
openssl x509 -req -in v1.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -out v1.pem
openssl rsa -in rsa.key -traditional -out rsa.pkcs1.key
openssl ec -in ec.key -out ec.sec1.key
openssl pkcs8 -topk8 -in ec.key -passout pass:x -out ec.encrypted.key
"#;

/// The folder of the certificates. They are made once for a test program.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("certificates-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let made = Command::new("sh").arg("-c").arg(SCRIPT).current_dir(&folder).output().unwrap();
        assert!(made.status.success(), "openssl: {}", String::from_utf8_lossy(&made.stderr));
        folder
    })
}

/// The text of a file that openssl made.
pub fn pem(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

/// A client certificate and its key, as options.
pub fn identity(name: &str) -> Value {
    json!({ "certificate": pem(&format!("{name}.pem")), "key": pem(&format!("{name}.key")) })
}

/// A profile of options that differ from these: own CA, TLS 1.2 and 1.3.
pub fn profile(options: Value) -> Result<Profile, ProfileFault> {
    // The clock is read after the certificates are made: one made later isn't valid yet.
    folder();
    profile_at(options, UnixTime::now().as_secs())
}

/// A profile whose clock says this, in seconds since the epoch.
pub fn profile_at(options: Value, now: u64) -> Result<Profile, ProfileFault> {
    let mut all = json!({ "insecure": false, "ca": [pem("ca.pem")], "public_roots": false, "identities": [], "min": "1.2", "max": "1.3" });
    all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    let options: TlsOptions = serde_json::from_value(all).unwrap();
    Profile::new(&options, Fallback::Platform, rustls::crypto::ring::default_provider(), Arc::new(Clock(now)))
}

#[derive(Debug)]
struct Clock(u64);

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0)))
    }
}

/// TLS 1.2 alone, and 1.3 alone.
pub static V12: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12];
pub static V13: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];

/// A server's certificate, its versions, and whose client certificates it wants.
pub struct Tls {
    pub certificate: &'static str,
    pub versions: &'static [&'static SupportedProtocolVersion],
    pub clients: Option<&'static str>,
}

/// A server with this certificate and all versions.
pub const fn with(certificate: &'static str) -> Tls {
    Tls { certificate, versions: rustls::ALL_VERSIONS, clients: None }
}

impl Tls {
    fn acceptor(&self) -> TlsAcceptor {
        let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(self.versions)
            .unwrap();
        let builder = match self.clients {
            None => builder.with_no_client_auth(),
            Some(name) => {
                let mut roots = RootCertStore::empty();
                roots.add(CertificateDer::from_pem_slice(pem(name).as_bytes()).unwrap()).unwrap();
                let provider = Arc::new(rustls::crypto::ring::default_provider());
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                builder.with_client_cert_verifier(verifier.unwrap())
            }
        };
        let chain =
            CertificateDer::from_pem_slice(pem(&format!("{}.pem", self.certificate)).as_bytes()).unwrap();
        let key =
            PrivateKeyDer::from_pem_slice(pem(&format!("{}.key", self.certificate)).as_bytes()).unwrap();
        let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
        let key = Arc::new(rustls::sign::CertifiedKey::new(vec![chain], key));
        TlsAcceptor::from(Arc::new(
            builder.with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(key))),
        ))
    }
}

/// A TLS server on a free port of the loopback interface; each connection is handed to `serve`.
pub async fn origin<F, T>(tls: Tls, serve: F) -> u16
where
    F: Fn(server::TlsStream<TcpStream>) -> T + Send + Sync + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    let acceptor = tls.acceptor();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(socket).await {
                tokio::spawn(serve(stream));
            }
        }
    });
    port
}

/// The parts of an upload, all there at once.
pub struct Parts(pub Vec<Result<Bytes, String>>);

impl Stream for Parts {
    type Item = Result<Bytes, String>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        let next = if self.0.is_empty() { None } else { Some(self.0.remove(0)) };
        std::task::Poll::Ready(next)
    }
}

pub type Answer = (Head, Exchange<client::TlsStream<TcpStream>, Parts>);

/// Calls an origin by name.
pub async fn call(
    profile: &Profile,
    (host, port): (&str, u16),
    (method, path): (&str, &str),
    body: Option<(Length, Vec<&'static str>)>,
) -> Result<Answer, CallFault> {
    let target = Target::parse(&format!("https://{host}:{port}{path}")).unwrap();
    let (length, parts) = body.unwrap_or((Length::None, Vec::new()));
    let parts = Parts(parts.into_iter().map(|part| Ok(Bytes::from(part))).collect());
    let call = Call { method, target, lines: vec![("X-Test", "1")], length };
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(10), call.run(profile, stream, Some(parts))).await;
    answer.expect("the call takes less than 10 s")
}

/// The rest of a body, as text.
pub async fn text((_, mut exchange): Answer) -> Result<String, CallFault> {
    let mut bytes = Vec::new();
    while let Some(part) = exchange.part().await? {
        bytes.extend_from_slice(&part);
    }
    Ok(String::from_utf8(bytes).unwrap())
}

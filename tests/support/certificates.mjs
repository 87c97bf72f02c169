// Certificates for tests, made by openssl: authorities, servers, clients, and such that are wrong in one way.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const SCRIPT = `
set -e
ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
rsa="-newkey rsa:2048 -nodes"
ca() { openssl req -x509 $ec -keyout $1.key -out $1.pem -days 30 -subj "/CN=$1" -addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign,digitalSignature $2; }
leaf() { # name, issuer, key, names
  openssl req $3 -keyout $1.key -out $1.csr -subj "/CN=$1"
  printf "subjectAltName=$4\\n" > $1.ext
  openssl x509 -req -in $1.csr -CA $2.pem -CAkey $2.key -CAcreateserial -days 30 -extfile $1.ext -out $1.pem
}
ca ca
ca public
ca selfca "-addext subjectAltName=DNS:localhost"
openssl req -x509 $ec -keyout selfsigned.key -out selfsigned.pem -days 30 -subj /CN=x
openssl req -x509 $rsa -keyout selfsignedrsa.key -out selfsignedrsa.pem -days 30 -subj /CN=x
leaf ec ca "$ec" DNS:localhost,IP:127.0.0.1
leaf rsa ca "$rsa" DNS:localhost
leaf p384 ca "-newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes" DNS:localhost
leaf p521 ca "-newkey ec -pkeyopt ec_paramgen_curve:P-521 -nodes" DNS:localhost
leaf ed25519 ca "-newkey ed25519 -nodes" DNS:localhost
leaf named ca "$ec" DNS:api.test
openssl req $ec -keyout expired.key -out expired.csr -subj /CN=expired
touch index.txt
printf "[ca]\\ndefault_ca=d\\n[d]\\ndatabase=index.txt\\nserial=expired.srl\\nnew_certs_dir=.\\ndefault_md=sha256\\npolicy=p\\n[p]\\ncommonName=supplied\\n" > ca.cnf
openssl ca -batch -config ca.cnf -create_serial -cert ca.pem -keyfile ca.key -in expired.csr -out expired.pem -notext -startdate 20200101000000Z -enddate 20210101000000Z -extfile ec.ext
leaf open public "$ec" DNS:localhost
leaf client ca "$ec" DNS:client
leaf clientrsa ca "$rsa" DNS:client
leaf clientp521 ca "-newkey ec -pkeyopt ec_paramgen_curve:P-521 -nodes" DNS:client
leaf cliented25519 ca "-newkey ed25519 -nodes" DNS:client
leaf stranger public "$ec" DNS:client
openssl req $ec -keyout v1.key -out v1.csr -subj /CN=localhost
openssl x509 -req -in v1.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -out v1.pem
`;

/** Makes them in `dir`; `pem(file)` gives a text, `pair(name)` a certificate and its key. */
export function makeCertificates() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fjord-certificates-"));
  const { status, error, stderr } = spawnSync("sh", ["-c", SCRIPT], { cwd: dir, encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl: ${error?.message ?? stderr}`);
  const pem = (/** @type {string} */ file) => fs.readFileSync(path.join(dir, file), "utf8");
  return {
    dir,
    pem,
    pair: (/** @type {string} */ name) => ({ cert: pem(`${name}.pem`), key: pem(`${name}.key`) }),
    remove: () => fs.rmSync(dir, { recursive: true, force: true }),
  };
}

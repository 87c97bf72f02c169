// Brokers for tests: RabbitMQ and nats-server unpacked from Debian's packages, Kafka's jars from Maven. Nothing is installed into the
// system, nothing runs as a service.
//
//   node scripts/brokers.mjs            unpacks all of them into the cache, once (about 80 MB over the network)
//   node scripts/brokers.mjs rabbitmq   one of them: nats, rabbitmq, kafka
//
// The cache is FJORD_BROKERS, by default ~/.cache/fjord-brokers. Tests look there and skip what is missing; under CI that is a failure.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Failure, call, main } from "./lib.mjs";

export const cache = process.env.FJORD_BROKERS ?? path.join(os.homedir(), ".cache", "fjord-brokers");

const ERLANG = ["asn1", "base", "crypto", "eldap", "ftp", "inets", "mnesia", "os-mon", "parsetools", "public-key", "runtime-tools", "snmp", "ssl", "syntax-tools", "tftp", "tools", "xmerl"];

/** Debian's packages of each broker, with the versions that the tests were written for. @type {Record<"nats" | "rabbitmq", string[]>} */
const PACKAGES = {
  nats: ["nats-server=2.9.*"],
  rabbitmq: ["rabbitmq-server=3.10.*", ...ERLANG.map((name) => `erlang-${name}=1:25.*`)],
};

const KAFKA = "4.4.0";

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>fjord</groupId><artifactId>brokers</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/** @typedef {"nats" | "rabbitmq" | "kafka"} Name */

/** What a broker's folder holds when it's whole. @type {Record<Name, string>} */
const PROOF = {
  nats: "usr/sbin/nats-server",
  rabbitmq: "usr/lib/rabbitmq/bin/rabbitmq-server",
  kafka: `kafka_2.13-${KAFKA}.jar`,
};

/** @type {Name[]} */
const NAMES = ["nats", "rabbitmq", "kafka"];

/** The folder of a broker, if it's there. @param {Name} name */
export function folderOf(name) {
  const folder = path.join(cache, name);
  return fs.existsSync(path.join(folder, PROOF[name])) ? folder : undefined;
}

/** Fetches a broker into a folder beside, and moves it into place when it's whole. @param {Name} name */
function install(name) {
  if (folderOf(name) !== undefined) return;
  fs.mkdirSync(cache, { recursive: true });
  const staging = fs.mkdtempSync(path.join(cache, `.${name}-`));
  const out = path.join(staging, "out");
  fs.mkdirSync(out);
  if (name === "kafka") {
    fs.writeFileSync(path.join(staging, "pom.xml"), POM);
    call("mvn", ["-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${out}`], { cwd: staging });
  } else {
    const download = () => call("apt-get", ["download", "-qq", ...PACKAGES[name]], { cwd: staging });
    try {
      download();
    } catch {
      // Lists of packages that are missing or old.
      call("apt-get", ["update", "-qq"]);
      download();
    }
    for (const file of fs.readdirSync(staging).filter((entry) => entry.endsWith(".deb"))) call("dpkg", ["-x", file, out], { cwd: staging });
    if (name === "rabbitmq") relocate(out);
  }
  fs.rmSync(path.join(cache, name), { recursive: true, force: true });
  fs.renameSync(out, path.join(cache, name));
  fs.rmSync(staging, { recursive: true });
  console.log(`${name}: ${path.join(cache, name)}`);
}

/** Erlang's launcher knows where its package puts it; here it's told by the environment. @param {string} out */
function relocate(out) {
  const launcher = path.join(out, "usr/lib/erlang/bin/erl");
  const text = fs.readFileSync(launcher, "utf8");
  const changed = text.replace(/^( *)ROOTDIR=\/.*$/gm, '$1ROOTDIR="${FJORD_ERLANG:?}"');
  if (changed === text) throw new Failure(`${launcher} names no ROOTDIR`);
  fs.writeFileSync(launcher, changed);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(() => {
    const wanted = process.argv.slice(2);
    const unknown = wanted.find((word) => !NAMES.some((name) => name === word));
    if (unknown !== undefined) throw new Failure(`${unknown} isn't one of ${NAMES.join(", ")}`);
    for (const name of NAMES) if (wanted.length === 0 || wanted.includes(name)) install(name);
  });
}

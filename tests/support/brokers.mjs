// Brokers for tests: real ones, on free ports of the loopback interface, from the cache that scripts/brokers.mjs fills.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { folderOf } from "../../scripts/brokers.mjs";
import { freePort, listens } from "./upstream.mjs";

/** @import { ChildProcess } from "node:child_process" */
/** @import { Context } from "./gateway.mjs" */

/**
 * Whether a test needs what isn't there: the reason to skip it. In CI nothing is skipped: what is missing then fails.
 *
 * @param {"nats" | "rabbitmq" | "kafka"} name
 */
export function missing(name) {
  if (process.env.CI === "true") return false;
  if (folderOf(name) === undefined) return `no ${name}: node scripts/brokers.mjs ${name}`;
  return name === "kafka" && spawnSync("java", ["-version"]).status !== 0 ? "no java" : false;
}

/** @param {"nats" | "rabbitmq" | "kafka"} name */
function folder(name) {
  const found = folderOf(name);
  if (found === undefined) throw new Error(`${name} is missing: node scripts/brokers.mjs ${name}`);
  return found;
}

/**
 * A program that is up once its port answers.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {(output: string) => Promise<boolean> | boolean} isUp
 */
async function start(program, args, env, isUp) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
  child.stderr.on("data", (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
  // Should the test itself be killed.
  const end = () => child.kill("SIGKILL");
  process.on("exit", end);
  const ended = new Promise((resolve) => child.on("close", resolve));
  void ended.then(() => process.off("exit", end));
  for (let i = 0; i < 600; i++) {
    if (child.exitCode !== null) throw new Error(`${path.basename(program)} ended:\n${output}`);
    if (await isUp(output)) return { child, stop: () => (child.kill("SIGKILL"), ended), output: () => output };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  end();
  throw new Error(`${path.basename(program)} doesn't come up:\n${output}`);
}

/** A folder that goes with the test. @param {Context} t */
function scratch(t) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fjord-broker-"));
  t.after(() => fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}

/**
 * A nats-server with these lines of configuration.
 *
 * @param {Context} t
 * @param {string} [config]
 */
export async function startNats(t, config = "") {
  const dir = scratch(t);
  const [port, monitor] = [await freePort(), await freePort()];
  fs.writeFileSync(path.join(dir, "nats.conf"), `listen: "127.0.0.1:${port}"\nhttp: "127.0.0.1:${monitor}"\n${config}\n`);
  const { stop } = await start(path.join(folder("nats"), "usr/sbin/nats-server"), ["-c", path.join(dir, "nats.conf")], {}, () => listens(port));
  t.after(stop);
  return {
    port,
    /** Waits until a subject has this many subscribers. @param {string} subject @param {number} [count] */
    subscribed: async (subject, count = 1) => {
      for (let i = 0; i < 200; i++) {
        const { connections } = /** @type {{ connections: { subscriptions_list?: string[] }[] }} */ (await (await fetch(`http://127.0.0.1:${monitor}/connz?subs=1`)).json());
        if (connections.flatMap(({ subscriptions_list }) => subscriptions_list ?? []).filter((one) => one === subject).length >= count) return;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error(`nobody subscribes to ${subject}`);
    },
  };
}

/**
 * A RabbitMQ with the user guest; `restart()` keeps what is durable.
 *
 * @param {Context} t
 * @param {string} [config] lines of rabbitmq.conf
 */
export async function startRabbit(t, config = "") {
  const dir = scratch(t);
  const [port, epmdPort, distPort] = [await freePort(), await freePort(), await freePort()];
  const erlang = path.join(folder("rabbitmq"), "usr/lib/erlang");
  fs.writeFileSync(path.join(dir, "plugins"), "[].\n");
  fs.writeFileSync(path.join(dir, "rabbitmq.conf"), `listeners.tcp.1 = 127.0.0.1:${port}\nvm_memory_high_watermark.absolute = 512MB\ndisk_free_limit.absolute = 1MB\n${config}\n`);
  const env = {
    PATH: `${path.join(erlang, "bin")}${path.delimiter}${process.env.PATH}`,
    HOME: dir,
    FJORD_ERLANG: erlang,
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RUNNING_UNDER_SYSTEMD: "true",
    RABBITMQ_HOME: path.join(folder("rabbitmq"), "usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8"),
    RABBITMQ_NODENAME: `fjord${port}@localhost`,
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_CONFIG_FILE: path.join(dir, "rabbitmq.conf"),
    RABBITMQ_CONF_ENV_FILE: path.join(dir, "none"),
    RABBITMQ_ENABLED_PLUGINS_FILE: path.join(dir, "plugins"),
    RABBITMQ_MNESIA_BASE: path.join(dir, "data"),
    RABBITMQ_LOG_BASE: path.join(dir, "log"),
    RABBITMQ_LOGS: "-",
    // One scheduler, and none that spins: the machine is the tests' too.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
  };
  const epmd = await start(path.join(erlang, "bin/epmd"), ["-address", "127.0.0.1", "-port", String(epmdPort)], env, () => listens(epmdPort));
  t.after(epmd.stop);
  const server = path.join(folder("rabbitmq"), "usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8/sbin/rabbitmq-server");
  const up = () => start(server, [], env, (output) => output.includes("Server startup complete"));
  let running = await up();
  t.after(() => running.stop());
  return {
    port,
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    output: () => running.output(),
    stop: () => running.stop(),
    restart: async () => {
      await running.stop();
      running = await up();
    },
  };
}

/** The listeners of a Kafka: what it speaks there. @type {Record<string, string>} */
const LISTENERS = { PLAIN: "PLAINTEXT", TLS: "SSL", SASL: "SASL_PLAINTEXT", SECURE: "SASL_SSL" };

/**
 * A Kafka of one node, with a listener for each protocol and the user ada, password "secret". Topics have two partitions.
 *
 * @param {Context} t
 * @param {string} [keystore] a file with a private key and its certificate
 */
export async function startKafka(t, keystore = "") {
  const dir = scratch(t);
  /** @type {Record<string, number>} */
  const ports = { CONTROLLER: await freePort() };
  for (const name of Object.keys(LISTENERS)) if (keystore !== "" || name === "PLAIN") ports[name] = await freePort();
  const all = Object.entries(ports).map(([name, port]) => `${name}://localhost:${port}`);
  const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
  const jaas = ["sasl", "secure"].flatMap((name) => [
    `listener.name.${name}.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512`,
    `listener.name.${name}.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_ada="secret";`,
    `listener.name.${name}.scram-sha-256.sasl.jaas.config=${scram}`,
    `listener.name.${name}.scram-sha-512.sasl.jaas.config=${scram}`,
  ]);
  const config = [
    "process.roles=broker,controller",
    "node.id=1",
    `controller.quorum.voters=1@localhost:${ports.CONTROLLER}`,
    "controller.listener.names=CONTROLLER",
    `listeners=${all.join(",")}`,
    `advertised.listeners=${all.filter((one) => !one.startsWith("CONTROLLER")).join(",")}`,
    `listener.security.protocol.map=CONTROLLER:PLAINTEXT,${Object.entries(LISTENERS).map((pair) => pair.join(":")).join(",")}`,
    "inter.broker.listener.name=PLAIN",
    `log.dirs=${path.join(dir, "data")}`,
    "num.partitions=2",
    "offsets.topic.num.partitions=1",
    "offsets.topic.replication.factor=1",
    "group.initial.rebalance.delay.ms=0",
    ...(keystore === "" ? [] : ["ssl.keystore.type=PEM", `ssl.keystore.location=${keystore}`, ...jaas]),
  ];
  const file = path.join(dir, "server.properties");
  const write = (/** @type {string[]} */ more) => fs.writeFileSync(file, `${[...config, ...more].join("\n")}\n`);
  write([]);
  const java = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", path.join(folder("kafka"), "*")];
  const users = [256, 512].flatMap((bits) => ["--add-scram", `SCRAM-SHA-${bits}=[name=ada,password=secret]`]);
  const formatted = spawnSync("java", [...java, "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", file, ...users], { encoding: "utf8" });
  if (formatted.status !== 0) throw new Error(`Kafka can't be prepared: ${formatted.stdout}${formatted.stderr}`);
  const up = () => start("java", [...java, "kafka.Kafka", file], {}, () => listens(/** @type {number} */ (ports.PLAIN)));
  let running = await up();
  t.after(() => running.stop());
  return {
    port: (/** @type {keyof typeof LISTENERS} */ name) => /** @type {number} */ (ports[name]),
    stop: () => running.stop(),
    /** Starts it again, with more lines of configuration. @param {string[]} more */
    restart: async (...more) => {
      await running.stop();
      write(more);
      running = await up();
    },
  };
}

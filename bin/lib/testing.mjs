// A gateway for tests: `fjord run` in a process of its own, on a free port.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../fjord.mjs", import.meta.url));

/** @type {typeof import("../../types/testing.d.mts").startGateway} */
export async function startGateway({ config = "krakend.json", env = {}, bind = {}, args = [] } = {}) {
  const options = [
    ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...Object.entries(bind).flatMap(([name, address]) => ["--bind", `${name}=${address}`]),
  ];
  const child = spawn(process.execPath, [program, "run", "-c", config, "-p", "0", "--no-watch", ...options, ...args], {
    // The channel's end stops it, also when this process ends in another way.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  // Not the event "close": none comes after a channel was closed from here.
  const over = [child, child.stdout, child.stderr].map((one) => new Promise((resolve) => one?.on(one === child ? "exit" : "end", resolve)));
  const ended = Promise.all(over);
  /** @type {Promise<string>} */
  const listening = new Promise((resolve, reject) => {
    const take = (/** @type {string} */ text) => {
      output += text;
      const [, address] = /^listening on (http:\S+)$/m.exec(output) ?? [];
      if (address !== undefined) resolve(address);
    };
    child.stdout?.setEncoding("utf8").on("data", take);
    child.stderr?.setEncoding("utf8").on("data", take);
    child.on("error", reject);
    void ended.then(() => reject(new Error(`fjord run ended before it listened:\n${output}`)));
  });
  const url = await listening;
  return {
    url,
    get output() {
      return output;
    },
    fetch: (path, init) => fetch(url + path, init),
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

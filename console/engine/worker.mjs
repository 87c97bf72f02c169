// The engine of the console: the core and the driver as they run at the edge, in a worker of the page. Nothing leaves the browser.
import { messageOf } from "../../bin/lib/errors.mjs";
import { withMaximum } from "../../bin/lib/memory.mjs";
import { instantiate } from "fjord:core";
import { opinion } from "./opinion.mjs";
import { readProject, workerEnv } from "./project.mjs";
import { download } from "./platform.mjs";
import { Gateway } from "./simulate.mjs";
import { stages } from "./stages.mjs";

/**
 * @typedef {import("../messages.js").Message} Message
 * @typedef {import("../messages.js").Reply} Reply
 * @typedef {import("../messages.js").Requests} Requests
 */

/** What a tool's instance may take of memory, as in the command. */
const MAX_MEMORY = 2 ** 31;

async function loaded() {
  const answer = await download(new URL("fjord.wasm", import.meta.url));
  if (!answer.ok) throw new Error(`the engine can't be loaded: status ${answer.status}`);
  return Buffer.from(new Uint8Array(await answer.arrayBuffer()));
}
const wasm = loaded();
// Each question says that it failed.
wasm.catch(() => {});

/** @type {Promise<WebAssembly.Module> | null} */
let tool = null;
/** @type {Promise<WebAssembly.Module> | null} */
let compiled = null;
/** The module as it is at the edge. */
const module = () => (compiled ??= wasm.then((bytes) => WebAssembly.compile(bytes)));
const edge = async () => instantiate(await module());

/** @type {Promise<import("../../src/edge/fjord.mjs").Core> | null} */
let asked = null;
const core = () => (asked ??= (tool ??= wasm.then((bytes) => WebAssembly.compile(withMaximum(bytes, MAX_MEMORY)))).then(instantiate));

/** @type {{ key: string, gateway: Gateway } | null} */
let serving = null;

/** @param {Requests["run"]["asks"]} asks */
async function run({ project, endpoint, ask, mocks, others }) {
  const found = await readProject(await core(), project);
  if ("findings" in found) throw new Error(found.findings[0]?.message ?? found.text);
  const { text, files } = found.read;
  const variables = { ...workerEnv(project.env), FJORD_OPTIONS: JSON.stringify({ lenient: false, debug: true }) };
  const key = JSON.stringify([text, files, variables]);
  if (serving?.key !== key) {
    const served = await module();
    serving = { key, gateway: new Gateway(() => instantiate(served), text, files, variables) };
  }
  return serving.gateway.answer(endpoint, ask, mocks, others);
}

/**
 * @param {Message} message
 * @returns {Promise<unknown>}
 */
async function perform({ kind, asks }) {
  switch (kind) {
    case "open":
      return opinion(await core(), edge, asks);
    case "schema":
      return (await core()).schema();
    case "run":
      return run(asks);
    case "stages": {
      const served = await module();
      return stages(() => instantiate(served), /** @type {{ [name: string]: unknown }} */ (asks.backend), asks.mock);
    }
    case "reset":
      serving = null;
      return null;
    default:
      throw new Error("the page asks for something unknown");
  }
}

/**
 * Answers a message after those before it.
 *
 * @param {Promise<void>} before
 * @param {Message} message
 */
async function replied(before, message) {
  await before;
  try {
    scope.postMessage({ id: message.id, gets: await perform(message) });
  } catch (error) {
    // A trap spoils an instance: the next question gets a fresh one.
    if (error instanceof WebAssembly.RuntimeError) asked = null;
    scope.postMessage({ id: message.id, error: messageOf(error) });
  }
}

// What the page may need later is there before the network may be gone; a failure shows where it is needed.
const later = [import("../../bin/lib/flexible.mjs"), import("../../bin/lib/formats/toml.mjs"), import("../../bin/lib/formats/yaml.mjs")];
void Promise.allSettled(later);

/** Time and calls are of one request at a time. */
let last = Promise.resolve();

const scope = /** @type {{ onmessage: ((event: { data: Message }) => void) | null, postMessage(reply: Reply): void }} */ (/** @type {unknown} */ (globalThis));
// oxlint-disable-next-line unicorn/prefer-add-event-listener -- a module worker drops what comes before the handler is set
scope.onmessage = ({ data }) => {
  last = replied(last, data);
};

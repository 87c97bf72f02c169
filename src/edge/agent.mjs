// Messages of the platform's queues, for the agents of the configuration. The core says what becomes of each: this only paces them.
import { messageOf } from "./errors.mjs";

const encoder = new TextEncoder();

/** The core's answer to a message that is done. */
const DONE = 204;

/**
 * An agent: its number, and how it takes messages.
 *
 * @typedef {{ agent: number, workers: number, max_rate: number }} Agent
 */

/**
 * Runs the pipe of the queue's agent for each message of a batch. Each message is acknowledged or retried on its own.
 *
 * @param {import("./driver.mjs").Driver} driver
 * @param {MessageBatch} batch
 * @param {import("./ops.mjs").Env} env
 * @param {ExecutionContext} ctx
 */
export async function consume(driver, batch, env, ctx) {
  const agent = driver.agent(batch.queue, env);
  if (agent === undefined) {
    console.error(`fjord: ${batch.messages.length} messages of the queue ${batch.queue} come again later: no agent of the configuration takes them`);
    batch.retryAll();
    return;
  }
  const waiting = batch.messages.values();
  const next = paced(agent.max_rate);
  const worker = async () => {
    for (const message of waiting) {
      await next();
      await settle(driver, agent.agent, message, env, ctx);
    }
  };
  await Promise.all(Array.from({ length: Math.min(agent.workers, batch.messages.length) }, worker));
}

/**
 * Runs the pipe for one message, and tells the queue what became of it.
 *
 * @param {import("./driver.mjs").Driver} driver
 * @param {number} agent
 * @param {Message} message
 * @param {import("./ops.mjs").Env} env
 * @param {ExecutionContext} ctx
 */
async function settle(driver, agent, message, env, ctx) {
  try {
    const answer = await driver.take(agent, message.attempts, bytesOf(message.body), env, ctx);
    const delay = answer.headers.get("retry-after");
    if (answer.status === DONE) message.ack();
    // Without a delay the queue's own counts: there was no room, or the core trapped.
    else message.retry(delay === null ? undefined : { delaySeconds: Number(delay) });
  } catch (error) {
    console.error(`fjord: the message ${message.id} comes again later: ${messageOf(error)}`);
    message.retry();
  }
}

/**
 * The bytes of a message. What was sent as JSON becomes JSON again.
 *
 * @param {unknown} body
 */
function bytesOf(body) {
  if (typeof body === "string") return encoder.encode(body);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  const text = /** @type {string | undefined} */ (JSON.stringify(body));
  if (text === undefined) throw new TypeError("its body is neither JSON, text nor bytes");
  return encoder.encode(text);
}

/**
 * A function whose promises resolve one after the other, so many a second at most.
 *
 * @param {number} rate 0: at once.
 */
function paced(rate) {
  let free = 0;
  return () => {
    if (rate === 0) return Promise.resolve();
    const now = Date.now();
    const start = Math.max(now, free);
    free = start + 1000 / rate;
    return new Promise((/** @type {(value: void) => void} */ resolve) => setTimeout(resolve, start - now));
  };
}

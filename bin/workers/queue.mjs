// A queue of the platform for a local run: takes the messages of a producer's binding, and delivers them to the gateway's `queue` handler in
// batches. Messages are in memory: they end with the run.

/** How long messages wait for others of their batch, and how often the next one is looked for. */
const LINGER_MS = 50;

/** The platform's defaults. */
const BATCH = 10;
const RETRIES = 3;

/**
 * A message on its way.
 *
 * @typedef {{ id: string, timestamp: Date, body: unknown, attempts: number, due: number }} Entry
 */

/**
 * @typedef {object} Env
 * @property {string} NAME
 * @property {{ max_batch_size?: number, max_retries?: number } | null} CONSUMER Null: nobody consumes the queue.
 * @property {{ queue(name: string, messages: object[]): Promise<Result> }} GATEWAY
 * @property {Queue} [DEAD] Where messages go that failed too often.
 */

/**
 * What the handler made of a batch.
 *
 * @typedef {{ outcome: string, retryBatch: { retry: boolean, delaySeconds?: number }, explicitAcks: string[], retryMessages: { msgId: string, delaySeconds?: number }[] }} Result
 */

/** @type {Entry[]} */
let entries = [];
let isDelivering = false;
let count = 0;

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {Request} request */
async function bodyOf(request) {
  const kind = request.headers.get("X-Msg-Fmt");
  if (kind === "json") return /** @type {unknown} */ (await request.json());
  if (kind === "text") return request.text();
  if (kind === "bytes") return request.arrayBuffer();
  throw new Error(`messages of the kind ${kind} aren't known here`);
}

/**
 * Delivers what is there, a batch at a time, until the queue is empty.
 *
 * @param {Env} env
 */
async function deliver(env) {
  while (entries.length > 0) {
    await pause(LINGER_MS);
    const now = Date.now();
    const batch = entries.filter(({ due }) => due <= now).slice(0, env.CONSUMER?.max_batch_size ?? BATCH);
    if (batch.length === 0) continue;
    entries = entries.filter((entry) => !batch.includes(entry));
    const messages = batch.map(({ id, timestamp, body, attempts }) => ({ id, timestamp, body, attempts }));
    /** @type {Result} */
    let result;
    try {
      result = await env.GATEWAY.queue(env.NAME, messages);
    } catch (error) {
      console.error(`queue ${env.NAME}: ${String(error)}`);
      result = { outcome: "exception", retryBatch: { retry: true }, explicitAcks: [], retryMessages: [] };
    }
    for (const entry of batch) await settle(entry, result, env);
  }
}

/**
 * Forgets a message, or has it come again.
 *
 * @param {Entry} entry
 * @param {Result} result
 * @param {Env} env
 */
async function settle(entry, { outcome, retryBatch, explicitAcks, retryMessages }, env) {
  if (explicitAcks.includes(entry.id)) return;
  const own = retryMessages.find(({ msgId }) => msgId === entry.id);
  if (own === undefined && outcome === "ok" && !retryBatch.retry) return;
  if (entry.attempts <= (env.CONSUMER?.max_retries ?? RETRIES)) {
    const seconds = own?.delaySeconds ?? retryBatch.delaySeconds ?? 0;
    entries.push({ ...entry, attempts: entry.attempts + 1, due: Date.now() + 1000 * seconds });
  } else if (env.DEAD === undefined) {
    console.error(`queue ${env.NAME}: a message is dropped after ${entry.attempts} deliveries`);
  } else {
    await env.DEAD.send(entry.body, { contentType: typeof entry.body === "string" ? "text" : entry.body instanceof ArrayBuffer ? "bytes" : "json" });
  }
}

export default {
  /**
   * @param {Request} request
   * @param {Env} env
   * @param {ExecutionContext} ctx
   */
  async fetch(request, env, ctx) {
    const seconds = Number(request.headers.get("X-Msg-Delay-Secs") ?? 0);
    const body = await bodyOf(request);
    if (env.CONSUMER === null) console.error(`queue ${env.NAME}: a message is dropped: no agent consumes the queue`);
    else entries.push({ id: String(++count), timestamp: new Date(), body, attempts: 1, due: Date.now() + 1000 * seconds });
    if (!isDelivering && entries.length > 0) {
      isDelivering = true;
      ctx.waitUntil(deliver(env).finally(() => (isDelivering = false)));
    }
    return Response.json({ metadata: { metrics: { backlogCount: entries.length, backlogBytes: 0, oldestMessageTimestamp: 0 } } });
  },
};

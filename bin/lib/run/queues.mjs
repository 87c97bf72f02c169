// The queues of a local run: those that a configuration sends to or consumes, as the Wrangler file beside it names them.

/**
 * A queue.
 *
 * @typedef {object} LocalQueue
 * @property {string} name
 * @property {string[]} bindings Of the gateway, which send to it.
 * @property {import("../bindings.mjs").Consumer | null} consumer Null: no agent consumes it.
 */

/**
 * The queues of a configuration. A binding that the Wrangler file doesn't have sends to the queue that `check` proposes for it.
 *
 * @param {{ producers: string[], consumers: string[] }} used
 * @param {import("../bindings.mjs").Worker | undefined} worker
 * @returns {LocalQueue[]}
 */
export function localQueues({ producers, consumers }, worker) {
  const targets = producers.map((binding) => /** @type {const} */ ([binding, worker?.producers?.[binding] ?? binding.toLowerCase().replaceAll("_", "-")]));
  const settings = Object.fromEntries(consumers.map((name) => [name, worker?.consumers?.[name] ?? {}]));
  const dead = Object.values(settings).flatMap(({ dead_letter_queue: name }) => name ?? []);
  const names = new Set([...consumers, ...targets.map(([, name]) => name), ...dead]);
  return [...names].map((name) => ({
    name,
    bindings: targets.flatMap(([binding, target]) => (target === name ? binding : [])),
    consumer: settings[name] ?? null,
  }));
}

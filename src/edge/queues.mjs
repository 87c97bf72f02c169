// Sends messages to queues of the platform.
const decoder = new TextDecoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Sends a body to a queue: as JSON if its type says so and it can be read, else as text if it's UTF-8, else as bytes.
 *
 * @param {[binding: Uint8Array, contentType: Uint8Array, body: Uint8Array]} args
 * @param {import("./ops.mjs").Env} env
 */
export async function enqueue([binding, contentType, body], env) {
  const name = decoder.decode(binding);
  const queue = /** @type {Partial<Queue> | undefined} */ (Object.hasOwn(env, name) ? env[name] : undefined);
  if (queue === undefined) throw new Error(`queue://${name}: the worker has no such binding`);
  if (typeof queue.send !== "function") throw new Error(`queue://${name}: the binding isn't a queue`);
  const [message, kind] = messageOf(decoder.decode(contentType), body);
  await queue.send(message, { contentType: kind });
}

/**
 * A message, and what the queue calls its kind.
 *
 * @param {string} contentType
 * @param {Uint8Array} body
 * @returns {[unknown, QueueContentType]}
 */
function messageOf(contentType, body) {
  let text;
  try {
    text = strict.decode(body);
  } catch {
    return [body, "bytes"];
  }
  if (/^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType)) {
    try {
      return [JSON.parse(text), "json"];
    } catch {
      // Its type is wrong.
    }
  }
  return [text, "text"];
}

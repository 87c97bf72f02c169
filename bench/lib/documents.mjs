// JSON documents as services send them: nested, with numbers, other alphabets and escapes. The same on every run.

const WORDS = "river stone harbour lantern copper winter meadow signal orchard compass velvet thunder willow amber falcon".split(" ");
const FOREIGN = ["Blåbærsyltetøy", "Ξενοδοχείο", "Сахалин", "東京都港区", "café “Zoë”", "🛶 kajakk"];
const ESCAPED = ['say "hi"', "C:\\temp\\new", "line one\nline two\ttabbed", "a/b?c=d&e=<f>"];

/**
 * A small generator of pseudo-random numbers (mulberry32).
 *
 * @param {number} seed
 */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * @param {number} id
 * @param {() => number} next
 */
function item(id, next) {
  const pick = (/** @type {string[]} */ list) => list[Math.floor(next() * list.length)];
  const words = (/** @type {number} */ count) => Array.from({ length: count }, () => pick(WORDS)).join(" ");
  return {
    id,
    name: next() < 0.3 ? pick(FOREIGN) : words(2),
    note: next() < 0.3 ? pick(ESCAPED) : words(5),
    price: Math.round(next() * 1e6) / 100,
    ratio: next(),
    active: next() < 0.5,
    parent: next() < 0.3 ? null : Math.floor(next() * 1e9),
    tags: Array.from({ length: 1 + Math.floor(next() * 3) }, () => pick(WORDS)),
    place: { lat: Math.round((next() * 180 - 90) * 1e6) / 1e6, lon: Math.round((next() * 360 - 180) * 1e6) / 1e6 },
  };
}

/**
 * A document of about `bytes` bytes. Different `seed`s give different values and some different keys, so that merged
 * documents share members and add members.
 *
 * @param {number} bytes
 */
export function document(bytes, seed = 0) {
  const next = random(seed + 1);
  const data = {
    id: 1000 + seed,
    title: `document ${seed} — ${FOREIGN[seed % FOREIGN.length]}`,
    status: "open",
    [`only_${seed}`]: next(),
    meta: { page: 1, total: 1234, took: 0.0125, cursor: "eyJpZCI6MTIzfQ==", owner: { name: "Åse", mail: "ase@example.org" } },
    items: /** @type {ReturnType<typeof item>[]} */ ([]),
  };
  const size = () => Buffer.byteLength(JSON.stringify(data));
  let left = bytes - size();
  for (let id = 0; left > 0; id++) {
    const one = item(id, next);
    const length = Buffer.byteLength(JSON.stringify(one)) + 1;
    if (length > left && id > 0) break;
    if (length > left) one.note = one.name = "";
    data.items.push(one);
    left -= length;
  }
  return JSON.stringify(data);
}

/** The sizes that are measured, by name. */
export const SIZES = { "0.4 KB": 400, "4 KB": 4096, "70 KB": 70_000, "1 MB": 1_000_000 };

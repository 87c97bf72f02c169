/** Ships what the agent sends; `/shipped` answers when the first order is there. */

/** @type {unknown[]} */
const shipped = [];
/** @type {() => void} */
let arrived = () => {};
const first = new Promise((/** @type {(value: void) => void} */ resolve) => (arrived = resolve));

/** @type {import("../origin.mjs").Routes} */
export const routes = {
  "/ship": ({ body }) => {
    shipped.push(JSON.parse(body));
    arrived();
    return { json: {} };
  },
  "/shipped": async () => {
    await first;
    return { json: { shipped } };
  },
};

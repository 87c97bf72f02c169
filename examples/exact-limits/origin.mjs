/** @type {import("../origin.mjs").Routes} */
export const routes = { "/search": { json: { hits: [] } } };

/** @type {import("../origin.mjs").Routes} */
export const routes = {
  "/cart/": { json: { items: 2 } },
  "/stock/": ({ path }) => (path.endsWith("/1") ? { json: { left: 5 } } : { status: 503, json: { error: "stock is being counted" } }),
};

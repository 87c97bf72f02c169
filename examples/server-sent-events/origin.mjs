/** @type {import("../origin.mjs").Routes} */
export const routes = {
  "/jobs/": { events: [{ done: 1 }, { done: 2 }, { done: 3 }], every: 300 },
};

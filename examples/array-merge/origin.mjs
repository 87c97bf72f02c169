/** @type {import("../origin.mjs").Routes} */
export const routes = {
  "/ours": { json: [{ id: 1 }, { id: 2 }] },
  "/theirs": { json: [{ id: 3 }] },
};

// The commands by name.

/**
 * Each in a module of its own, which is loaded when it is asked for.
 *
 * @type {Partial<Record<string, () => Promise<Command>>>}
 * @typedef {import("./command.js").Command} Command
 */
export const commands = {
  new: () => import("./new.mjs"),
  run: () => import("./run.mjs"),
  check: () => import("./check.mjs"),
  audit: () => import("./audit.mjs"),
  build: () => import("./build.mjs"),
  graph: () => import("./graph.mjs"),
  openapi: () => import("./openapi.mjs"),
  postman: () => import("./postman.mjs"),
  explain: () => import("./explain.mjs"),
  purge: () => import("./purge.mjs"),
  schema: () => import("./schema.mjs"),
  completion: () => import("./completion.mjs"),
};

// What is beside these scripts when they run.

/** The entry module of the worker. */
declare module "*/worker.mjs" {
  export * from "fjord";
  const worker: import("fjord").Gateway;
  export default worker;
}

/** With the compatibility flag nodejs_als. */
declare module "node:async_hooks" {
  export class AsyncLocalStorage<T> {
    run<R>(store: T, callback: () => R): R;
    getStore(): T | undefined;
  }
}

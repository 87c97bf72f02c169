// The driver of the edge (src/edge/driver.mjs), which is type-checked for the worker runtime that it is written for.
declare module "fjord:driver" {
  export class Driver {
    constructor(instantiate: () => import("../src/edge/fjord.mjs").Core, config: string, files: string);
    answer(request: unknown, env: { [name: string]: unknown }, context: { waitUntil(task: Promise<unknown>): void }): DriverAnswer | Promise<DriverAnswer>;
  }
  export interface DriverAnswer {
    status: number;
    headers: Headers;
    text(): Promise<string>;
  }
}

declare module "fjord:core" {
  export * from "../src/edge/fjord.mjs";
}

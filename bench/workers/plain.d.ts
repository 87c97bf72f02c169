// The modules of a build, under the names that they have beside the counting ones.

declare module "*/plain-fjord.mjs" {
  export const instantiate: typeof import("../../src/edge/fjord.mjs").instantiate;
}

declare module "*/plain-worker.mjs" {
  const worker: { fetch(request: Request, env: object, ctx: ExecutionContext): Response | Promise<Response> };
  export class FjordLimits {}
  export default worker;
}

// The gateway as a part of your own Worker.
//
//   import { createGateway, FjordLimits } from "fjord";
//   import config from "./build/krakend.json";
//   import files from "./build/files.json";
//
//   const gateway = createGateway(config, files);
//   export { FjordLimits };
//   export default {
//     fetch(request, env, ctx) {
//       if (new URL(request.url).pathname === "/version") return Response.json({ version: 1 });
//       return gateway.fetch(request, env, ctx);
//     },
//   };
//
// `fjord build -o build` checks the configuration and writes both files. They are imported as text: see `rules` in the Wrangler file.

/** What answers the endpoints of a configuration. */
export interface Gateway {
  /** Answers a request; 404 for paths without an endpoint. `env` has the bindings, variables and secrets that the configuration names. */
  fetch(request: Request, env: unknown, ctx: ExecutionContext): Response | Promise<Response>;
  /** Runs the pipe of an `async_agent` with `async/queue` for each message of a queue that the Worker consumes. Each is acknowledged or retried on its own. */
  queue(batch: MessageBatch, env: unknown, ctx: ExecutionContext): Promise<void>;
}

/**
 * Serves a configuration.
 *
 * @param config The text of `krakend.json`, as `fjord build` writes it. TypeScript takes the import for an object; a value that is one when
 *   the Worker starts is a `TypeError`.
 * @param files The text of `files.json`, which has the files that the configuration names.
 * @param parts What a configuration with `client_tls` or brokers needs besides: `import { origins } from "fjord/origins"`.
 */
export function createGateway(config: string | object, files?: string | object, parts?: { origins?: Origins | null }): Gateway;

/** Calls origins over sockets: `origins` of `fjord/origins`. */
export interface Origins {
  /** The calls in flight. */
  readonly inFlight: number;
}

/** Counts for rate limits with a `binding`. The entry module of a Worker must export the class. */
export class FjordLimits {
  constructor(state: DurableObjectState, env: object);
  fetch(request: Request): Promise<Response>;
  alarm(): Promise<unknown>;
}

// A gateway for tests: `fjord run` in a process of its own, on a free port.

/** How a gateway is started. */
export interface GatewayOptions {
  /** The configuration; default: `krakend.json`. */
  config?: string;
  /** Variables and secrets of the gateway. */
  env?: Record<string, string>;
  /** Service bindings: the address that takes the calls of `service://NAME`. */
  bind?: Record<string, string>;
  /** Further arguments of `fjord run`. */
  args?: string[];
}

/** A running gateway. */
export interface RunningGateway {
  /** Where it listens, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** What it has logged so far. */
  readonly output: string;
  /** Sends a request to a path of the gateway. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Stops it; resolves when the process has ended. */
  stop(): Promise<void>;
}

/** Starts a gateway; resolves when it answers. Rejects with the log when the configuration can't be served. */
export function startGateway(options?: GatewayOptions): Promise<RunningGateway>;

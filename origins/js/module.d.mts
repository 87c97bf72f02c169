// What the scripts use of the glue of the crate `origins`.

/** An operation in flight. */
export class Flight {
  readonly response: Promise<unknown>;
  /** Settles when the operation is over and its sockets closed. */
  readonly done: Promise<void>;
  free(): void;
}

export function initSync(options: { module: WebAssembly.Module }): { memory: WebAssembly.Memory };
export function __wbg_reset_state(): void;
export function start(): void;
export function add(plan: string): number;
export function in_flight(): number;
export function fetch(
  profile: number,
  method: string,
  url: string,
  lines: string,
  body: ReadableStream | Uint8Array | null,
  length: number | undefined,
  millis: number,
  cutAfter: number,
  signal: AbortSignal | undefined,
): Flight;
export function publish(broker: number, message: string, body: Uint8Array, millis: number, signal: AbortSignal | undefined): Flight;
export function receive(broker: number, millis: number, signal: AbortSignal | undefined): Flight;
export function settle(broker: number, token: number, settlement: string): Promise<void>;
export function group_join(broker: number): void;
export function group_receive(broker: number, millis: number, left: number): Flight;
export function group_settle(broker: number, token: number, settlement: string): Flight;

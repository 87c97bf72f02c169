// What the worker uses of the glue of the crate `limits`.

export class FjordLimits {
  constructor(state: DurableObjectState, env: object);
  fetch(request: Request): Promise<Response>;
  alarm(): Promise<Response>;
}

export function initSync(options: { module: WebAssembly.Module }): void;

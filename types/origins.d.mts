// Calls of origins over sockets, for a configuration with `client_tls` or brokers.
//
//   import { createGateway } from "fjord";
//   import { FjordOrigins, origins } from "fjord/origins";
//
//   const gateway = createGateway(config, files, { origins });
//   export { FjordOrigins };
import type { Origins } from "./index.mts";

/** What `createGateway` takes. Its module is instantiated by the first call that needs it. */
export const origins: Origins;

/** Reads groups of Kafka. The entry module of a Worker whose configuration subscribes to Kafka must export the class. */
export class FjordOrigins {
  constructor(state: DurableObjectState, env: object);
}

// What a worker exports and hands to the gateway, where its configuration calls origins that fetch can't reach:
//
//   import { FjordOrigins, origins } from "fjord/origins";
//   const gateway = createGateway(config, files, { origins });
//   export { FjordOrigins };
import { GroupReader, groupOf } from "./groups.mjs";
import { Origins } from "./origins.mjs";

/** The calls of this isolate: they share one instance of the module. */
export const origins = Object.assign(new Origins(), { group: groupOf });

/** Reads a group of Kafka: one object for each group. */
export class FjordOrigins extends GroupReader {
  origins = origins;
}

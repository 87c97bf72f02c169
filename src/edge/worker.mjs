// The entry module of the worker: serves the configuration that a build puts beside it.
import config from "./krakend.json";
import files from "./files.json";
import { createGateway } from "./gateway.mjs";
import { origins } from "./linked.mjs";

export { FjordLimits } from "./gateway.mjs";
export { FjordOrigins } from "./linked.mjs";

export default createGateway(config, files, { origins });

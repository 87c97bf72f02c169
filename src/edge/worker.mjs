// The entry module of the worker: serves the configuration that a build puts beside it.
import config from "./krakend.json";
import files from "./files.json";
import { createGateway } from "./gateway.mjs";

export { FjordLimits } from "./gateway.mjs";

export default createGateway(config, files);

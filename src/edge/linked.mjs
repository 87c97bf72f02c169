// What a configuration needs beside the core. A build writes this file anew: where calls go over sockets, with `./origins/index.mjs`.
export { FjordOrigins, origins } from "./unlinked.mjs";

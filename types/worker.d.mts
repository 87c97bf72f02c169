// The Worker that `fjord build` writes.
import type { Gateway } from "fjord";

export { FjordLimits } from "fjord";
export { FjordOrigins } from "fjord/origins";

declare const gateway: Gateway;
export default gateway;

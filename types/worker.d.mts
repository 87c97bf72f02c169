// The Worker that `fjord build` writes.
import type { Gateway } from "fjord";

export { FjordLimits } from "fjord";

declare const gateway: Gateway;
export default gateway;

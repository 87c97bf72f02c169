// In place of the module of `origins/`: nothing. A module that is bundled and never used costs memory and a slower start.

/** @type {import("./sockets.mjs").Origins | null} */
export const origins = null;

/** Stands for the Durable Object of the same name, which no such configuration asks. */
export class FjordOrigins {}

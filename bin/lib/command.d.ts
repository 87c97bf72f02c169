import type { ParseArgsConfig, parseArgs } from "node:util";

/** The options of a command line. */
export type Options = NonNullable<ParseArgsConfig["options"]>;

/** What they parse to. */
export type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>["values"];

/** A command's module. `execute` takes the values of its own options. */
export interface Command {
  options: Options;
  /** What its first argument may be, where these are all. */
  words?: readonly string[];
  help: string;
  execute(values: Values<Options>, positionals: string[]): Promise<void>;
}

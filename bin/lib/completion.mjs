// `fjord completion`: what completes commands and options in a shell.
import { commands } from "./commands.mjs";
import { UsageError } from "./errors.mjs";

/** @satisfies {import("./command.js").Options} */
export const options = {};

export const words = ["bash", "zsh", "fish"];

export const help = `fjord completion: prints what completes commands and options in a shell.

Usage: fjord completion bash|zsh|fish

  -h, --help   this text

  bash   fjord completion bash > ~/.local/share/bash-completion/completions/fjord
  zsh    fjord completion zsh > "\${fpath[1]}/_fjord"
  fish   fjord completion fish > ~/.config/fish/completions/fjord.fish

It completes the word "fjord": in a gateway's folder, put node_modules/.bin on the path.`;

/**
 * @param {import("./command.js").Values<typeof options>} values
 * @param {string[]} positionals
 */
export async function execute(values, positionals) {
  const [shell = "", ...more] = positionals;
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (script === undefined || more.length > 0) throw new UsageError(`completion needs one shell: fjord completion ${words.join("|")}`);
  const entries = Object.entries(commands).map(async ([name, load]) => {
    const command = await load?.();
    return /** @type {const} */ ([name, { options: typed(command?.options ?? {}), words: command?.words ?? [] }]);
  });
  const listed = Object.fromEntries(await Promise.all(entries));
  const none = { options: [], words: [] };
  console.log(script({ ...listed, help: { options: [], words: Object.keys(listed) }, version: none }));
}

/**
 * The options as they are typed.
 *
 * @param {import("./command.js").Options} own
 */
const typed = (own) => [...Object.keys(own), "help"].map((name) => `--${name}`);

/** @typedef {{ options: readonly string[], words: readonly string[] }} Own What completes a command: its options, and its first argument. */

/**
 * The cases of a shell's `case`, one for each command that has any of these.
 *
 * @param {Record<string, Own>} listed
 * @param {"options" | "words"} what
 * @param {(list: string) => string} then
 */
const cases = (listed, what, then) =>
  Object.entries(listed)
    .filter(([, own]) => own[what].length > 0)
    .map(([name, own]) => `    ${name}) ${then(own[what].join(" "))} ;;`)
    .join("\n");

/** @type {Partial<Record<string, (commands: Record<string, Own>) => string>>} */
const SCRIPTS = {
  bash: (listed) => {
    const set = (/** @type {string} */ list) => `words="${list}"`;
    return `_fjord() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${Object.keys(listed).join(" ")}"
  elif [ "\${word#-}" != "$word" ]; then
    case "\${COMP_WORDS[1]}" in
${cases(listed, "options", set)}
    esac
  elif [ "$COMP_CWORD" -eq 2 ]; then
    case "\${COMP_WORDS[1]}" in
${cases(listed, "words", set)}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _fjord fjord`;
  },
  zsh: (listed) => {
    const add = (/** @type {string} */ list) => `compadd -- ${list}`;
    return `#compdef fjord
if (( CURRENT == 2 )); then
  compadd -- ${Object.keys(listed).join(" ")}
elif [[ "\${words[CURRENT]}" == -* ]]; then
  case "\${words[2]}" in
${cases(listed, "options", add)}
  esac
elif (( CURRENT == 3 )); then
  case "\${words[2]}" in
${cases(listed, "words", add)}
    *) _files ;;
  esac
else
  _files
fi`;
  },
  fish: (listed) =>
    [
      `complete -c fjord -n __fish_use_subcommand -f -a "${Object.keys(listed).join(" ")}"`,
      ...Object.entries(listed).flatMap(([name, own]) => {
        const after = `complete -c fjord -n "__fish_seen_subcommand_from ${name}"`;
        const first = own.words.length > 0 ? [`complete -c fjord -n "__fish_seen_subcommand_from ${name}; and __fish_is_nth_token 2" -f -a "${own.words.join(" ")}"`] : [];
        return [...first, ...own.options.map((word) => `${after} -l ${word.slice(2)}`)];
      }),
    ].join("\n"),
};

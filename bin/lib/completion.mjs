// `fjord completion`: what completes commands and options in a shell.
import { commands } from "./commands.mjs";
import { UsageError } from "./errors.mjs";

/** @satisfies {import("./command.js").Options} */
export const options = {};

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
  if (script === undefined || more.length > 0) throw new UsageError(`completion needs one shell: fjord completion ${Object.keys(SCRIPTS).join("|")}`);
  const entries = Object.entries(commands).map(async ([name, load]) => /** @type {const} */ ([name, words((await load?.())?.options ?? {})]));
  console.log(script(Object.fromEntries([...(await Promise.all(entries)), ["help", []], ["version", []]])));
}

/**
 * The options as they are typed.
 *
 * @param {import("./command.js").Options} own
 */
const words = (own) => [...Object.keys(own), "help"].map((name) => `--${name}`);

/** @typedef {Record<string, string[]>} Words The options of each command. */

/** @type {Partial<Record<string, (commands: Words) => string>>} */
const SCRIPTS = {
  bash: (listed) => `_fjord() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${Object.keys(listed).join(" ")}"
  elif [ "\${word#-}" != "$word" ]; then
    case "\${COMP_WORDS[1]}" in
${Object.entries(listed).map(([name, own]) => `      ${name}) words="${own.join(" ")}" ;;`).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _fjord fjord`,
  zsh: (listed) => `#compdef fjord
if (( CURRENT == 2 )); then
  compadd -- ${Object.keys(listed).join(" ")}
elif [[ "\${words[CURRENT]}" == -* ]]; then
  case "\${words[2]}" in
${Object.entries(listed).filter(([, own]) => own.length > 0).map(([name, own]) => `    ${name}) compadd -- ${own.join(" ")} ;;`).join("\n")}
  esac
else
  _files
fi`,
  fish: (listed) =>
    [
      `complete -c fjord -n __fish_use_subcommand -f -a "${Object.keys(listed).join(" ")}"`,
      ...Object.entries(listed).flatMap(([name, own]) => own.map((word) => `complete -c fjord -n "__fish_seen_subcommand_from ${name}" -l ${word.slice(2)}`)),
    ].join("\n"),
};

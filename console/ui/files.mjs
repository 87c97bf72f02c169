// Files that are opened or dropped: which are read, and which of them is the configuration.

/** Files that may belong to a configuration. */
const READABLE = /\.(json|ya?ml|toml|tmpl|jsonc|lua|pem|txt|xml|graphql|vars)$|(^|\/)\.dev\.vars$/i;
/** Larger ones aren't read, in bytes. */
const MOST = 4 << 20;

/**
 * The texts of the files that may belong to a configuration, by path. A folder's own name isn't a part of the paths in it.
 *
 * @param {{ name: string, file: File }[]} dropped
 * @returns {Promise<Record<string, string>>}
 */
export async function readFiles(dropped) {
  const readable = dropped.filter(({ name, file }) => READABLE.test(name) && file.size <= MOST);
  const [first = ""] = readable[0]?.name.split("/") ?? [];
  const isFolder = readable.every(({ name }) => name.startsWith(`${first}/`));
  const read = await Promise.all(readable.map(async ({ name, file }) => /** @type {const} */ ([isFolder ? name.slice(first.length + 1) : name, await file.text()])));
  return Object.fromEntries(read);
}

/**
 * The file that looks most like a configuration.
 *
 * @param {string[]} names
 */
export function mainOf(names) {
  const order = [/(^|\/)krakend\.json$/, /(^|\/)krakend\.ya?ml$/, /(^|\/)krakend\.toml$/, /(^|\/)krakend\.(json\.)?tmpl$/, /^[^/]*\.tmpl$/, /^[^/]*\.(json|ya?ml|toml)$/, /./];
  return order.flatMap((pattern) => names.filter((name) => pattern.test(name)))[0] ?? "krakend.json";
}

/**
 * Folders that templates are usually read from, by their names.
 *
 * @param {string[]} names
 * @returns {Record<string, string>}
 */
export function templateFolders(names) {
  /** @type {Record<string, string>} */
  const env = {};
  for (const [variable, folder] of [["FC_SETTINGS", /^(.*\/)?settings(\/(prod|dev|local))?(?=\/[^/]+\.json$)/], ["FC_TEMPLATES", /^(.*\/)?templates(?=\/[^/]+\.tmpl$)/], ["FC_PARTIALS", /^(.*\/)?partials(?=\/)/]]) {
    for (const name of names) {
      const found = /** @type {RegExp} */ (folder).exec(name)?.[0];
      if (found !== undefined) env[String(variable)] ??= found;
    }
  }
  return env;
}

/**
 * The files of what was dropped, those in folders too.
 *
 * @param {DataTransfer} transfer
 */
export async function filesOf(transfer) {
  /** @type {{ name: string, file: File }[]} */
  const found = [];
  const visit = async (/** @type {FileSystemEntry} */ entry, /** @type {string} */ path) => {
    if (/(^|\/)(node_modules|\.git|target)$/.test(path)) return;
    if (entry instanceof FileSystemFileEntry) {
      const file = await new Promise((/** @type {(file: File) => void} */ resolve, reject) => entry.file(resolve, reject));
      found.push({ name: path, file });
    } else if (entry instanceof FileSystemDirectoryEntry) {
      const reader = entry.createReader();
      for (;;) {
        const inside = await new Promise((/** @type {(entries: FileSystemEntry[]) => void} */ resolve, reject) => reader.readEntries(resolve, reject));
        if (inside.length === 0) break;
        for (const one of inside) await visit(one, `${path}/${one.name}`);
      }
    }
  };
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const plain = [...transfer.files];
  if (entries.every((entry) => entry === null)) return plain.map((file) => ({ name: file.name, file }));
  for (const entry of entries) if (entry !== null) await visit(entry, entry.name);
  return found;
}

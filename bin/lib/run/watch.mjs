// Tells when one of some files changes. By looking, not by the system's events: editors replace files, and folders come and go.
import fs from "node:fs";
import path from "node:path";

/** How often the files are looked at. */
const INTERVAL_MS = 150;

/** More files than these aren't looked at. */
const MAX_FILES = 2000;

/**
 * A text that changes when one of the files does: times and sizes, those of all files below a folder.
 *
 * @param {string[]} files
 */
export function signature(files) {
  const parts = /** @type {string[]} */ ([]);
  const look = (/** @type {string} */ file) => {
    if (parts.length >= MAX_FILES) return;
    const found = fs.statSync(file, { throwIfNoEntry: false });
    parts.push(found === undefined ? `${file} -` : `${file} ${found.mtimeMs} ${found.size}`);
    if (found?.isDirectory()) for (const name of fs.readdirSync(file).sort()) look(path.join(file, name));
  };
  for (const file of files) look(file);
  return parts.join("\n");
}

/**
 * Calls `changed` after each change, never twice at a time. It returns the files that are looked at from then on.
 *
 * @param {string[]} files
 * @param {() => Promise<string[]>} changed
 * @returns {{ stop: () => void }}
 */
export function watch(files, changed) {
  let watched = files;
  let last = signature(watched);
  let stopped = false;
  const look = async () => {
    const now = signature(watched);
    if (now !== last) {
      const next = await changed();
      // As the files were before they were read: a change that came meanwhile is seen the next time.
      last = next.join("\n") === watched.join("\n") ? now : signature(next);
      watched = next;
    }
    if (!stopped) timer = setTimeout(begin, INTERVAL_MS);
  };
  const begin = () => void look();
  let timer = setTimeout(begin, INTERVAL_MS);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

// Tells when one of some files changes. By looking, not by the system's events: editors replace files, and folders come and go.
import fs from "node:fs";
import path from "node:path";
import { messageOf } from "../errors.mjs";

/** How often the files are looked at. */
const INTERVAL_MS = 150;

/** More files than these aren't looked at. */
const MAX_FILES = 2000;

/**
 * A string that changes when one of the files does: times and sizes, those of all files below a folder. Links to folders that
 * are found there aren't followed: they may lead anywhere, also back.
 *
 * @param {string[]} files
 */
export function signature(files) {
  const parts = /** @type {string[]} */ ([]);
  const look = (/** @type {string} */ file, /** @type {boolean} */ isLink) => {
    if (parts.length >= MAX_FILES) return;
    try {
      const found = fs.statSync(file, { throwIfNoEntry: false });
      parts.push(found === undefined ? `${file} -` : `${file} ${found.mtimeMs} ${found.size}`);
      if (!found?.isDirectory() || isLink) return;
      const inside = fs.readdirSync(file, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
      for (const entry of inside) look(path.join(file, entry.name), entry.isSymbolicLink());
    } catch (error) {
      // It may be gone by now, or not be readable, or be a link in a circle.
      parts.push(`${file} ${messageOf(error)}`);
    }
  };
  for (const file of files) look(file, false);
  return parts.join("\n");
}

/**
 * Calls `changed` after each change, never twice at a time. It returns the files that are looked at from then on. If it fails, the
 * error is printed, and the next change calls it again.
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
      // As the files were before they were read: a change that came meanwhile is seen the next time.
      last = now;
      try {
        const next = await changed();
        if (next.join("\n") !== watched.join("\n")) last = signature(next);
        watched = next;
      } catch (error) {
        console.error(error);
      }
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

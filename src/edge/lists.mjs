// Lists of header lines that requests need, as the plan says them.
import { CLIENT, COPIED, UNSEEN, UNTOLD } from "./protocol.mjs";

/**
 * A header line that a request needs.
 *
 * @typedef {object} Line
 * @property {string} name
 * @property {boolean} isCopied calls repeat the line, and depend on its value in no other way
 * @property {boolean} isUnseen calls don't depend on its value
 *
 * @typedef {object} HeaderList
 * @property {Line[]} all
 * @property {Line[]} told those that are needed where the platform tells the client's address
 * @property {boolean} copiesAddress whether calls repeat the client's address, as `X-Forwarded-For`, where the platform tells it
 * @property {boolean} hasSlots whether any line, or the address, may differ between requests with the same calls
 */

/**
 * The list that the core tells by names with their marks.
 *
 * @param {string[]} entries
 * @returns {HeaderList}
 */
export function headerList(entries) {
  /** @type {HeaderList} */
  const list = { all: [], told: [], copiesAddress: false, hasSlots: false };
  for (const entry of entries) {
    const isUntold = entry.startsWith(UNTOLD);
    const marked = isUntold ? entry.slice(UNTOLD.length) : entry;
    const isCopied = marked.startsWith(COPIED);
    const isUnseen = marked.startsWith(UNSEEN);
    if (isCopied || isUnseen) list.hasSlots = true;
    const name = isCopied || isUnseen ? marked.slice(1) : marked;
    if (name === CLIENT) list.copiesAddress = true;
    if (name === "" || name === CLIENT) continue;
    const line = { name, isCopied, isUnseen };
    list.all.push(line);
    if (!isUntold) list.told.push(line);
  }
  return list;
}

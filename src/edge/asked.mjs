// What of a client's request enters the core: method, URL, the header lines that it needs, who asks.
import { caller, place } from "./caller.mjs";
import { CLIENT, FORWARDED, HOPS } from "./protocol.mjs";

/**
 * A header line of a call that repeats one of its request, or the client's address: name and value.
 *
 * @typedef {[name: string, value: string]} Slot
 */

export class Asked {
  /** The header lines and who asks, as the core reads them. */
  lines = "";
  #request;
  /** @type {import("./lists.mjs").Line[]} */
  #names = [];
  /**
   * Of each of the names; null if `lines` has no slots.
   *
   * @type {(string | null)[] | null}
   */
  #values = null;
  #who = "";
  #copiesAddress = false;

  /** @param {Request} request */
  constructor(request) {
    this.#request = request;
    this.method = request.method;
    this.url = request.url;
    // One that is announced as empty doesn't follow.
    this.hasBody = request.body !== null && request.headers.get("content-length") !== "0";
  }

  /**
   * Reads the header lines of a list.
   *
   * @param {import("./lists.mjs").HeaderList | null} list
   * @param {boolean} wantsPlace Whether the core must hear where the client is: all lines come with that.
   */
  read(list, wantsPlace) {
    const { headers } = this.#request;
    const who = caller(this.#request);
    let lines = wantsPlace ? who + place(this.#request) : who;
    this.#values = null;
    // A request with one of these came through a gateway: the core sees all its lines.
    if (list === null || wantsPlace || headers.has(HOPS) || headers.has(FORWARDED)) {
      for (const [name, value] of headers) lines += `${name}\0${value}\0`;
    } else {
      const isTold = who.startsWith(CLIENT);
      const names = isTold ? list.told : list.all;
      const values = list.hasSlots ? /** @type {(string | null)[]} */ ([]) : null;
      for (const { name } of names) {
        const value = headers.get(name);
        if (value !== null) lines += `${name}\0${value}\0`;
        values?.push(value);
      }
      this.#names = names;
      this.#values = values;
      this.#copiesAddress = isTold && list.copiesAddress;
      this.#who = who;
    }
    this.lines = lines;
  }

  /** The lines without the values that requests with the same calls may differ in; null if they have to be the same. */
  key() {
    const values = this.#values;
    if (values === null) return null;
    let key = this.#address() === null ? this.#who : CLIENT;
    for (const [index, { name, isCopied, isUnseen }] of this.#names.entries()) {
      const value = values[index];
      if (value === null || value === undefined) continue;
      // Without a value it may be a line like none.
      key += value !== "" && (isCopied || isUnseen) ? `${name}\0` : `${name}\0${value}\0`;
    }
    return key;
  }

  /** The lines that calls repeat. */
  slots() {
    const slots = /** @type {Slot[]} */ ([]);
    const address = this.#address();
    if (address !== null) slots.push(["X-Forwarded-For", address]);
    for (const [index, { name, isCopied }] of this.#names.entries()) {
      const value = this.#values?.[index];
      if (isCopied && value !== null && value !== undefined && value !== "") slots.push([name, value]);
    }
    return slots;
  }

  /** The client's address where calls repeat it as it is; null where the core has to read it. */
  #address() {
    if (!this.#copiesAddress) return null;
    const address = this.#who.slice(CLIENT.length + 1, -1);
    return isPlain(address) ? address : null;
  }
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const IPV6 = /^[1-9a-f][\da-f]{0,3}(?::[1-9a-f][\da-f]{0,3})*(?:::(?:[1-9a-f][\da-f]{0,3}(?::[1-9a-f][\da-f]{0,3})*)?)?$/;

/**
 * Whether an address is written as the core writes it. Of IPv6 only what is plainly so: no group of zeros but those that `::` stands for.
 *
 * @param {string} address
 */
export function isPlain(address) {
  if (IPV4.test(address)) return true;
  if (!IPV6.test(address)) return false;
  const groups = address.split(":").filter((group) => group !== "").length;
  // One group of zeros isn't shortened.
  return address.includes("::") ? groups <= 6 : groups === 8;
}

// Elements, made in one call each.

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * @typedef {{ [name: string]: string | number | boolean | undefined | ((event: Event) => unknown) }} Attributes
 */

/**
 * An element. Functions listen to events (`onclick`), booleans are attributes that are there or not.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} attributes
 * @param {(Child | Child[])[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), (event) => void value(event));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().flatMap((child) => (child === null || child === undefined || child === false ? [] : [child instanceof Node ? child : String(child)])));
  return element;
}

/**
 * The element of the page with an id.
 *
 * @template {HTMLElement} E
 * @param {string} id
 * @param {new () => E} type
 * @returns {E}
 */
export function byId(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${type.name} #${id}`);
  return found;
}

/**
 * Puts children in place of those before.
 *
 * @param {Element} parent
 * @param {Child[]} children
 */
export const fill = (parent, ...children) => parent.replaceChildren(...children.flatMap((child) => (child === null || child === undefined || child === false ? [] : [child instanceof Node ? child : String(child)])));

/**
 * A field with its label.
 *
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string} [kind]
 */
export const field = (label, control, kind = "") => h("label", { class: `field ${kind}` }, h("span", {}, label), control);

/**
 * Says something for a moment.
 *
 * @param {string} text
 */
export function toast(text) {
  const place = byId("toast", HTMLElement);
  place.textContent = text;
  place.classList.add("shown");
  clearTimeout(hiding);
  hiding = setTimeout(() => place.classList.remove("shown"), 3500);
}
/** @type {ReturnType<typeof setTimeout> | undefined} */
let hiding;

/**
 * JSON in lines, if a text is some; else the text. All values keep their text: `1.0` isn't `1`.
 *
 * @param {string} text
 */
export function pretty(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  return text
    .replace(/"(?:[^"\\]|\\.)*"|[\s]+|[[{]\s*[\]}]|[[\]{},:]|[^\s"[\]{},:]+/g, (token) => {
      if (/^\s+$/.test(token)) return "";
      if (/^[[{]\s*[\]}]$/.test(token)) return token.replace(/\s+/, "");
      if (token === "{" || token === "[") {
        depth += 1;
        return token + line();
      }
      if (token === "}" || token === "]") {
        depth -= 1;
        return line() + token;
      }
      return token === "," ? token + line() : token === ":" ? ": " : token;
    })
    .trim();
}

/**
 * A text to read, with JSON's names, texts and numbers told apart.
 *
 * @param {string} text
 */
export function code(text) {
  const shown = h("code");
  const pattern = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;
  if (!/^\s*[[{"]/.test(text) || text.length > 200_000) shown.textContent = text;
  else {
    let last = 0;
    for (const match of text.matchAll(pattern)) {
      const [whole, string, colon, word] = match;
      shown.append(text.slice(last, match.index));
      const kind = string === undefined ? (word === undefined ? "number" : "word") : colon === undefined ? "string" : "name";
      shown.append(h("span", { class: `j-${kind}` }, string ?? whole), colon ?? "");
      last = match.index + whole.length;
    }
    shown.append(text.slice(last));
  }
  return h("pre", { tabindex: 0 }, shown);
}

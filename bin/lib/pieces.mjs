// Pieces say which bytes of a text come from which bytes of another.

/**
 * The bytes `start` to `end` of a text come from the bytes `from` to `to` of a source. Pieces are in order.
 *
 * @typedef {[start: number, end: number, source: number, from: number, to: number]} Piece
 */

/**
 * A function from offsets in characters to offsets in bytes.
 *
 * @param {string} text
 * @returns {(at: number) => number}
 */
export function byteOffsets(text) {
  if (Buffer.byteLength(text) === text.length) return (at) => at;
  const offsets = new Uint32Array(text.length + 1);
  for (let at = 0, bytes = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Each half of a pair counts two of the four bytes.
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
    offsets[at + 1] = bytes;
  }
  return (at) => offsets[Math.min(at, text.length)] ?? 0;
}

/**
 * The place that the bytes from `start` to `end` come from; undefined before the first piece.
 *
 * @param {Piece[]} pieces
 * @param {number} start
 * @param {number} end
 * @returns {[source: number, from: number, to: number] | undefined}
 */
export function locate(pieces, start, end) {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const piece = pieces[middle];
    if (piece !== undefined && piece[0] <= start) low = middle + 1;
    else high = middle;
  }
  const found = pieces[low - 1];
  if (!found) return undefined;
  const [begin, finish, source, from, to] = found;
  if (finish - begin !== to - from || start >= finish) return [source, from, to];
  return [source, from + start - begin, Math.min(to, from + end - begin)];
}

/**
 * Pieces that lead through another text: `first` into it, `second` out of it.
 *
 * @param {Piece[]} first
 * @param {Piece[]} second
 * @returns {Piece[]}
 */
export function compose(first, second) {
  return first.flatMap(([start, end, , from, to]) => {
    const place = locate(second, from, to);
    return place ? [[start, end, ...place]] : [];
  });
}

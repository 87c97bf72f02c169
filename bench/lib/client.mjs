// A light HTTP client: raw sockets, kept or not, one request at a time on each.
import net from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");

/**
 * @typedef {{ status: number, head: string, body: Buffer }} Answer
 */

/** An answer that takes longer will not come, in ms. */
const PATIENCE = 30_000;

/** A kept connection, and the next one where the server closes it. */
class Connection {
  #port;
  /** @type {net.Socket | null} */
  #socket = null;
  /** @type {Buffer[]} */
  #chunks = [];
  #length = 0;
  /** The bytes of a whole answer once the head is there; Infinity while chunks come. */
  #whole = 0;
  #headEnd = 0;
  #head = "";
  /** @type {{ resolve: (answer: Answer) => void, reject: (error: Error) => void } | null} */
  #settle = null;

  /** @param {number} port */
  constructor(port) {
    this.#port = port;
  }

  /** @param {number} port */
  static async open(port) {
    const connection = new Connection(port);
    await connection.#connect();
    return connection;
  }

  async #connect() {
    const socket = net.connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("error", (error) => this.#fail(socket, error));
    socket.on("close", () => this.#fail(socket, new Error("the connection was closed")));
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error(`no answer within ${PATIENCE} ms`)));
    this.#socket = socket;
    return socket;
  }

  /**
   * A socket is of no use any more. One that was left before is nobody's concern.
   *
   * @param {net.Socket} socket
   * @param {Error} error
   */
  #fail(socket, error) {
    if (this.#socket !== socket) return;
    this.#leave();
    this.#settle?.reject(error);
    this.#settle = null;
  }

  /** The next request gets a new connection. */
  #leave() {
    this.#socket?.destroy();
    this.#socket = null;
  }

  /**
   * Sends a request. A server may close a connection that it kept at any time: what was sent there and got no answer is sent again.
   *
   * @param {Buffer} bytes
   * @returns {Promise<Answer>}
   */
  async send(bytes) {
    const kept = this.#socket;
    try {
      return await this.#exchange(kept ?? (await this.#connect()), bytes);
    } catch (error) {
      if (kept === null || this.#length > 0) throw error;
      return await this.#exchange(await this.#connect(), bytes);
    }
  }

  /**
   * @param {net.Socket} socket
   * @param {Buffer} bytes
   * @returns {Promise<Answer>}
   */
  #exchange(socket, bytes) {
    this.#chunks.length = 0;
    this.#length = 0;
    this.#whole = 0;
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      // One that is destroyed by now tells nobody else.
      socket.write(bytes, (error) => {
        if (error) reject(error);
      });
    });
  }

  close() {
    this.#settle = null;
    this.#socket?.destroy();
  }

  /** @param {Buffer} chunk */
  #take(chunk) {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#whole === 0) {
      const seen = this.#joined();
      const end = seen.indexOf(HEAD_END);
      if (end < 0) return;
      this.#headEnd = end + 4;
      this.#head = seen.toString("latin1", 0, end);
      const length = /\r\ncontent-length: (\d+)/i.exec(this.#head);
      this.#whole = length ? this.#headEnd + Number(length[1]) : /\r\ntransfer-encoding: chunked/i.test(this.#head) ? Infinity : this.#headEnd;
    }
    if (this.#whole === Infinity) {
      if (chunk.length < 5) this.#chunks = [Buffer.concat(this.#chunks)];
      if (!this.#chunks.at(-1)?.subarray(-5).equals(Buffer.from("0\r\n\r\n"))) return;
    } else if (this.#length < this.#whole) return;
    const body = this.#joined().subarray(this.#headEnd);
    const answer = { status: Number(this.#head.slice(9, 12)), head: this.#head, body: this.#whole === Infinity ? unchunked(body) : body };
    if (/\r\nconnection: close/i.test(this.#head)) this.#leave();
    this.#settle?.resolve(answer);
    this.#settle = null;
  }

  /** All that came, in one piece. */
  #joined() {
    const [first] = this.#chunks;
    if (first !== undefined && this.#chunks.length === 1) return first;
    const whole = Buffer.concat(this.#chunks);
    this.#chunks = [whole];
    return whole;
  }
}

/** @param {Record<string, string>} headers */
const lines = (headers) => Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");

/** @param {Buffer} bytes */
function unchunked(bytes) {
  const parts = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf("\r\n", at);
    const size = parseInt(bytes.toString("latin1", at, line), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 4 + size;
  }
}

/**
 * Requests of a client.
 *
 * @typedef {object} Requests
 * @property {string} path
 * @property {Record<string, string>} [headers]
 * @property {(number: number) => Record<string, string>} [each] further header lines of each
 * @property {boolean} [isCounted] the path of each goes on with its number
 * @property {boolean} [isAlone] each has a connection of its own
 */

/** A few connections to one port that send the same request again and again. */
export class Client {
  #first;
  #connections;
  #path;
  #lines;
  #requests;
  #sent = 0;
  /** @type {Buffer | undefined} */
  #same;

  /**
   * @param {Connection} first
   * @param {Connection[]} others
   * @param {Requests} requests
   */
  constructor(first, others, requests) {
    const { path, headers = {}, isAlone = false } = requests;
    this.#first = first;
    this.#connections = [first, ...others];
    this.#requests = requests;
    this.#path = path;
    this.#lines = ` HTTP/1.1\r\nHost: bench.example\r\n${lines(isAlone ? { ...headers, Connection: "close" } : headers)}`;
  }

  /**
   * @param {number} port
   * @param {Requests} requests
   * @param {number} connections
   */
  static async open(port, requests, connections) {
    const first = await Connection.open(port);
    const others = await Promise.all(Array.from({ length: connections - 1 }, () => Connection.open(port)));
    return new Client(first, others, requests);
  }

  /** One request. */
  once() {
    return this.#first.send(this.#request());
  }

  #request() {
    const { each, isCounted } = this.#requests;
    if (each === undefined && !isCounted) return (this.#same ??= Buffer.from(`GET ${this.#path}${this.#lines}\r\n`));
    const number = this.#sent++;
    return Buffer.from(`GET ${this.#path}${isCounted ? number : ""}${this.#lines}${each === undefined ? "" : lines(each(number))}\r\n`);
  }

  /**
   * Many requests; `check` sees each answer. Gives the milliseconds of each, and of all.
   *
   * @param {number} count
   * @param {(answer: Answer) => void} check
   */
  async many(count, check) {
    const times = new Float64Array(count);
    let next = 0;
    const lane = async (/** @type {Connection} */ connection) => {
      while (next < count) {
        const at = next++;
        const began = performance.now();
        const answer = await connection.send(this.#request());
        times[at] = performance.now() - began;
        check(answer);
      }
    };
    const start = performance.now();
    await Promise.all(this.#connections.map(lane));
    return { times, total: performance.now() - start };
  }

  close() {
    for (const connection of this.#connections) connection.close();
  }
}

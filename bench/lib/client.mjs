// A light HTTP client: raw sockets, kept, one request at a time on each.
import net from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");

/** One kept connection. */
class Connection {
  #socket;
  #chunks = [];
  #length = 0;
  /** The bytes of a whole answer once the head is there; Infinity while chunks come. */
  #whole = 0;
  #headEnd = 0;
  #head = "";
  #settle = null;

  static async open(port) {
    const connection = new Connection();
    connection.#socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    await new Promise((resolve, reject) => connection.#socket.once("connect", resolve).once("error", reject));
    connection.#socket.on("data", (chunk) => connection.#take(chunk));
    for (const event of ["error", "close"]) {
      connection.#socket.on(event, (error) => connection.#settle?.reject(error || new Error("the connection was closed")));
    }
    return connection;
  }

  /** Sends a request; resolves to `{ status, head, body }`. */
  send(bytes) {
    this.#chunks.length = this.#length = this.#whole = 0;
    this.#socket.write(bytes);
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  close() {
    this.#settle = null;
    this.#socket.destroy();
  }

  #take(chunk) {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#whole === 0) {
      if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
      const end = this.#chunks[0].indexOf(HEAD_END);
      if (end < 0) return;
      this.#headEnd = end + 4;
      this.#head = this.#chunks[0].latin1Slice(0, end);
      const length = /\r\ncontent-length: (\d+)/i.exec(this.#head);
      this.#whole = length ? this.#headEnd + Number(length[1]) : /\r\ntransfer-encoding: chunked/i.test(this.#head) ? Infinity : this.#headEnd;
    }
    if (this.#whole === Infinity) {
      if (chunk.length < 5) this.#chunks = [Buffer.concat(this.#chunks)];
      if (!this.#chunks.at(-1).subarray(-5).equals(Buffer.from("0\r\n\r\n"))) return;
    } else if (this.#length < this.#whole) return;
    const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    const body = bytes.subarray(this.#headEnd);
    const answer = { status: Number(this.#head.slice(9, 12)), head: this.#head, body: this.#whole === Infinity ? unchunked(body) : body };
    this.#settle.resolve(answer);
  }
}

function unchunked(bytes) {
  const parts = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf("\r\n", at);
    const size = parseInt(bytes.latin1Slice(at, line), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 4 + size;
  }
}

/** A few connections to one port that send the same request again and again. */
export class Client {
  #connections;
  #request;

  static async open(port, { path, headers = {} }, connections) {
    const client = new Client();
    client.#connections = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)));
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    client.#request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: bench.example\r\n${lines.join("")}\r\n`);
    return client;
  }

  /** One request. */
  once() {
    return this.#connections[0].send(this.#request);
  }

  /** Many requests; `check` sees each answer. Gives the milliseconds of each, and of all. */
  async many(count, check) {
    const times = new Float64Array(count);
    let next = 0;
    const lane = async (connection) => {
      while (next < count) {
        const at = next++;
        const began = performance.now();
        const answer = await connection.send(this.#request);
        times[at] = performance.now() - began;
        check(answer);
      }
    };
    const began = performance.now();
    await Promise.all(this.#connections.map(lane));
    return { times, total: performance.now() - began };
  }

  close() {
    for (const connection of this.#connections) connection.close();
  }
}

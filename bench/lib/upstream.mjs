// The origin, a process of its own: answers GET /BYTES/SEED with that document, from memory, on kept connections. A POST, which is a
// report for a collector, is answered with nothing.
import net from "node:net";
import { document } from "./documents.mjs";

/** @type {Map<string, Buffer>} */
const answers = new Map();

const TAKEN = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/** @param {string} target */
function answer(target) {
  const [path = ""] = target.split("?", 1);
  let bytes = answers.get(path);
  if (bytes === undefined) {
    const [, size = 0, seed] = path.split("/").map(Number);
    const body = document(size, seed);
    const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
    bytes = Buffer.from(head + body);
    answers.set(path, bytes);
  }
  return bytes;
}

const server = net.createServer({ noDelay: true }, (socket) => {
  let seen = "";
  socket.on("data", (chunk) => {
    seen += chunk.toString("latin1");
    for (let end; (end = seen.indexOf("\r\n\r\n")) >= 0; seen = seen.slice(end + 4)) {
      if (seen.startsWith("POST ")) {
        end += Number(/content-length: *(\d+)/i.exec(seen.slice(0, end))?.[1] ?? 0);
        if (seen.length < end + 4) return;
        socket.write(TAKEN);
      } else socket.write(answer(seen.slice(4, seen.indexOf(" ", 4))));
    }
  });
  socket.on("error", () => socket.destroy());
});

server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.on("disconnect", () => process.exit());

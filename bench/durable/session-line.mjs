// A client of durable delivery that does as little as possible: it counts what comes.
import { connect } from "node:net";

const upgrade = [
  "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
  "Host: localhost",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  "\r\n",
].join("\r\n");
const message = Buffer.from('["$durable",');
const plainMessage = Buffer.from('42["m",');
const live = Buffer.from('["$live",');
const overlap = 16;

/** A frame of text as clients send it; a mask of zeros leaves the bytes as they are. */
function frame(text) {
  const bytes = Buffer.from(text);
  const head = Buffer.alloc(bytes.length < 126 ? 6 : 8);
  head[0] = 0x81;
  head[1] = 0x80 | Math.min(bytes.length, 126);
  if (bytes.length >= 126) head.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([head, bytes]);
}

function occurrences(bytes, pattern) {
  let count = 0;
  for (let at = bytes.indexOf(pattern); at >= 0; at = bytes.indexOf(pattern, at + 1)) count++;
  return count;
}

export class SessionLine {
  session;
  received = 0;
  #socket;
  #tail = Buffer.alloc(0);
  #greeting = "";
  #waiting;

  /** Connects, with the session that it had, and resolves when it has all that it missed. */
  open(port, isDurable) {
    return new Promise((resolve, reject) => {
      this.#waiting = resolve;
      this.#greeting = "";
      this.#tail = Buffer.alloc(0);
      this.#socket = connect(port, "127.0.0.1", () => this.#socket.write(upgrade));
      this.#socket.once("error", reject);
      let asked = false;
      this.#socket.on("data", (data) => {
        if (!asked && data.includes('"sid"')) {
          asked = true;
          const words = { v: 1, next: 1, session: this.session, position: this.position };
          this.#socket.write(frame(isDurable ? `40${JSON.stringify({ $delivery: words })}` : "40"));
          return;
        }
        if (asked) this.#take(data, isDurable);
      });
    });
  }

  close() {
    return new Promise((resolve) => {
      this.#socket.once("close", resolve);
      this.#socket.destroy();
    });
  }

  #take(data, isDurable) {
    const bytes = Buffer.concat([this.#tail, data]);
    // A pattern that ends in the tail was counted before.
    const before = occurrences(this.#tail, message) + occurrences(this.#tail, plainMessage);
    this.received += occurrences(bytes, message) + occurrences(bytes, plainMessage) - before;
    if (this.#greeting !== undefined) this.#greet(bytes, isDurable);
    if (bytes.includes(live) || !isDurable) this.#waiting?.();
    this.#tail = bytes.subarray(Math.max(0, bytes.length - overlap));
  }

  #greet(bytes, isDurable) {
    this.#greeting += bytes.toString("latin1");
    // The last of what it says.
    if (!this.#greeting.includes(isDurable ? '"inFlight":' : '"sid":')) return;
    const answer = this.#greeting;
    this.#greeting = undefined;
    if (!isDurable) return;
    const { session } = /"session":(?<session>\{[^}]*\})/.exec(answer).groups;
    const { position } = /"position":(?<position>\{[^}]*\})/.exec(answer).groups;
    this.session = JSON.parse(session);
    this.position = JSON.parse(position);
  }
}

// One keep-alive HTTP/1.1 connection, one request at a time: as little work as can be, so that the server is what is measured.
import { connect } from "node:net";

export class HttpLine {
  #socket;
  #host;
  #waiting;
  #got = "";
  #type;

  /** `type`: of the bodies that are sent. */
  constructor(port, type = "text/plain") {
    this.#type = type;
    this.#host = `127.0.0.1:${port}`;
    this.#socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (text) => this.#onData(text));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("the server closed the line")));
  }

  /** The body of the answer. Rejects unless its status is 200. */
  request(method, path, body = "") {
    const head = `${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n`;
    const length =
      method === "POST" ? `Content-Type: ${this.#type}\r\nContent-Length: ${body.length}\r\n` : "";
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(`${head}${length}\r\n${body}`, "latin1");
    });
  }

  end() {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #onData(text) {
    this.#got += text;
    const end = this.#got.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = this.#got.slice(0, end);
    const length = Number(/^content-length: *(\d+)$/im.exec(head)?.[1]);
    if (Number.isNaN(length)) return this.#fail(new Error(`no Content-Length:\n${head}`));
    const total = end + 4 + length;
    if (this.#got.length < total) return;
    const body = this.#got.slice(end + 4, total);
    if (this.#got.length > total) return this.#fail(new Error("more came than was asked for"));
    this.#got = "";
    if (!head.startsWith("HTTP/1.1 200")) return this.#fail(new Error(`${head}\n${body}`));
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve(body);
  }

  #fail(error) {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

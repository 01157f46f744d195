// Another backend that publishes over HTTP: one event a request, on a line that it keeps.
import { HttpLine } from "./http-line.mjs";

const letters = "abcdefghijklmnopqrstuvwxyz";

export class PublishLine {
  #line;
  #number;
  #bytes;
  #sent = 0;

  constructor({ port, number, bytes }) {
    this.#line = new HttpLine(port, "application/json");
    this.#number = number;
    this.#bytes = bytes;
  }

  async open() {
    await this.pair();
  }

  /** One request and its answer. Throws when it was not published. */
  async pair() {
    const head = `${this.#number}.${this.#sent++}.`;
    const text = head + letters.repeat(8).slice(0, this.#bytes - head.length);
    const body = `{"room":"nobody","event":"m","data":["${text}"]}`;
    const answer = await this.#line.request("POST", "/hawser/publish", body);
    if (JSON.parse(answer).ok !== true) throw new Error(`not published: ${answer}`);
  }

  end() {
    this.#line.end();
  }
}

// One Socket.IO client over polling: a POST with so many events, then the GET that collects their echoes, and again.
import { HttpLine } from "./http-line.mjs";

const separator = "\x1e";
const letters = "abcdefghijklmnopqrstuvwxyz";

export class PollingSession {
  #post;
  #get;
  #path = "/socket.io/?EIO=4&transport=polling";
  #number;
  #events;
  #bytes;
  #sent = 0;

  constructor({ port, number, events, bytes }) {
    this.#post = new HttpLine(port);
    this.#get = new HttpLine(port);
    this.#number = number;
    this.#events = events;
    this.#bytes = bytes;
  }

  /** Engine.IO's handshake, and CONNECT of the namespace "/". */
  async open() {
    const opened = await this.#get.request("GET", this.#path);
    const { sid } = JSON.parse(opened.slice(1));
    this.#path += `&sid=${sid}`;
    await this.#post.request("POST", this.#path, "40");
    const joined = await this.#get.request("GET", this.#path);
    if (!joined.startsWith("40{"))
      throw new Error(`session ${this.#number}: expected 40{…}, got ${joined}`);
  }

  /** One pair. Throws when an echo is missing, repeated or wrong. */
  async pair() {
    const packets = Array.from({ length: this.#events }, () => this.#packet());
    const answered = await this.#post.request("POST", this.#path, packets.join(separator));
    if (answered !== "ok")
      throw new Error(`session ${this.#number}: POST was answered with ${answered}`);
    const got = [];
    while (got.length < packets.length) {
      const payload = await this.#get.request("GET", this.#path);
      got.push(...payload.split(separator).filter((packet) => packet !== "2"));
    }
    const wrong = got.findIndex((packet, i) => packet !== packets[i]);
    if (wrong < 0) return;
    throw new Error(
      `session ${this.#number}: lost, repeated or wrong\n  expected ${packets[wrong]}\n  got      ${got[wrong]}`,
    );
  }

  end() {
    this.#post.end();
    this.#get.end();
  }

  #packet() {
    const head = `${this.#number}.${this.#sent++}.`;
    return `42["m","${head}${letters.repeat(8).slice(0, this.#bytes - head.length)}"]`;
  }
}

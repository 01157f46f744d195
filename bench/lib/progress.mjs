// What is said while it runs, on standard error: one line that moves on a terminal, plain lines elsewhere.
import { styleText } from "node:util";

const out = process.stderr;
const clearLine = "\r\u001B[2K";

export class Progress {
  #total;
  #done = 0;
  #began = performance.now();

  constructor(total) {
    this.#total = total;
  }

  /** Before a sample. */
  step(scenario, peer, round) {
    if (!out.isTTY) return;
    const left = this.#done === 0 ? "" : `, ${this.#left()} left`;
    const where = `${scenario.name}, round ${round + 1}, ${peer.label}`;
    out.write(`${clearLine}${styleText("dim", `[${this.#done}/${this.#total}${left}] ${where}`)}`);
  }

  /** After a sample. */
  done() {
    this.#done++;
  }

  line(text) {
    out.write(`${out.isTTY ? clearLine : ""}${text}\n`);
  }

  failure(scenario, peer, error) {
    this.line(styleText("red", `${scenario.name}, ${peer.label}: ${error.message}`));
  }

  #left() {
    const each = (performance.now() - this.#began) / this.#done;
    const seconds = Math.round(((this.#total - this.#done) * each) / 1000);
    return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  }
}

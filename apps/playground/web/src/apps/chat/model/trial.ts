import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { Line } from "../../../shell/line.ts";
import type { ChatRequests } from "./chat-requests.ts";
import type { Outage } from "./outage.ts";

const unpluggedMs = 6000;

/** What a person can do to the line and to the server, to see that no message gets lost by it. */
export class Trial {
  /** The server lets this page kill it. */
  readonly mayKill: Signal<boolean> = signal(false);
  readonly #line: Line;
  readonly #requests: ChatRequests;
  readonly #outage: Outage;

  constructor(line: Line, requests: ChatRequests, outage: Outage) {
    this.#line = line;
    this.#requests = requests;
    this.#outage = outage;
  }

  /** Cuts this page's line for some seconds. */
  pullPlug(): void {
    this.#outage.expect("plug");
    this.#line.cut(unpluggedMs);
  }

  /** Ends the server's process by SIGKILL; the start command starts another one. */
  async killServer(): Promise<void> {
    this.#outage.expect("kill");
    const reply = await this.#requests.kill();
    if (reply?.ok === false) this.#outage.expect("unknown");
  }
}

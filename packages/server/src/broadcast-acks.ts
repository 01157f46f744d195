import { ServerError } from "./errors.ts";
import type { AckCallback } from "./adapter/types.ts";

/** Collects the acknowledgements of one broadcast, over all nodes, until all have come or the time is over. */
export class BroadcastAcks {
  private readonly ack: AckCallback;
  private readonly single: boolean;
  private readonly responses: unknown[] = [];
  private expectedServers = -1;
  private answeredServers = 0;
  private expectedClients = 0;
  private settled = false;
  private readonly timer: ReturnType<typeof setTimeout>;

  /**
   * @param ack called once: `(null, responses)`, or `(error, responses)` with those that came in time;
   * with `single` there is one response in place of the list
   * @param forget called when the time is over, to release what still waits for an answer
   */
  constructor(
    ack: AckCallback,
    single: boolean,
    timeoutMs: number | undefined,
    forget: () => void,
  ) {
    this.ack = ack;
    this.single = single;
    this.timer = setTimeout(() => {
      if (this.settled) return;
      forget();
      const error = new ServerError("ACK_TIMEOUT", undefined, "maybe");
      this.settle(error, single ? null : this.responses);
    }, timeoutMs);
  }

  /** How many nodes take part. */
  onServerCount(count: number): void {
    this.expectedServers = count;
    this.check();
  }

  /** A node says to how many clients it has sent. */
  readonly onClientCount = (count: number): void => {
    this.expectedClients += count;
    this.answeredServers++;
    this.check();
  };

  /** A client answers. */
  readonly onResponse = (response: unknown): void => {
    if (this.settled) return;
    this.responses.push(response);
    this.check();
  };

  private check(): void {
    if (this.answeredServers !== this.expectedServers) return;
    if (this.responses.length !== this.expectedClients) return;
    if (!this.single) this.settle(null, this.responses);
    else if (this.expectedClients > 0) this.settle(null, this.responses[0]);
    // Nobody has that id any more: an answer of nothing would be mistaken for the client's.
    else this.settle(new ServerError("DISCONNECTED", undefined, "no"), null);
  }

  private settle(error: Error | null, result: unknown): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.timer);
    this.ack(error, result);
  }
}

import { emitOutcome } from "@hawser/protocol/internal";
import { DurableLink } from "../../delivery/links.ts";
import { decodeEvent, offsetMark } from "../../delivery/durable-message.ts";
import type { DeliveryFault, DeliveryRetry, ResetNotice } from "@hawser/protocol/internal";
import type { Outgoing } from "@hawser/engine/internal";
import type { Result } from "../../delivery/acceptance.ts";
import type { DurableMessage } from "../../delivery/durable-message.ts";
import type { PlainClient } from "./plain-client.ts";

/** The session of a plain client: the same as any other, in other words. */
export class PlainLink extends DurableLink {
  private get client(): PlainClient {
    return this.socket.client as unknown as PlainClient;
  }

  /** The line is another's now. */
  override fence(): void {
    this.host.counters.sessionsFenced++;
    this.client.leave("TAKEN");
    this.socket.disconnect(true);
  }

  protected override formOf(message: DurableMessage): Outgoing {
    const { client } = this;
    const mark = (plain: Outgoing): Outgoing =>
      client.translate(plain, offsetMark(this.host.epoch, message.offset));
    return message.inForm(client.voice.index, mark);
  }

  protected override onCaughtUp(offset: number): void {
    const position = offsetMark(this.host.epoch, offset);
    this.client.say({ type: "live", namespace: this.socket.nsp.name, position });
  }

  protected override sayReset({ reason, room }: ResetNotice): void {
    this.client.say({ type: "reset", namespace: this.socket.nsp.name, reason, room });
  }

  protected override refusePosition(): void {
    this.client.tell("FIELD_INVALID", this.socket.nsp.name, "/position");
  }

  protected override answer(durable: number, result: Result): void {
    if (this.ended) return;
    const [outcome, ...answer] = decodeEvent(result);
    const message = { type: "durable" as const, namespace: this.socket.nsp.name, durable };
    if (outcome === emitOutcome.accepted) {
      this.client.say({ ...message, data: answer });
    } else if (outcome === emitOutcome.failed) {
      this.client.say({ ...message, error: answer[0] as DeliveryFault });
    } else {
      const { retryAfterMs = 0 } = answer[0] as DeliveryRetry;
      this.client.say({ ...message, retry: retryAfterMs });
    }
  }
}

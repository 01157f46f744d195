import { deliveryEvents, deliveryVersion } from "@hawser/protocol/internal";
import type {
  DeliveryAnswer,
  DeliveryRequest,
  FencedNotice,
  ResetNotice,
  SessionKey,
} from "@hawser/protocol/internal";
import type { Delivery } from "./delivery.ts";
import { limits } from "./limits.ts";
import type { StoredState } from "./store.ts";

/** What a session needs of its socket. */
export interface SessionHost {
  readonly delivery: Delivery;
  /** Calls `run` after that time. */
  set(run: () => void, delayMs: number): unknown;
  isConnected(): boolean;
  /** Hands an event to the application. */
  hand(event: unknown[]): void;
  /** Sends an event of delivery's own. */
  say(event: readonly unknown[]): void;
  /** What is stored of the session has changed. */
  moved(): void;
  /** Another connection has the session now. */
  leave(): void;
}

/** What comes from the server: each message once and in order, and how far it has been handled. */
export class ClientSession {
  key: SessionKey | undefined = undefined;
  private readonly host: SessionHost;
  /** The position that the server knows of. */
  private told = 0;
  private handled = 0;
  private telling = false;

  constructor(host: SessionHost) {
    this.host = host;
  }

  restore(state: StoredState): void {
    this.key = state.session;
    this.host.delivery.position = state.position;
  }

  request(next: number): DeliveryRequest {
    const { position } = this.host.delivery;
    return {
      v: deliveryVersion,
      ...(this.key && { session: this.key }),
      ...(position && { position }),
      next,
    };
  }

  begin({ session, recovered, position }: DeliveryAnswer): void {
    const { delivery } = this.host;
    const known = recovered && session.id === this.key?.id ? delivery.position : undefined;
    // What is behind it has been handled, even if the server goes back further.
    const isKnown = known?.epoch === position.epoch && known.offset > position.offset;
    delivery.position = isKnown ? known : position;
    delivery.recovered = recovered;
    delivery.live = false;
    this.key = session;
    this.told = position.offset;
    this.handled = 0;
  }

  /** An event from the server. @returns whether it was delivery's */
  takes(data: unknown[]): boolean {
    const { delivery } = this.host;
    switch (data[0]) {
      case deliveryEvents.durable:
        this.onMessage(data[1] as number, data.slice(2));
        return true;
      case deliveryEvents.live:
        delivery.live = true;
        this.moveTo(data[1] as number);
        delivery.say("live", delivery.position!);
        return true;
      case deliveryEvents.reset:
        delivery.say("reset", data[1] as ResetNotice);
        return true;
      case deliveryEvents.fenced:
        this.host.leave();
        delivery.say("fenced", data[1] as FencedNotice);
        return true;
      default:
        return false;
    }
  }

  private onMessage(offset: number, event: unknown[]): void {
    if (offset <= this.host.delivery.position!.offset) return;
    try {
      this.host.hand(event);
    } finally {
      // A listener that throws has had it, too.
      this.handled++;
      this.moveTo(offset);
    }
  }

  private moveTo(offset: number): void {
    const { delivery } = this.host;
    const { epoch, offset: before } = delivery.position!;
    if (offset > before) {
      delivery.position = { epoch, offset };
      this.host.moved();
    }
    if (this.handled >= limits.positionEvery) {
      this.tell();
    } else if (!this.telling && delivery.position!.offset > this.told) {
      this.telling = true;
      this.host.set(() => {
        this.telling = false;
        this.tell();
      }, limits.positionAfterMs);
    }
  }

  private tell(): void {
    const { offset } = this.host.delivery.position!;
    if (!this.host.isConnected() || offset <= this.told) return;
    this.told = offset;
    this.handled = 0;
    this.host.say([deliveryEvents.position, offset]);
  }
}

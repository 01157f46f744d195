import { randomBytes } from "node:crypto";
import type { Connection } from "@hawser/engine";
import type { Adapter } from "../adapter/memory.ts";
import type { PrivateSessionId, Session } from "../adapter/types.ts";
import type { SessionFinder } from "../client-host.ts";

/** 144 bits: whoever knows it is given what the session has missed. */
const pidBytes = 18;

/** A socket whose session can be recovered. */
export interface Recoverable {
  readonly client: { readonly conn: Connection };
}

/** Connection state recovery of one namespace: made only where it is on. */
export class Recovery implements SessionFinder {
  readonly skipMiddlewares: boolean;
  private readonly host: { readonly adapter: Adapter };
  /** The sockets that have a session now, by its secret id: a session never has two. */
  private readonly live: Map<PrivateSessionId, Recoverable> = new Map();

  /** @param host the namespace, whose adapter may change */
  constructor(host: { readonly adapter: Adapter }, skipMiddlewares: boolean) {
    this.host = host;
    this.skipMiddlewares = skipMiddlewares;
  }

  makeId(): PrivateSessionId {
    return randomBytes(pidBytes).toString("base64url");
  }

  /** A socket begins or goes on with a session. */
  begin(pid: PrivateSessionId, socket: Recoverable): void {
    this.live.set(pid, socket);
  }

  end(pid: PrivateSessionId, socket: Recoverable): void {
    if (this.live.get(pid) === socket) this.live.delete(pid);
  }

  find(
    auth: Record<string, unknown> | undefined,
    found: (session: Session | undefined, auth: Record<string, unknown> | undefined) => void,
  ): void {
    const { pid, offset, ...rest } = auth ?? {};
    if (typeof pid !== "string") {
      found(undefined, auth);
      return;
    }
    // Its client is here, so its older line is dead, though we did not notice: closing it leaves the session behind.
    this.live.get(pid)?.client.conn.close(true);
    void this.restore(pid, typeof offset === "string" ? offset : "").then((session) => {
      // The handshake is told to other nodes and tools: a secret that is still good is no part of it.
      if (session) found(session, rest);
      else found(undefined, auth);
    });
  }

  giveBack({ sid, pid, rooms, data }: Session): void {
    this.host.adapter.persistSession({ sid, pid, rooms, data });
  }

  /** Adapters reject when there is no such session, or when their store fails; some give null instead of a promise. */
  private async restore(pid: PrivateSessionId, offset: string): Promise<Session | null> {
    try {
      return await this.host.adapter.restoreSession(pid, offset);
    } catch {
      return null;
    }
  }
}

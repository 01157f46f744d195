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
    found: (session: Session | undefined) => void,
  ): void {
    const pid = auth?.["pid"];
    const offset = auth?.["offset"];
    if (typeof pid !== "string") {
      found(undefined);
      return;
    }
    // Its client is here, so its older line is dead, though we did not notice: closing it leaves the session behind.
    this.live.get(pid)?.client.conn.close(true);
    this.host.adapter.restoreSession(pid, typeof offset === "string" ? offset : "").then(
      (session) => found(session ?? undefined),
      // Adapters reject when there is no such session, as well as when their store fails.
      () => found(undefined),
    );
  }

  giveBack({ sid, pid, rooms, data }: Session): void {
    this.host.adapter.persistSession({ sid, pid, rooms, data });
  }
}

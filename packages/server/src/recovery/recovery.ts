import { randomBytes } from "node:crypto";
import { SocketSession } from "./socket-session.ts";
import type { Connection } from "@hawser/engine";
import type { Adapter } from "../adapter/memory.ts";
import type { PrivateSessionId, Room, Session, SocketId } from "../adapter/types.ts";
import type { SessionEntry, SessionFinder, SessionLink, SessionSocket } from "../session-link.ts";

/** 144 bits: whoever knows it is given what the session has missed. */
const pidBytes = 18;

/** A socket whose session can be recovered. */
export interface Recoverable {
  readonly client: { readonly conn: Connection };
}

/** Connection state recovery of one namespace whose adapter keeps the sessions. */
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
    found: (entry: SessionEntry, auth: Record<string, unknown> | undefined) => void,
  ): void {
    const { pid, offset, ...rest } = auth ?? {};
    if (typeof pid !== "string") {
      found(new AdapterEntry(this, undefined), auth);
      return;
    }
    // Its client is here, so its older line is dead, though we did not notice: closing it leaves the session behind.
    this.live.get(pid)?.client.conn.close(true);
    void this.restore(pid, typeof offset === "string" ? offset : "").then((session) => {
      // The handshake is told to other nodes and tools: a secret that is still good is no part of it.
      if (session) found(new AdapterEntry(this, session), rest);
      else found(new AdapterEntry(this, undefined), auth);
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

/** A session of the adapter's, or a new one. */
class AdapterEntry implements SessionEntry {
  readonly recovered: boolean;
  readonly skipsMiddlewares: boolean;
  private readonly recovery: Recovery;
  private readonly session: Session | undefined;

  constructor(recovery: Recovery, session: Session | undefined) {
    this.recovery = recovery;
    this.session = session;
    this.recovered = session !== undefined;
    this.skipsMiddlewares = this.recovered && recovery.skipMiddlewares;
  }

  get sid(): SocketId {
    return this.session!.sid;
  }

  get rooms(): readonly Room[] {
    return this.session?.rooms ?? [];
  }

  get data(): unknown {
    return this.session?.data;
  }

  begin(socket: SessionSocket): SessionLink {
    return new SocketSession(this.recovery, socket, this.session);
  }

  giveBack(): void {
    if (this.session !== undefined) this.recovery.giveBack(this.session);
  }
}

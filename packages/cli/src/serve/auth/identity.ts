import type { Handshake } from "hawser";

/** Who somebody is. */
export interface Identity {
  readonly user: string | undefined;
  readonly data: Record<string, unknown>;
  readonly rooms: readonly string[];
}

/** What is asked for. */
export interface Claim {
  readonly handshake: Handshake;
  readonly namespace: string;
}

/** Finds out who it is. @throws Refusal */
export type Authenticate = (claim: Claim) => Promise<Identity>;

/** The server says no; `data` is what the client is told besides. */
export class Refusal extends Error {
  readonly data: { status: number; code: string };

  constructor(message: string, code: string, status = 401) {
    super(message);
    this.name = "Refusal";
    this.data = { status, code };
  }
}

/** The token of a client, whichever way it came. */
export function tokenOf({ auth, headers }: Handshake): string {
  const token: unknown = auth["token"];
  if (typeof token === "string" && token !== "") return token;
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  if (bearer === undefined) throw new Refusal("a token is missing", "TOKEN_MISSING");
  return bearer;
}

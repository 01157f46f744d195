/** A time: ms, or a text such as `"5s"`. */
export type Time = number | string;

/** Who connects, when it is a known token. */
export interface TokenOwner {
  readonly user?: string | undefined;
  readonly data?: Record<string, unknown> | undefined;
  readonly rooms?: string[] | undefined;
}

export interface TokensConfig {
  readonly type: "tokens";
  /** By the token, or `sha256:` and its hash as hex. */
  readonly tokens: Record<string, TokenOwner>;
}

export interface JwtConfig {
  readonly type: "jwt";
  readonly secret?: string | undefined;
  /** PEM. */
  readonly publicKey?: string | undefined;
  /** The address of a JSON Web Key Set. */
  readonly jwks?: string | undefined;
  readonly algorithms?: string[] | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  readonly userClaim: string;
  /** A claim that is a list of rooms. */
  readonly roomsClaim?: string | undefined;
}

export interface HookConfig {
  readonly type: "webhook";
  readonly url: string;
  readonly secret: string;
  readonly timeout: Time;
  /** Request headers that the backend may see besides the token. */
  readonly forward: string[];
}

export type AuthConfig = { readonly type: "none" } | TokensConfig | JwtConfig | HookConfig;

export interface RelayRule {
  readonly event: string;
  readonly rooms: string[];
  /** Only members of a room may speak in it. */
  readonly membersOnly: boolean;
  readonly durable: boolean;
  /** Whether the sender hears it, too. */
  readonly echo: boolean;
}

export interface WebhookRule {
  readonly events: string[];
  readonly url: string;
  readonly secret: string;
  readonly timeout: Time;
  readonly retries: number;
}

export interface KeyEntry {
  readonly id: string;
  readonly hash: string;
  readonly scopes: string[];
  readonly expires?: number | string | undefined;
  readonly namespaces?: string[] | undefined;
}

/** The config of `hawser serve`, complete. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly health: string | false;
  readonly namespaces: string[];
  readonly cors?:
    | { readonly origin: string | string[] | boolean; readonly credentials?: boolean | undefined }
    | undefined;
  readonly plain: boolean | { readonly path: string };
  readonly sse: boolean | { readonly path: string };
  readonly publish: false | { readonly path: string; readonly keys?: KeyEntry[] | undefined };
  readonly delivery:
    | false
    | {
        /** `memory`, or a file. */
        readonly log: string;
        readonly retention?:
          | {
              readonly age?: Time | undefined;
              readonly count?: number | undefined;
              readonly bytes?: number | string | undefined;
            }
          | undefined;
      };
  readonly auth: AuthConfig;
  /** Patterns of rooms that clients may subscribe to. */
  readonly subscribe: string[];
  readonly relay: RelayRule[];
  readonly webhooks: WebhookRule[];
  readonly limits: { readonly messageBytes: number; readonly connections: number };
  readonly log: {
    readonly level: "debug" | "info" | "warn" | "error" | "silent";
    readonly format?: "json" | "pretty" | undefined;
  };
  /** How long clients have at the end of the server. */
  readonly stopTimeout: Time;
  /** What would be refused on a public address. */
  readonly allowUnsafe: ("open-auth" | "any-origin")[];
}

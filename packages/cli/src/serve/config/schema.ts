import * as v from "valibot";
import { durationMs } from "./duration.ts";
import type { Config } from "./types.ts";

const text = v.pipe(v.string(), v.minLength(1, "expected some text"));
const path = v.pipe(text, v.regex(/^\/[^?#\s]*$/, 'expected a path such as "/hawser/ws"'));
const namespace = v.pipe(text, v.startsWith("/", 'expected a namespace such as "/"'));
const patterns = v.pipe(v.array(text), v.maxLength(1_000));
const httpUrl = v.pipe(
  text,
  v.check((it) => /^https?:\/\//.test(it) && URL.canParse(it), "expected an http(s) address"),
);
const secret = v.pipe(text, v.minLength(16, "expected at least 16 characters"));
const duration = v.pipe(
  v.union([v.number(), v.string()], 'expected ms, or a text such as "5s"'),
  v.check((it) => Number.isFinite(durationMs(it)), 'expected ms, or a text such as "5s"'),
);
const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));

const user = v.strictObject({
  user: v.optional(text),
  data: v.optional(v.record(v.string(), v.unknown())),
  rooms: v.optional(v.array(text)),
});

const auth = v.variant(
  "type",
  [
    v.strictObject({ type: v.literal("none") }),
    v.strictObject({
      type: v.literal("tokens"),
      /** By the SHA-256 of the token as hex, or the token itself. */
      tokens: v.record(text, user),
    }),
    v.strictObject({
      type: v.literal("jwt"),
      secret: v.optional(v.pipe(text, v.minLength(32, "expected at least 32 characters"))),
      publicKey: v.optional(text),
      jwks: v.optional(httpUrl),
      algorithms: v.optional(v.array(text)),
      issuer: v.optional(text),
      audience: v.optional(text),
      userClaim: v.optional(text, "sub"),
      roomsClaim: v.optional(text),
    }),
    v.strictObject({
      type: v.literal("webhook"),
      url: httpUrl,
      secret,
      timeout: v.optional(duration, "3s"),
      /** Request headers that the backend may see besides the token. */
      forward: v.optional(v.array(text), []),
    }),
  ],
  'expected type "none", "tokens", "jwt" or "webhook"',
);

const relay = v.strictObject({
  event: text,
  rooms: patterns,
  /** Only members of a room may speak in it. */
  membersOnly: v.optional(v.boolean(), true),
  durable: v.optional(v.boolean(), false),
  /** Whether the sender hears it, too. */
  echo: v.optional(v.boolean(), false),
});

const webhook = v.strictObject({
  events: v.pipe(v.array(text), v.minLength(1, "expected at least one event")),
  url: httpUrl,
  secret,
  timeout: v.optional(duration, "5s"),
  retries: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10)), 2),
});

const apiKey = v.strictObject({
  id: v.pipe(text, v.regex(/^[A-Za-z0-9-]{1,64}$/, "expected letters, digits and hyphens")),
  hash: v.pipe(
    text,
    v.regex(/^sha256:[0-9a-f]{64}$/, 'expected "sha256:…", which `hawser key` prints'),
  ),
  scopes: v.array(text),
  expires: v.optional(v.union([v.number(), v.string()])),
  namespaces: v.optional(v.array(text)),
});

/** The config of `hawser serve`. */
export const configSchema: v.GenericSchema<unknown, Config> = v.strictObject({
  host: v.optional(text, "127.0.0.1"),
  port: v.optional(port, 3000),
  path: v.optional(path, "/socket.io"),
  health: v.optional(v.union([path, v.literal(false)]), "/health"),
  namespaces: v.optional(v.pipe(v.array(namespace), v.minLength(1), v.maxLength(100)), ["/"]),
  cors: v.optional(
    v.strictObject({
      origin: v.union([text, v.array(text), v.boolean()]),
      credentials: v.optional(v.boolean()),
    }),
  ),
  plain: v.optional(v.union([v.boolean(), v.strictObject({ path })]), true),
  sse: v.optional(v.union([v.boolean(), v.strictObject({ path })]), true),
  publish: v.optional(
    v.union([
      v.literal(false),
      v.strictObject({ path: v.optional(path, "/hawser"), keys: v.optional(v.array(apiKey)) }),
    ]),
    false,
  ),
  delivery: v.optional(
    v.union([
      v.literal(false),
      v.strictObject({
        log: v.optional(text, "memory"),
        retention: v.optional(
          v.strictObject({
            age: v.optional(duration),
            count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
            bytes: v.optional(v.union([v.number(), text])),
          }),
        ),
      }),
    ]),
    false,
  ),
  auth: v.optional(auth, { type: "none" }),
  /** Rooms that clients may subscribe to. */
  subscribe: v.optional(patterns, []),
  relay: v.optional(v.array(relay), []),
  webhooks: v.optional(v.array(webhook), []),
  limits: v.optional(
    v.strictObject({
      messageBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1_000_000),
      connections: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 100_000),
    }),
    { messageBytes: 1_000_000, connections: 100_000 },
  ),
  log: v.optional(
    v.strictObject({
      level: v.optional(v.picklist(["debug", "info", "warn", "error", "silent"]), "info"),
      format: v.optional(v.picklist(["json", "pretty"])),
    }),
    { level: "info" },
  ),
  /** How long clients have at the end of the server. */
  stopTimeout: v.optional(duration, "10s"),
  /** What is refused on a public address without: no authentication, any origin. */
  allowUnsafe: v.optional(v.array(v.picklist(["open-auth", "any-origin"])), []),
});

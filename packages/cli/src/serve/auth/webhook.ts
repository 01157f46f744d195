import * as v from "valibot";
import { durationMs } from "../config/duration.ts";
import { signedPost } from "../signed-post.ts";
import { Refusal } from "./identity.ts";
import type { HookConfig } from "../config/types.ts";
import type { Authenticate } from "./identity.ts";

const answerSchema = v.object({
  user: v.optional(v.string()),
  data: v.optional(v.record(v.string(), v.unknown()), {}),
  rooms: v.optional(v.array(v.string()), []),
});
const refusalSchema = v.object({ message: v.string() });

/** The backend is asked: 200 `{user, data, rooms}` lets in, 401 and 403 `{message}` refuses, all else is a failure. */
export function byWebhook(config: HookConfig, signal: AbortSignal): Authenticate {
  const { url, secret, timeout, forward } = config;
  const settings = { url, secret, timeoutMs: durationMs(timeout), retries: 0, signal };
  return async ({ handshake, namespace }) => {
    const { auth, address, headers } = handshake;
    const forwarded = Object.fromEntries(
      forward.map((it) => [it.toLowerCase(), headers[it.toLowerCase()]]),
    );
    const authorization = headers.authorization;
    const answer = await signedPost(settings, {
      auth,
      namespace,
      address,
      ...(authorization !== undefined && { authorization }),
      headers: forwarded,
    });
    if (answer.status === 401 || answer.status === 403) {
      const said = v.safeParse(refusalSchema, answer.body);
      throw new Refusal(said.success ? said.output.message : "refused", "REFUSED", answer.status);
    }
    const identity = v.safeParse(answerSchema, answer.body);
    if (answer.status !== 200 || !identity.success) {
      throw new Error(`the backend's answer is no identity (status ${answer.status})`);
    }
    const { user, data, rooms } = identity.output;
    return { user, data, rooms };
  };
}

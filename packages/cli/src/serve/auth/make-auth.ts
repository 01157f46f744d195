import type { AuthConfig } from "../config/types.ts";
import type { Authenticate } from "./identity.ts";

/** How a config finds out who somebody is; each way is loaded when it is used. */
export async function makeAuth(config: AuthConfig, signal: AbortSignal): Promise<Authenticate> {
  switch (config.type) {
    case "tokens":
      return (await import("./tokens.ts")).byTokens(config);
    case "jwt":
      return (await import("./jwt.ts")).byJwt(config);
    case "webhook":
      return (await import("./webhook.ts")).byWebhook(config, signal);
    case "none":
    default:
      return async () => ({ user: undefined, data: {}, rooms: [] });
  }
}

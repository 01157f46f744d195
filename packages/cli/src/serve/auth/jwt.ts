import { createRemoteJWKSet, errors, importSPKI, jwtVerify } from "jose";
import { Refusal, tokenOf } from "./identity.ts";
import type { JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from "jose";
import type { JwtConfig } from "../config/types.ts";
import type { Authenticate } from "./identity.ts";

const clockToleranceSeconds = 5;
const jwksTimeoutMs = 5_000;

/** Signed tokens (RFC 7519), by `jose`: under a secret, a public key, or the keys of an address. */
export async function byJwt(config: JwtConfig): Promise<Authenticate> {
  const { issuer, audience, userClaim, roomsClaim } = config;
  const key = await keyOf(config);
  const options: JWTVerifyOptions = {
    algorithms: algorithmsOf(config),
    clockTolerance: clockToleranceSeconds,
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  };
  return async ({ handshake }) => {
    const token = tokenOf(handshake);
    const payload = await verified(token, key, options);
    const user = payload[userClaim];
    if (typeof user !== "string" || user === "") {
      throw new Refusal(`the token has no ${userClaim}`, "TOKEN_INVALID");
    }
    return { user, data: { ...payload }, rooms: roomsOf(payload, roomsClaim) };
  };
}

type Key = Uint8Array | CryptoKey | JWTVerifyGetKey;

async function verified(token: string, key: Key, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    const { payload } =
      typeof key === "function"
        ? await jwtVerify(token, key, options)
        : await jwtVerify(token, key, options);
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      throw new Refusal("the token has expired", "TOKEN_EXPIRED");
    if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) {
      throw new Refusal("the token is not valid", "TOKEN_INVALID");
    }
    throw error;
  }
}

async function keyOf({ secret, publicKey, jwks, ...config }: JwtConfig): Promise<Key> {
  if (secret !== undefined) return new TextEncoder().encode(secret);
  if (jwks !== undefined) {
    return createRemoteJWKSet(new URL(jwks), { timeoutDuration: jwksTimeoutMs });
  }
  return importSPKI(publicKey!, config.algorithms?.[0] ?? "RS256");
}

/** Only algorithms of the key's own family: a public key must never be taken for a secret. */
function algorithmsOf({ secret, publicKey, algorithms }: JwtConfig): string[] {
  if (algorithms) return algorithms;
  if (secret !== undefined) return ["HS256", "HS384", "HS512"];
  return publicKey === undefined ? ["RS256", "PS256", "ES256", "EdDSA"] : ["RS256"];
}

function roomsOf(payload: JWTPayload, claim: string | undefined): string[] {
  const value = claim === undefined ? undefined : payload[claim];
  return Array.isArray(value) ? value.filter((it): it is string => typeof it === "string") : [];
}

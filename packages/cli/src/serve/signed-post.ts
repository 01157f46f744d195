import { createHmac, randomUUID } from "node:crypto";
import { limits } from "../limits.ts";

export interface PostSettings {
  readonly url: string;
  readonly secret: string;
  readonly timeoutMs: number;
  /** Attempts after the first, for a backend that does not answer or says 429 or 5xx. */
  readonly retries: number;
  /** Ends waiting for the next attempt. */
  readonly signal: AbortSignal;
}

/** What the backend said: its status, and its JSON (undefined when it is none). */
export interface PostAnswer {
  readonly status: number;
  readonly body: unknown;
}

const firstDelayMs = 200;

/**
 * POSTs JSON to the backend, signed: `Hawser-Signature: t=<seconds>,v1=<hex>`, the HMAC-SHA-256 of `<seconds>.<body>` under
 * the secret. `Hawser-Request-Id` is the same for every attempt, so that the backend can do it once.
 * @throws Error when no attempt was answered
 */
export async function signedPost(settings: PostSettings, message: object): Promise<PostAnswer> {
  const body = JSON.stringify(message);
  const id = randomUUID();
  for (let attempt = 0; ; attempt += 1) {
    let failure: unknown;
    try {
      const answer = await post(settings, body, id);
      if (answer.status < 500 && answer.status !== 429) return answer;
      failure = new Error(`the backend answered ${answer.status}`);
      if (attempt >= settings.retries) return answer;
    } catch (error) {
      failure = error;
    }
    if (attempt >= settings.retries || settings.signal.aborted) throw failure;
    await pause(firstDelayMs * 2 ** attempt, settings.signal);
  }
}

async function post(
  { url, secret, timeoutMs, signal }: PostSettings,
  body: string,
  id: string,
): Promise<PostAnswer> {
  const seconds = Math.floor(Date.now() / 1_000);
  const response = await fetch(url, {
    method: "POST",
    // A redirect would take the token elsewhere.
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    headers: {
      "Content-Type": "application/json",
      "Hawser-Request-Id": id,
      "Hawser-Signature": `t=${seconds},v1=${signatureOf(secret, seconds, body)}`,
    },
    body,
  });
  return { status: response.status, body: await readJson(response) };
}

/** The signature of a body, as hex. */
export function signatureOf(secret: string, seconds: number, body: string): string {
  return createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
}

/** Its JSON, up to a bound. */
async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    length += bytes.length;
    if (length > limits.answerBytesMax) throw new Error("the backend's answer is too big");
    chunks.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}

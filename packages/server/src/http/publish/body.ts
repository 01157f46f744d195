import { BodyReader, sharedWheel } from "@hawser/engine/internal";
import { Problem } from "./problem.ts";
import type { IncomingMessage } from "node:http";
import type { PublishLimits } from "./limits.ts";

const jsonPattern = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;
const strict = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a body of JSON, of bounded size, in bounded time.
 * @throws Problem rejects with it
 */
export function readBody(request: IncomingMessage, limits: PublishLimits): Promise<Buffer> {
  const { "content-type": type = "", "content-encoding": encoding = "identity" } = request.headers;
  if (!jsonPattern.test(type) || encoding !== "identity") {
    return Promise.reject(new Problem("CONTENT_TYPE"));
  }
  return new Promise((resolve, reject) => {
    const { bodyBytesMax: messageBytesMax, bodyTimeoutMs: requestBodyTimeoutMs } = limits;
    const bounds = { messageBytesMax, requestBodyTimeoutMs };
    new BodyReader(request, bounds, sharedWheel(), {
      onBody: resolve,
      onBodyRefused: ({ code }) => {
        const detail = `the body is larger than ${messageBytesMax} bytes`;
        if (code === "BODY_TOO_LARGE") reject(new Problem("BODY_TOO_LARGE", { detail }));
        else reject(new Problem("BODY_TIMEOUT"));
      },
    }).start();
  });
}

/** The value of a JSON text. @throws Problem `JSON_INVALID` or `TOO_DEEP`, with the place */
export function parseBody(body: Buffer, limits: PublishLimits): unknown {
  let text: string;
  try {
    text = strict.decode(body);
  } catch {
    throw new Problem("JSON_INVALID", { detail: "the body is not UTF-8" });
  }
  refuseDepth(text, limits.depthMax);
  try {
    return JSON.parse(text);
  } catch (error) {
    const at = placeOf((error as Error).message, text);
    throw new Problem("JSON_INVALID", at === undefined ? {} : { at });
  }
}

/** Where JSON.parse stopped, as far as it tells: an offset into the text. */
function placeOf(message: string, text: string): number | undefined {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return Number(position);
  return message.includes("end of JSON") ? text.length : undefined;
}

const backslash = 92;
const quote = 34;

/** Looks before anything is built: what is deep is a few bytes, and many programs walk through JSON by recursion. */
function refuseDepth(text: string, depthMax: number): void {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === backslash) at++;
      else if (code === quote) quoted = false;
    } else if (code === quote) quoted = true;
    else if (code === 91 || code === 123) {
      if (++depth <= depthMax) continue;
      throw new Problem("TOO_DEEP", { at, detail: `the JSON is nested deeper than ${depthMax}` });
    } else if (code === 93 || code === 125) depth--;
  }
}

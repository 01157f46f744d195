import type { ClientErrors } from "../errors.ts";
import { Polling } from "./polling.ts";
import type { RequestDone } from "./polling.ts";

/** HTTP long-polling with `fetch`: for workers and runtimes without `XMLHttpRequest`. */
export class Fetch extends Polling {
  protected request(url: string, body: string | undefined, done: RequestDone): () => void {
    const { cookieJar, extraHeaders, requestTimeout, withCredentials } = this.opts;
    const headers = new Headers(extraHeaders);
    if (body !== undefined) headers.set("Content-Type", "text/plain;charset=UTF-8");
    const cookies = cookieJar?.header();
    if (cookies) headers.set("Cookie", cookies);

    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const end: RequestDone = (...outcome) => {
      clearTimeout(timer);
      if (!over) done(...outcome);
      over = true;
    };
    if (requestTimeout) timer = setTimeout(() => controller.abort(), requestTimeout);
    fetch(url, {
      method: body === undefined ? "GET" : "POST",
      body: body ?? null,
      headers,
      credentials: withCredentials ? "include" : "omit",
      signal: controller.signal,
    })
      .then(async (response) => {
        cookieJar?.store(response.headers.getSetCookie());
        end(response.status, await response.text(), response);
      })
      .catch((error: unknown) => end(0, "", error));
    return () => {
      over = true;
      clearTimeout(timer);
      controller.abort();
    };
  }

  protected override fail(text: keyof ClientErrors, description: unknown, context?: unknown): void {
    if (text === "xhr poll error") super.fail("fetch read error", description, context);
    else if (text === "xhr post error") super.fail("fetch write error", description, context);
    else super.fail(text, description, context);
  }
}

import { Polling } from "./polling.ts";
import type { PollingRequest, RequestDone } from "./polling.ts";

/** HTTP long-polling with the browser's `XMLHttpRequest`. */
export class XHR extends Polling {
  protected request({ method, url, body }: PollingRequest, done: RequestDone): () => void {
    const { extraHeaders = {}, requestTimeout = 0, withCredentials = false } = this.opts;
    const xhr = new XMLHttpRequest();
    const abort = () => {
      xhr.onloadend = null;
      globalThis.removeEventListener?.("pagehide", abort);
      xhr.abort();
    };
    xhr.open(method, url);
    xhr.withCredentials = withCredentials;
    xhr.timeout = requestTimeout;
    if (body !== undefined) xhr.setRequestHeader("Content-Type", "text/plain;charset=UTF-8");
    xhr.setRequestHeader("Accept", "*/*");
    for (const name of Object.keys(extraHeaders)) xhr.setRequestHeader(name, extraHeaders[name]!);
    xhr.onloadend = () => {
      globalThis.removeEventListener?.("pagehide", abort);
      const { status } = xhr;
      done(status === 200 ? undefined : { status, context: xhr }, xhr.responseText);
    };
    xhr.send(body ?? null);
    // A page that goes to the back/forward cache takes no open request with it.
    globalThis.addEventListener?.("pagehide", abort);
    return abort;
  }
}

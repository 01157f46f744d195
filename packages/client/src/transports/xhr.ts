import { Polling } from "./polling.ts";
import type { RequestDone } from "./polling.ts";

/** HTTP long-polling with the browser's `XMLHttpRequest`. */
export class XHR extends Polling {
  protected request(url: string, body: string | undefined, done: RequestDone): () => void {
    const { extraHeaders, requestTimeout, withCredentials } = this.opts;
    const xhr = new XMLHttpRequest();
    xhr.open(body ? "POST" : "GET", url);
    xhr.withCredentials = !!withCredentials;
    xhr.timeout = requestTimeout ?? 0;
    // Browsers would know it by themselves, React Native does not.
    if (body) xhr.setRequestHeader("Content-Type", "text/plain");
    for (const name in extraHeaders) xhr.setRequestHeader(name, extraHeaders[name]!);
    xhr.onloadend = () => done(xhr.status, xhr.responseText, xhr);
    xhr.send(body);
    return () => {
      xhr.onloadend = null;
      xhr.abort();
    };
  }
}

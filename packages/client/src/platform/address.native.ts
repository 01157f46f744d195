import type { Addresses } from "./address.ts";

const pattern =
  /^(?:([a-z][\w+.-]*:)?\/\/)?(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?([^?#]*)(\??[^#]*)/i;

const defaultPorts: Readonly<Record<string, string>> = {
  "http:": "80",
  "ws:": "80",
  "https:": "443",
  "wss:": "443",
};

/** React Native, which has no page, and whose `URL` and `URLSearchParams` lack most of their members. */
export const addresses: Addresses = {
  parse(text) {
    const whole = /^\/(?!\/)/.test(text) ? "localhost" + text : text;
    const [, scheme = "http:", hostname = "", given = "", path = "", search = ""] =
      pattern.exec(whole)!;
    const protocol = scheme.toLowerCase();
    const port = given === defaultPorts[protocol] ? "" : given;
    const host = port ? `${hostname}:${port}` : hostname;
    const href = `${protocol}//${host}${path || "/"}${search}`;
    return { href, protocol, host, hostname, port, search };
  },
  parseQuery(query = {}) {
    const result: Record<string, string> = {};
    if (typeof query === "object") {
      for (const name of Object.keys(query)) result[name] = String(query[name]);
    } else {
      for (const [, name, value] of query.matchAll(/([^?&=]+)=?([^&]*)/g)) {
        result[decodeURIComponent(name!)] = decodeURIComponent(value!);
      }
    }
    return result;
  },
  formatQuery: (query) =>
    Object.entries(query)
      .map((pair) => pair.map(encodeURIComponent).join("="))
      .join("&"),
};

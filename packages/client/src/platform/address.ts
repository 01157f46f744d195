/** The parts of an address that the client uses, named as those of `URL`. */
export type Address = Pick<URL, "href" | "protocol" | "host" | "hostname" | "port" | "search">;

/** Where the page stands; `undefined` outside of a browser. */
export type PageLocation = Pick<Location, "href"> | undefined;

/** How a platform handles addresses; `#address` resolves to the one at hand. */
export interface Addresses {
  /**
   * An address as seen from a page: `/path` is on the page's own server, `//host` takes the page's protocol, a bare
   * `host:port` as well. Without a page, `http://localhost` stands for it.
   *
   * @throws {TypeError} for what is no address
   */
  parse(text: string, page: PageLocation): Address;
  /** Query text to an object, of repeated names the last one; an object to the same with texts. */
  parseQuery(query: string | Record<string, string> | undefined): Record<string, string>;
  /** An object to query text. */
  formatQuery(query: Record<string, string>): string;
}

/** Browsers and Node.js. */
export const addresses: Addresses = {
  parse(text, page) {
    const isWhole = text[0] === "/" || text.includes("://");
    return new URL(isWhole ? text : "//" + text, page?.href ?? "http://localhost");
  },
  parseQuery(query) {
    // A plus is a plus, as in the tokens that people put there; forms alone mean a space.
    const given = typeof query === "string" ? query.replaceAll("+", "%2B") : query;
    return Object.fromEntries(new URLSearchParams(given));
  },
  formatQuery: (query) => String(new URLSearchParams(query)),
};

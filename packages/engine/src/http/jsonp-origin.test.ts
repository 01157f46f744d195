import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { claimJsonpOrigin } from "./jsonp-origin.ts";

function claimed(headers: IncomingHttpHeaders): string | undefined {
  claimJsonpOrigin({ headers } as IncomingMessage);
  return headers.origin;
}

describe("claimJsonpOrigin", () => {
  it("takes the page's origin from Referer", () => {
    expect(claimed({ referer: "https://evil.example/page?x" })).toBe("https://evil.example");
    expect(claimed({ referer: "no url" })).toBe("null");
  });

  it("does not trust a request that says it crosses sites and hides from where", () => {
    expect(claimed({ "sec-fetch-site": "cross-site" })).toBe("null");
    expect(claimed({ "sec-fetch-site": "same-site" })).toBe("null");
    expect(claimed({ "sec-fetch-site": "same-origin" })).toBeUndefined();
  });

  it("leaves an Origin, and what is no browser", () => {
    expect(claimed({ origin: "https://a", referer: "https://b" })).toBe("https://a");
    expect(claimed({})).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { PublishKey } from "./publish-key.ts";

const own = { address: "127.0.0.1", headers: { host: "localhost:3000" } };
const other = { address: "192.168.0.7", headers: { host: "192.168.0.2:3000" } };

describe("the key to publish with", () => {
  it.each(["127.0.0.1", "localhost", "::1"])("is not needed on %s", (host) => {
    const key = new PublishKey(host);
    expect(key.text).toBeUndefined();
    expect(key.accessFor(own)).toEqual({ locked: false });
  });

  it("is shown to pages on this computer, and to no others", () => {
    const key = new PublishKey("0.0.0.0");
    expect(key.text).toMatch(/^hk_playground_/);
    expect(key.accessFor(own)).toEqual({ locked: true, key: key.text });
    expect(key.accessFor(other)).toEqual({ locked: true });
    expect(new PublishKey("0.0.0.0").text).not.toBe(key.text);
  });
});

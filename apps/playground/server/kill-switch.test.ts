import { describe, expect, it } from "vitest";
import { isOwnPage, KillSwitch } from "./kill-switch.ts";

const address = "127.0.0.1";
const host = "localhost:3000";

describe("the kill switch", () => {
  it.each([
    ["a page of its own", { address, headers: { host, origin: "http://localhost:3000" } }],
    ["a page of its own, by GET", { address, headers: { host } }],
    ["over IPv6", { address: "::1", headers: { host: "[::1]:3000" } }],
    ["over IPv4 in IPv6", { address: "::ffff:127.0.0.1", headers: { host: "127.0.0.1:3000" } }],
  ])("knows %s", (_, origin) => {
    expect(isOwnPage(origin)).toBe(true);
  });

  it.each([
    ["another computer", { address: "192.168.1.7", headers: { host } }],
    ["another page", { address, headers: { host, origin: "http://evil.example" } }],
    ["another port", { address, headers: { host, origin: "http://localhost:4000" } }],
    ["a page without an origin", { address, headers: { host, origin: "null" } }],
    ["a stranger's name for this computer", { address, headers: { host: "evil.example:3000" } }],
    ["a request without a host", { address, headers: {} }],
  ])("refuses %s", (_, origin) => {
    expect(isOwnPage(origin)).toBe(false);
  });

  it("does nothing when it is off", () => {
    expect(new KillSwitch(false, () => 1).mayUse({ address, headers: { host } })).toBe(false);
  });
});

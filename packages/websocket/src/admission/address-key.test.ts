import { describe, expect, it } from "vitest";
import { addressKey } from "./address-key.ts";

describe("addressKey", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::FFFF:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::", "2001:db8:1:2::/64"],
    ["2001:db8::5", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["1::2:3:4:5:6:7", "1:0:2:3::/64"],
    ["64:ff9b:1:2:3:4:192.0.2.7", "64:ff9b:1:2::/64"],
    ["1:2::192.0.2.7", "1:2:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["a user's id", "a user's id"],
  ])("counts %s as %s", (address, key) => expect(addressKey(address)).toBe(key));

  it("tells two customers apart, and not two addresses of one", () => {
    expect(addressKey("2001:db8:0:1::1")).toBe(addressKey("2001:db8:0:1:ffff::1"));
    expect(addressKey("2001:db8:0:1::1")).not.toBe(addressKey("2001:db8:0:2::1"));
  });

  it("keeps no more of what somebody has made up than 128 characters", () => {
    expect(addressKey("x".repeat(10_000))).toHaveLength(128);
  });
});

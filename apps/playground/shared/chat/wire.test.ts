import { describe, expect, it } from "vitest";
import { wireOf } from "./wire.ts";

describe("the language of a handshake", () => {
  it.each([
    ["/socket.io/?EIO=4", undefined, "socket.io"],
    ["/hawser/ws", undefined, "json"],
    ["/hawser/ws?token=Ada", "hawser.v1.json, hawser.v1.msgpack", "json"],
    ["/hawser/ws", "hawser.token.abc, hawser.v1.msgpack", "msgpack"],
    ["/hawser/sse?room=room:lobby", undefined, "sse"],
    ["/hawser/text", undefined, "text"],
  ])("%s with %s is %s", (url, subprotocols, wire) => {
    expect(wireOf(url, subprotocols)).toBe(wire);
  });
});

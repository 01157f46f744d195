import { EventEmitter } from "node:events";
import { describe } from "vitest";
import { event, same, thrown } from "./both.ts";
import type { Api, Ws } from "./both.ts";

const properties = ["binaryType", "bufferedAmount", "extensions", "isPaused", "protocol"];
properties.push("readyState", "url", "onopen", "onmessage", "onerror", "onclose");
const constants = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];

/** The socket of a server that never came. */
function nowhere(WebSocket: Api["WebSocket"]): Ws {
  const args = [null, undefined, {}] as unknown as ConstructorParameters<typeof WebSocket>;
  return new WebSocket(...args);
}

describe("the classes look alike", () => {
  same("constants, on the class and on instances", ({ api: { WebSocket }, see }) => {
    for (const name of constants) {
      see(Object.getOwnPropertyDescriptor(WebSocket, name));
      see(Object.getOwnPropertyDescriptor(WebSocket.prototype, name));
    }
  });

  same("attributes", ({ api: { WebSocket }, see }) => {
    for (const name of properties) {
      const found = Object.getOwnPropertyDescriptor(WebSocket.prototype, name);
      const kinds = Object.entries(found ?? {}).map(([key, value]: [string, unknown]) =>
        typeof value === "function" ? [key, "function"] : [key, value],
      );
      see(name, kinds);
    }
  });

  same("a socket that is nowhere", ({ api: { WebSocket }, see }) => {
    const socket = nowhere(WebSocket);
    see(socket instanceof EventEmitter, socket.readyState, socket.url, socket.protocol);
    see(socket.extensions, socket.isPaused, socket.binaryType);
    see(socket.onopen, socket.onmessage, socket.onerror, socket.onclose);
    socket.pause();
    socket.resume();
    see(socket.isPaused);
    see(
      thrown(() => socket.send("x")),
      thrown(() => socket.ping()),
      thrown(() => socket.pong()),
    );
  });

  same("binaryType takes what it knows", ({ api: { WebSocket }, see }) => {
    const socket = nowhere(WebSocket);
    for (const type of ["arraybuffer", "fragments", "blob", "nodebuffer", "bytes", "", 1]) {
      socket.binaryType = type as "nodebuffer";
      see(socket.binaryType);
    }
  });

  same("the constructor", ({ api: { WebSocket }, see }) => {
    const make = (...args: unknown[]) => {
      const given = args as ConstructorParameters<typeof WebSocket>;
      return thrown(() => new WebSocket(...given).on("error", () => {}).terminate());
    };
    for (const url of [
      "foo",
      "",
      "https://x#frag",
      "ws+unix:",
      "ws+unix:?x",
      "ftp://x",
      "ws://",
      "mailto:x",
    ])
      see(url, make(url));
    for (const url of ["ws://127.0.0.1:1#x", "ws://127.0.0.1:1/#"]) see(url, make(url));
    const url = "ws://127.0.0.1:1";
    for (const protocols of [
      [""],
      ["a", "a"],
      ["a,b"],
      ["a b"],
      [1],
      [null],
      "a",
      "a\r\n",
      "",
      [],
      undefined,
      ["é"],
      ["a/b"],
    ])
      see(protocols, make(url, protocols));
    for (const version of [1000, 12, "13", 13, 8, null])
      see(version, make(url, [], { protocolVersion: version }));
    see(make(url, { protocolVersion: 1 }), make(new URL(url)));
    see(make(), make(undefined), make({}));
  });

  same("the URL that is shown", async ({ api: { WebSocket }, see }) => {
    for (const url of [
      "ws://127.0.0.1:1",
      "ws://127.0.0.1:1/a b?c=d",
      "wss://127.0.0.1:443/",
      "http://127.0.0.1:1/",
      "HTTPS://u:p@127.0.0.1:1/",
      "ws+unix:///tmp/none:/x?y",
    ]) {
      const socket = new WebSocket(url);
      see(socket.url, socket.readyState);
      socket.on("error", () => {});
      socket.terminate();
      await event(socket, "close");
      see(socket.url, socket.readyState);
    }
  });
});

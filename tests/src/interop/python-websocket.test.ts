// python's websockets library on @hawser/websocket, both ways; with npm ws as the control.
import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { pythonPeer, pythonSkip } from "../support/python.ts";
import { collect, next } from "../support/wait.ts";
import { loadWebSocket } from "../support/websockets.ts";
import type { WsSocket } from "../support/websockets.ts";

for (const maker of ["hawser", "ws"] as const) {
  describe(`python websockets and ${maker}`, { skip: pythonSkip }, () => {
    it("its client: every length, fragments, ping, subprotocol, close", async (t) => {
      const { WebSocketServer } = await loadWebSocket(maker);
      const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
      await next(server, "listening");
      server.on("connection", (socket: WsSocket) => {
        socket.on("message", (data: Buffer, isBinary: boolean) => {
          if (data.toString() === "close me") socket.close(4_000, "größe");
          else socket.send(data, { binary: isBinary });
        });
      });
      const { port } = server.address() as AddressInfo;
      const peer = pythonPeer("websockets_peer.py", "client", `ws://127.0.0.1:${port}/`);
      t.after(async () => {
        await peer.end();
        server.close();
      });
      assert.deepEqual(await peer.line("its report", () => true), {
        same: true,
        count: 14,
        fragments: "one two three",
        subprotocol: "b",
        extensions: [],
        code: 4_000,
        reason: "größe",
      });
    });

    it("its server: every length, fragments, ping, close", async (t) => {
      const { WebSocket: Client } = await loadWebSocket(maker);
      const peer = pythonPeer("websockets_peer.py", "server");
      t.after(() => peer.end());
      const { port } = await peer.line("its port", (line) => "port" in line);
      const socket = new Client(`ws://127.0.0.1:${String(port)}/`);
      await next(socket, "open");
      const sent = [0, 1, 125, 126, 65_535, 65_536, 300_000].flatMap((size) => [
        Buffer.from("é".repeat(size >> 1)),
        Buffer.alloc(size, size % 251),
      ]);
      const back = collect<Buffer>(socket, "message", sent.length);
      for (const [index, message] of sent.entries()) {
        socket.send(message, { binary: index % 2 === 1 });
      }
      const heard = await back;
      assert.equal(
        heard.every((message, index) => sent[index]?.equals(message)),
        true,
      );
      for (const [said, answer] of [
        ["fragments", "one two three"],
        ["ping me", "you answered"],
      ] as const) {
        const answered = next<[Buffer]>(socket, "message");
        socket.send(said);
        assert.equal((await answered)[0].toString(), answer);
      }
      const closed = next<[number, Buffer]>(socket, "close");
      socket.send("close me");
      const [code, reason] = await closed;
      assert.deepEqual([code, reason.toString()], [4_000, "größe"]);
    });
  });
}

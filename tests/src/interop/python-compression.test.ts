// permessage-deflate with python's websockets library, both ways; with npm ws as the control.
import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { pythonPeer, pythonSkip } from "../support/python.ts";
import { collect, next } from "../support/wait.ts";
import { loadWebSocket } from "../support/websockets.ts";
import type { WsSocket } from "../support/websockets.ts";

const settings = {
  "context taken over": {},
  "no context": { serverNoContextTakeover: true, clientNoContextTakeover: true },
  "small windows": { serverMaxWindowBits: 9, clientMaxWindowBits: 9 },
};

for (const maker of ["hawser", "ws"] as const) {
  for (const [name, perMessageDeflate] of Object.entries(settings)) {
    describe(`python websockets and ${maker}, ${name}`, { skip: pythonSkip }, () => {
      it("its client understands and is understood", async (t) => {
        const { WebSocketServer } = await loadWebSocket(maker);
        const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate });
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
          extensions: ["permessage-deflate"],
          code: 4_000,
          reason: "größe",
        });
      });

      it("its server understands and is understood", async (t) => {
        const { WebSocket: Client } = await loadWebSocket(maker);
        const peer = pythonPeer("websockets_peer.py", "server");
        t.after(() => peer.end());
        const { port } = await peer.line("its port", (line) => "port" in line);
        const socket = new Client(`ws://127.0.0.1:${String(port)}/`, { perMessageDeflate });
        await next(socket, "open");
        assert.equal(socket.extensions, "permessage-deflate");
        const sent = [0, 1, 125, 4_096, 4_097, 65_536, 300_000].flatMap((size) => [
          Buffer.from("é".repeat(size >> 1)),
          Buffer.alloc(size, size % 251),
          Buffer.from(`{"number":${size},"again":true}`),
        ]);
        const back = collect<Buffer>(socket, "message", sent.length);
        for (const message of sent) socket.send(message);
        const heard = await back;
        assert.equal(
          heard.every((message, index) => sent[index]?.equals(message)),
          true,
        );
        const closed = next<[number, Buffer]>(socket, "close");
        socket.send("close me");
        assert.equal((await closed)[0], 4_000);
      });
    });
  }
}

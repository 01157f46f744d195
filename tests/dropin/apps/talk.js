// What an application does with its client: the same source for every bundler and runtime.
import { io, Manager, Socket } from "socket.io-client";
import * as client from "socket.io-client";

/** Talks with the server over a transport; resolves with what came of it. */
export function talk(url, options) {
  const socket = io(url, { reconnection: false, ...options });
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("no answer")), 15_000);
    socket.on("connect_error", (error) => reject(new Error(`connect_error: ${error.message}`)));
    socket.on("question", (bytes, answer) => answer([...new Uint8Array(bytes)].length));
    socket.on("connect", async () => {
      const text = await socket.emitWithAck("echo", { text: "grüße €" });
      const sent = new Uint8Array([0, 1, 254, 255]);
      const binary = await socket.emitWithAck("echo", { deep: [sent.buffer] });
      const counted = await socket.emitWithAck("ask me");
      clearTimeout(late);
      resolve({
        text,
        binary: [...new Uint8Array(binary.deep[0])],
        counted,
        transport: socket.io.engine.transport.name,
        classes: socket instanceof Socket && socket.io instanceof Manager,
        whose: "ClientError" in client ? "hawser" : "another",
      });
      socket.disconnect();
    });
  });
}

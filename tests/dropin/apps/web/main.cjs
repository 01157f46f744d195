// A page's entry in CommonJS, with the function that `require` gives, and its names on it.
const io = require("socket.io-client");
const { Manager, Socket } = require("socket.io-client");

window.talk = (url, options) =>
  new Promise((resolve, reject) => {
    const socket = io(url, { reconnection: false, ...options });
    socket.on("connect_error", reject);
    socket.on("question", (bytes, answer) => answer(bytes.byteLength));
    socket.on("connect", async () => {
      const binary = await socket.emitWithAck("echo", {
        deep: [new Uint8Array([0, 1, 254, 255]).buffer],
      });
      resolve({
        text: await socket.emitWithAck("echo", { text: "grüße €" }),
        binary: [...new Uint8Array(binary.deep[0])],
        counted: await socket.emitWithAck("ask me"),
        transport: socket.io.engine.transport.name,
        classes: socket instanceof Socket && socket.io instanceof Manager,
        whose: "ClientError" in io ? "hawser" : "another",
      });
      socket.disconnect();
    });
  });

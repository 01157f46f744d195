// A page's entry that takes the bundle out of the package, as many do.
import io from "socket.io-client/dist/socket.io.js";

window.talk = (url, options) =>
  new Promise((resolve, reject) => {
    const socket = io(url, options);
    socket.on("connect_error", reject);
    socket.emit("echo", "hello", (text) => {
      resolve([text, socket.io.engine.transport.name]);
      socket.disconnect();
    });
  });

// What a client does while it is measured: the same in Node and in a page. It fails when an answer is lost or wrong.

const sockets = 10;
const inFlight = 16;
const burst = 100;
const text = "x".repeat(24);

/** Sends numbered messages, so many at a time, and compares what comes back. */
function echo(socket, { send, check }, done) {
  let sent = 0;
  let expected = 0;
  const next = () => send(socket, sent++, (...answer) => receive(answer));
  function receive(answer) {
    if (!check(answer, expected)) throw new Error(`expected answer ${expected}, got ${answer}`);
    expected++;
    done();
    next();
  }
  socket.on("m", (...answer) => receive(answer));
  for (let message = 0; message < inFlight; message++) next();
}

const bytesOf = (number) => {
  const bytes = new Uint8Array(1024);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
};
const numberOf = (data) =>
  ArrayBuffer.isView(data)
    ? new DataView(data.buffer, data.byteOffset).getUint32(0)
    : new DataView(data).getUint32(0);

const plays = {
  echo: (socket, done) =>
    echo(
      socket,
      {
        send: (it, number) => it.emit("m", number + text),
        check: ([answer], number) => answer === number + text,
      },
      done,
    ),
  ack: (socket, done) =>
    echo(
      socket,
      {
        send: (it, number, receive) => it.emit("a", number + text, receive),
        check: ([answer], number) => answer === number + text,
      },
      done,
    ),
  binary: (socket, done) =>
    echo(
      socket,
      {
        send: (it, number) => it.emit("m", bytesOf(number)),
        check: ([answer], number) => numberOf(answer) === number,
      },
      done,
    ),
  receive(socket, done) {
    let expected = 0;
    socket.on("news", (number, payload) => {
      if (number !== expected || payload.length !== 128) throw new Error(`lost ${expected}`);
      expected++;
      done();
      // The next burst is asked for while this one is on its way.
      if (expected % burst === burst / 2) socket.emit("more", burst);
    });
    socket.emit("more", burst);
  },
};

export const scenarioNames = Object.keys(plays);

/** Connects, begins, and counts what was completed. */
export async function drive(io, url, scenario) {
  const state = { count: 0 };
  const done = () => {
    state.count++;
  };
  for (let number = 0; number < sockets; number++) {
    const socket = io(url, { transports: ["websocket"], forceNew: true, reconnection: false });
    await new Promise((resolve, reject) => {
      socket.on("connect", resolve);
      socket.on("connect_error", reject);
    });
    socket.on("disconnect", (reason) => {
      throw new Error(`disconnected: ${reason}`);
    });
    plays[scenario](socket, done);
  }
  return state;
}

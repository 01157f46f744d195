// Plug-ins that reach further into a server than its documentation, over npm's socket.io and over ours.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { afterEach, describe, it } from "node:test";
import { io as connect } from "socket.io-client";

const require = createRequire(import.meta.url);
const libraries = { "npm's socket.io": "original-server", Hawser: "socket.io" };

for (const [whose, name] of Object.entries(libraries)) {
  const { Server } = require(name);

  describe(`plug-ins over ${whose}`, () => {
    const endings = [];
    afterEach(async () => {
      for (const end of endings.splice(0).toReversed()) await end();
    });

    async function serve(setup) {
      const http = createServer();
      const io = new Server(http);
      setup(io, http);
      http.listen(0, "127.0.0.1");
      await once(http, "listening");
      endings.push(() => io.close());
      return io;
    }

    function client(io, options) {
      const { port } = io.httpServer.address();
      const socket = connect(`http://127.0.0.1:${port}`, {
        forceNew: true,
        reconnection: false,
        ...options,
      });
      endings.push(() => socket.disconnect());
      return socket;
    }

    it("socketio-wildcard hears every event, with its acknowledgement", async () => {
      const all = [];
      const io = await serve((io) => {
        io.use(require("socketio-wildcard")());
        io.on("connection", (socket) => {
          socket.on("*", (packet) =>
            all.push(packet.data.filter((it) => typeof it !== "function")),
          );
          socket.on("ask", (question, answer) => answer(`${question}!`));
        });
      });
      const socket = client(io);
      socket.emit("tell", { bytes: Buffer.from([1]) });
      assert.equal(await socket.emitWithAck("ask", "well"), "well!");
      assert.deepEqual(all, [
        ["tell", { bytes: Buffer.from([1]) }],
        ["ask", "well"],
      ]);
    });

    it("onevent, wrapped by hand as advice from long ago has it", async () => {
      const all = [];
      const io = await serve((io) =>
        io.on("connection", (socket) => {
          const { onevent } = socket;
          socket.onevent = function wrapped(packet) {
            const args = packet.data ?? [];
            onevent.call(this, packet);
            packet.data = ["*"].concat(args);
            onevent.call(this, packet);
          };
          socket.on("*", (event, value) => all.push([event, value]));
          socket.on("one", (value) => all.push(value));
        }),
      );
      const socket = client(io);
      const [there] = await once(io, "connection");
      socket.emit("one", 1);
      socket.emit("two", 2);
      socket.emit("end");
      await new Promise((resolve) => there.on("end", resolve));
      assert.deepEqual(all.slice(0, 3), [1, ["one", 1], ["two", 2]]);
    });

    it("express-session and express-socket.io-session share what is known of a visitor", async () => {
      const options = { secret: "s", resave: false, saveUninitialized: true };
      const session = require("express-session")(options);
      const shared = require("express-socket.io-session");
      const io = await serve((io, http) => {
        http.on("request", (request, response) => {
          if (request.url !== "/login") return;
          session(request, response, () => {
            request.session.user = "ann";
            response.end("hello");
          });
        });
        io.use(shared(session, { autoSave: true }));
        io.on("connection", (socket) =>
          socket.on("count", (answer) => {
            const { session: mine } = socket.handshake;
            mine.count = (mine.count ?? 0) + 1;
            mine.save();
            answer(mine.user, mine.count);
          }),
        );
      });
      const login = await fetch(`http://127.0.0.1:${io.httpServer.address().port}/login`);
      const extraHeaders = { cookie: login.headers.get("set-cookie").split(";")[0] };
      for (const count of [1, 2]) {
        const socket = client(io, { extraHeaders });
        const answer = await new Promise((resolve) => {
          socket.emit("count", (...args) => resolve(args));
        });
        assert.deepEqual(answer, ["ann", count]);
      }
    });

    it("express-session as a middleware of the engine: socket.request.session", async () => {
      const session = require("express-session")({
        secret: "s",
        resave: false,
        saveUninitialized: true,
      });
      const io = await serve((io) => {
        io.engine.use(session);
        io.on("connection", (socket) =>
          socket.on("count", (answer) => {
            const { session: mine } = socket.request;
            mine.count = (mine.count ?? 0) + 1;
            mine.save(() => answer(mine.count, typeof socket.request.sessionID));
          }),
        );
      });
      const socket = client(io);
      const ask = () => new Promise((resolve) => socket.emit("count", (...args) => resolve(args)));
      assert.deepEqual(
        [await ask(), await ask()],
        [
          [1, "string"],
          [2, "string"],
        ],
      );
    });

    it("socketio-jwt lets in who has signed, and nobody else", async () => {
      const jwt = createRequire(require.resolve("socketio-jwt/package.json"))("jsonwebtoken");
      const io = await serve((io) => {
        const handshake = true;
        io.use(
          require("socketio-jwt").authorize({
            secret: "s3cret",
            handshake,
            auth_header_required: false,
          }),
        );
        io.on("connection", (socket) => socket.emit("hello", socket.decoded_token.name));
      });
      const token = jwt.sign({ name: "ann" }, "s3cret");
      const [name_] = await new Promise((resolve) => {
        client(io, { query: { token } }).on("hello", (...args) => resolve(args));
      });
      const refused = client(io, { query: { token: `${token}x` } });
      const [error] = await new Promise((resolve) => {
        refused.on("connect_error", (...args) => resolve(args));
      });
      assert.deepEqual(
        [name_, error.message, error.data.type],
        ["ann", "invalid signature", "UnauthorizedError"],
      );
    });

    it("socket.io-stream carries a stream both ways", async () => {
      const ss = require("socket.io-stream");
      const io = await serve((io) =>
        io.on("connection", (socket) => ss(socket).on("file", (stream) => stream.pipe(stream))),
      );
      const socket = client(io);
      const stream = ss.createStream({ allowHalfOpen: true });
      ss(socket).emit("file", stream);
      const chunks = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.end(Buffer.from("there and back"));
      await once(stream, "end");
      assert.equal(Buffer.concat(chunks).toString(), "there and back");
    });

    it("leaveAll, which was public in version 2", async () => {
      const io = await serve(() => {});
      client(io);
      const [socket] = await once(io, "connection");
      await socket.join(["a", "b"]);
      socket.leaveAll();
      assert.equal(socket.rooms.size, 0);
    });
  });
}

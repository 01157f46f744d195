import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type * as original from "engine.io";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as ours from "./index.ts";
import type {
  AttachOptions,
  BaseServer,
  ErrorCallback,
  Server,
  ServerOptions,
  Socket,
  Transport,
} from "./index.ts";

/** A program that was written with the types of npm engine.io, word for word. */
function program(engineIo: typeof ours): BaseServer {
  const options: AttachOptions & ServerOptions = {
    path: "/x",
    transports: ["polling", "websocket", "webtransport"],
    cookie: { name: "io", httpOnly: false, sameSite: "strict" },
    cors: { origin: /example/, credentials: true },
    allowRequest: (req, fn) => fn(req.headers.origin === undefined ? null : "no", true),
    perMessageDeflate: { threshold: 2_048, zlibDeflateOptions: { level: 1 } },
    httpCompression: { threshold: 512 },
    initialPacket: "hi",
    allowEIO3: true,
  };
  const server: Server = engineIo.attach(createServer(), options);
  server.use((_req: IncomingMessage, _res: unknown, next: (error?: Error) => void) => next());
  server.generateId = (req) => `${req.url}`;
  server.on("connection", (socket: Socket) => {
    const name: string = socket.transport.name;
    socket.send(name, { compress: false }, (transport: Transport) => transport.name);
    socket.write(Buffer.of(1)).send("chained");
    socket.on("message", (data: string | Buffer) => data.length);
    socket.on("upgrade", (transport) => transport.name);
    socket.on("packet", ({ type, data }) => [type, data]);
    socket.on("close", (reason: string, description) => [reason, description]);
    socket.once("drain", () => socket.close(true));
  });
  server.on("initial_headers", (headers: Record<string, unknown>, req: IncomingMessage) => {
    headers["x"] = req.url;
  });
  server.on("connection_error", ({ req, code, message, context }) => [
    req.url,
    code === engineIo.Server.errors.FORBIDDEN,
    message,
    context["name"],
  ]);
  server.attach(createServer(), { path: "/y" });
  const listening: Server = engineIo.listen(0, {}, () => {});
  listening.close().close();
  return server.close();
}

describe("types written for npm engine.io", () => {
  it("keep compiling", () => {
    expectTypeOf(program).returns.toExtend<BaseServer>();
    const theirs = {
      options: {} as original.ServerOptions,
      attachOptions: {} as original.AttachOptions,
      callback: {} as original.ErrorCallback,
    };
    const options: ServerOptions = theirs.options;
    const attachOptions: AttachOptions = theirs.attachOptions;
    const callback: ErrorCallback = theirs.callback;
    const back: original.ErrorCallback = callback;
    const errors: typeof original.Server.errors = ours.Server.errors;
    const protocol: typeof original.protocol = ours.protocol;
    expect([options, attachOptions, callback, back, errors, protocol]).toBeDefined();
    expectTypeOf<ReturnType<Server["upgrades"]>>().toExtend<string[]>();
    expectTypeOf<Socket["readyState"]>().toEqualTypeOf<original.Socket["readyState"]>();
  });
});

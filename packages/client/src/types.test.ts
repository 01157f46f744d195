import { describe, expectTypeOf, it } from "vitest";
import { Manager, io } from "./index.ts";
import type {
  DisconnectDescription,
  ExtendedError,
  ManagerOptions,
  Socket,
  SocketOptions,
} from "./index.ts";

interface ServerToClient {
  plain: () => void;
  data: (text: string, count: number) => void;
  asked: (question: string, cb: (answer: number) => void) => void;
}

interface ClientToServer {
  hello: (name: string) => void;
  ask: (question: string, cb: (answer: number, more: string) => void) => void;
}

const idle = { autoConnect: false } as const;

// Checked by `tsc`; at run time these only have to run.
describe("types", () => {
  const socket: Socket<ServerToClient, ClientToServer> = io("http://types", idle);

  it("accept any event without a map", () => {
    const plain = io("http://types", { ...idle, forceNew: true });
    expectTypeOf(plain).toEqualTypeOf<Socket>();
    plain.on("anything", (a: string, b: { c: number }) => `${a}${b.c}`);
    plain.emit("anything", 1, () => {});
    expectTypeOf(plain.emitWithAck("x", 1)).resolves.toBeAny();
  });

  it("give listeners their arguments", () => {
    socket.on("data", (text, count) => {
      expectTypeOf(text).toBeString();
      expectTypeOf(count).toBeNumber();
    });
    socket.once("asked", (question, cb) => {
      expectTypeOf(question).toBeString();
      expectTypeOf(cb).parameters.toEqualTypeOf<[number]>();
    });
    // @ts-expect-error no such event
    socket.on("nothing", () => {});
    // @ts-expect-error the argument is a string
    socket.on("data", (text: number) => text);
  });

  it("check what is emitted", () => {
    socket.emit("hello", "me");
    // @ts-expect-error a number is no name
    socket.emit("hello", 1);
    // @ts-expect-error an argument is missing
    socket.emit("hello");
    // @ts-expect-error an event of the other direction
    socket.emit("data", "x", 1);
    expectTypeOf(socket.emit("hello", "me")).toEqualTypeOf(socket);
  });

  it("know the answers", () => {
    socket.emit("ask", "q", (answer, more) => {
      expectTypeOf(answer).toBeNumber();
      expectTypeOf(more).toBeString();
    });
    expectTypeOf(socket.emitWithAck("ask", "q")).resolves.toBeNumber();
  });

  it("put an error first with a time limit", () => {
    socket.timeout(1000).emit("ask", "q", (error, answer, more) => {
      expectTypeOf(error).toEqualTypeOf<Error>();
      expectTypeOf(answer).toBeNumber();
      expectTypeOf(more).toBeString();
    });
    const limited = socket.timeout(1000);
    // The error is what the promise rejects with.
    type Answer = Awaited<ReturnType<typeof limited.emitWithAck<"ask">>>;
    expectTypeOf<Answer>().toBeNumber();
  });

  it("know the library's own events", () => {
    socket.on("connect", () => {});
    socket.on("connect_error", (error) => expectTypeOf(error).toEqualTypeOf<ExtendedError>());
    socket.on("disconnect", (reason, description) => {
      expectTypeOf(reason).toEqualTypeOf<Socket.DisconnectReason>();
      expectTypeOf(description).toEqualTypeOf<DisconnectDescription | undefined>();
    });
    socket.io.on("reconnect", (attempt) => expectTypeOf(attempt).toBeNumber());
    socket.io.on("error", (error) => expectTypeOf(error).toEqualTypeOf<Error>());
    socket.io.engine?.on("upgrade", (transport) => expectTypeOf(transport.name).toBeString());
    socket.io.engine?.on("close", (reason) => expectTypeOf(reason).toBeString());
  });

  it("have the usual members", () => {
    expectTypeOf(socket.id).toEqualTypeOf<string | undefined>();
    expectTypeOf(socket.connected).toBeBoolean();
    expectTypeOf(socket.volatile).toEqualTypeOf<Socket<ServerToClient, ClientToServer>>();
    expectTypeOf(socket.compress(true).volatile.emit("hello", "x")).toEqualTypeOf(socket);
    socket.onAny((name, ...args) => [name, ...args]);
  });

  it("give a manager its settings and its sockets", () => {
    const options: Partial<ManagerOptions & SocketOptions> = { retries: 1, auth: { a: 1 } };
    const manager = new Manager("http://types", { ...options, ...idle });
    expectTypeOf(manager.socket("/a")).toEqualTypeOf<Socket>();
    expectTypeOf(manager.reconnectionDelay()).toBeNumber();
    expectTypeOf(manager.reconnectionDelay(1)).toEqualTypeOf(manager);
    // @ts-expect-error not a delay
    manager.reconnectionDelay("1");
    // @ts-expect-error no such option
    void ({ reconection: true } satisfies Partial<ManagerOptions>);
  });

  it("can be subclassed and generic", () => {
    function listen<Listen extends { ping: () => void }>(generic: Socket<Listen>): void {
      generic.on("connect", () => {});
    }
    listen(io("http://types", { ...idle, forceNew: true }));
    expectTypeOf(listen).toBeFunction();
  });
});

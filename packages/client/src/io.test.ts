import { afterEach, describe, expect, it, vi } from "vitest";
import hawser, { Manager, Socket, connect, io, protocol } from "./index.ts";

const idle = { autoConnect: false } as const;

describe("io", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("is exported under all of its names", () => {
    expect(hawser).toBe(io);
    expect(connect).toBe(io);
    expect([io.io, io.connect, io.Manager, io.Socket, io.protocol]).toEqual([
      io,
      io,
      Manager,
      Socket,
      5,
    ]);
    expect(protocol).toBe(5);
    expect(io("http://types", idle)).toBeInstanceOf(Socket);
  });

  it("shares a manager among namespaces of a server", () => {
    const a = io("http://share/a", idle);
    const b = io("http://share:80/b", idle);
    expect(a.io).toBe(b.io);
    expect([a.nsp, b.nsp]).toEqual(["/a", "/b"]);
    expect(io("http://share:81/b", idle).io).not.toBe(a.io);
    expect(io("http://share/c", { ...idle, path: "/other" }).io).not.toBe(a.io);
  });

  it("makes a new manager for a second socket of a namespace", () => {
    const first = io("http://twice/a", idle);
    const second = io("http://twice/a", idle);
    expect(second.io).not.toBe(first.io);
    first.disconnect();
    expect(io("http://twice/a", idle).io).not.toBe(first.io);
    expect(io("http://twice/b", idle).io).toBe(first.io);
  });

  it.each([{ forceNew: true }, { multiplex: false }])("does not share with %j", (options) => {
    const first = io("http://alone/a", { ...idle, ...options });
    const second = io("http://alone/b", { ...idle, ...options });
    expect(second.io).not.toBe(first.io);
    expect(io("http://alone/c", idle).io).not.toBe(first.io);
  });

  it("takes options alone, and the page's server then", () => {
    vi.stubGlobal("location", { href: "https://page:8443/app" });
    expect(io(idle).io.uri).toBe("https://page:8443/");
    expect(io("/admin", idle).nsp).toBe("/admin");
    expect(io("/other", idle).io).toBe(io("//page:8443/third", idle).io);
  });

  it("leaves the given options as they are", () => {
    const options = Object.freeze({ ...idle });
    expect(io("http://frozen", options).io.opts.path).toBe("/socket.io");
  });

  it("hands the options of the socket on", () => {
    const socket = io("http://auth", { ...idle, auth: { token: 1 } });
    expect(socket.auth).toEqual({ token: 1 });
  });
});

import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { TestEngine } from "../testing/engine.ts";
import { RawLine, upgradeHead } from "../testing/raw-http.ts";

describe("the open packet", () => {
  it("carries the settings", async () => {
    const test = await TestEngine.start({
      pingInterval: 1_234,
      pingTimeout: 567,
      maxHttpBufferSize: 89,
    });
    const { body } = await test.ask("transport=polling");
    expect(JSON.parse(body.slice(1))).toMatchObject({
      pingInterval: 1_234,
      pingTimeout: 567,
      maxPayload: 89,
    });
  });

  it("offers an upgrade only where there is one", async () => {
    for (const [options, upgrades] of [
      [{}, ["websocket"]],
      [{ allowUpgrades: false }, []],
      [{ transports: ["polling"] as const }, []],
    ] as const) {
      const test = await TestEngine.start(options);
      const { body } = await test.ask("transport=polling");
      expect(JSON.parse(body.slice(1))).toMatchObject({ upgrades });
    }
  });

  it("is followed by the initial packet, in the same body or write", async () => {
    for (const [initialPacket, text, frame] of [
      ["hello", "4hello", "4hello"],
      [Buffer.from("bytes"), "bYnl0ZXM=", "bytes"],
    ] as const) {
      const test = await TestEngine.start({ initialPacket });
      const { body } = await test.ask("transport=polling");
      expect(body.split("\x1e")[1]).toBe(text);
      for (let taker = 0; taker < 2; taker++) {
        const peer = await test.peer().open();
        expect((await peer.next())[0]).toBe("0");
        expect(await peer.next()).toBe(frame);
      }
    }
  });

  it("escapes whatever id there is", async () => {
    const test = await TestEngine.start();
    test.engine.generateId = () => '"quoted"\n';
    expect(await test.handshake()).toBe('"quoted"\n');
  });
});

describe("the answer to a websocket handshake", () => {
  it("leaves in one write with the first packets", async () => {
    const test = await TestEngine.start({ initialPacket: "one" });
    test.engine.onConnection = (connection) => {
      connection.send("two");
    };
    const line = new RawLine(test.port);
    const chunk = once(line.socket, "data");
    line.write(upgradeHead("/engine.io/?EIO=4&transport=websocket"));
    const [bytes] = (await chunk) as [Buffer];
    expect(bytes.toString("latin1")).toMatch(/^HTTP\/1\.1 101 .*pingInterval.*4one.*4two$/s);
    line.socket.destroy();
  });
});

describe("a websocket handshake that is none", () => {
  it("is answered with what is wrong, and no session is left", async () => {
    const test = await TestEngine.start();
    for (const headers of [
      { "Sec-WebSocket-Key": "short" },
      { "Sec-WebSocket-Version": "7" },
      { Upgrade: "h2c" },
    ]) {
      const line = new RawLine(test.port);
      line.write(upgradeHead("/engine.io/?EIO=4&transport=websocket", headers));
      const answer = await line.end();
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('{"code":3,"message":"');
    }
    expect(test.engine.clientsCount).toBe(0);
    expect(test.connections).toEqual([]);
    expect(test.refusals.map((each) => each.context["name"])).toEqual(
      Array.from({ length: 3 }, () => "WEBSOCKET_HANDSHAKE_ERROR"),
    );
  });

  it("leaves polling as it was when it wanted to upgrade", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const line = new RawLine(test.port);
    const path = `/engine.io/?EIO=4&transport=websocket&sid=${sid}`;
    line.write(upgradeHead(path, { "Sec-WebSocket-Key": "short" }));
    expect(await line.end()).toMatch(/^HTTP\/1\.1 400 /);
    expect((await test.post(sid, "4a")).body).toBe("ok");
    const peer = await test.peer(sid).open();
    peer.send("2probe");
    expect(await peer.next()).toBe("3probe");
  });
});

describe("onConnection", () => {
  it("is called before the connection event, and what is sent there arrives after the open packet", async () => {
    const test = await TestEngine.start();
    const order: string[] = [];
    test.engine.on("connection", () => order.push("event"));
    test.engine.onConnection = (connection) => {
      order.push("hook");
      connection.send("welcome");
    };
    const peer = await test.peer().open();
    expect((await peer.next())[0]).toBe("0");
    expect(await peer.next()).toBe("4welcome");
    const sid = await test.handshake();
    expect((await test.get(sid)).body).toBe("4welcome");
    expect(order).toEqual(["hook", "event", "hook", "event"]);
  });
});

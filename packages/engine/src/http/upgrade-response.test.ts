import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { UpgradeResponse } from "./upgrade-response.ts";

class Line extends Duplex {
  written = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written += chunk.toString();
    done();
  }

  override _read(): void {}
}

function setUp(): { line: Line; response: UpgradeResponse } {
  const line = new Line();
  return { line, response: new UpgradeResponse(new IncomingMessage(new Socket()), line) };
}

describe("UpgradeResponse", () => {
  it("keeps headers for the 101, also those that are set when the head is written", () => {
    const { line, response } = setUp();
    response.setHeader("X-Frame-Options", "DENY");
    const writeHead = response.writeHead.bind(response);
    // As express-session does it, through on-headers.
    response.writeHead = (status: number) => {
      response.setHeader("Set-Cookie", ["a=1", "b=2"]);
      return writeHead(status);
    };
    expect(response.takeHeaders()).toEqual({
      "x-frame-options": "DENY",
      "set-cookie": ["a=1", "b=2"],
    });
    expect(line.written).toBe("");
  });

  it("refuses the upgrade with what a middleware answers", async () => {
    const { line, response } = setUp();
    const finished = new Promise((resolve) => response.on("finish", resolve));
    response.writeHead(401, "Unauthorized", { "WWW-Authenticate": "Basic", "X-Count": 2 });
    response.write("not ");
    response.end(Buffer.from("you"));
    await finished;
    expect(response.writableEnded).toBe(true);
    expect(line.written).toBe(
      "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nx-count: 2\r\n" +
        "Connection: close\r\nContent-Length: 7\r\n\r\nnot you",
    );
  });

  it("takes headers as a flat list, and ends once", () => {
    const { line, response } = setUp();
    response.writeHead(403, ["X-Why", "no"] as never);
    response.end();
    response.end("again");
    expect(line.written.match(/HTTP\/1\.1 403 Forbidden/g)).toHaveLength(1);
    expect(line.written).toContain("x-why: no\r\n");
    expect(line.written).not.toContain("again");
  });

  it("calls back whoever ended it", async () => {
    const { response } = setUp();
    await new Promise<void>((resolve) => response.end("done", "utf8", resolve));
    expect(response.writableEnded).toBe(true);
  });
});

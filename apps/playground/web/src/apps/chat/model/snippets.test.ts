import { describe, expect, it } from "vitest";
import type { PublishAccess } from "../../../../../shared/chat/events.ts";
import { plainUrl, snippetsFor, sseUrl } from "./snippets.ts";

const wires = ["json", "text", "sse", "http"] as const;
const place = {
  origin: "http://10.0.0.7:4000",
  room: "lobby",
  doors: { wires, publishing: { locked: false } },
};
const publishing = (access: PublishAccess): string =>
  snippetsFor({ ...place, doors: { wires: ["http"], publishing: access } })[0]?.code ?? "";

describe("what can be copied", () => {
  it("leads to the server that is shown, and to the room", () => {
    for (const { code } of snippetsFor(place)) {
      expect(code).toContain("10.0.0.7:4000/hawser/");
      expect(code).toContain("lobby");
    }
    expect(plainUrl("https://chat.example")).toBe("wss://chat.example/hawser/ws");
  });

  it("is what the server lets in", () => {
    const labels = snippetsFor(place).map(({ label }) => label);
    expect(labels).toEqual(["Python", "Terminal", "SSE", "HTTP", "Browser"]);
    const fewer = { ...place.doors, wires: ["sse"] as const };
    expect(snippetsFor({ ...place, doors: fewer }).map(({ label }) => label)).toEqual(["SSE"]);
  });

  it("has an address that a shell and a person can read", () => {
    expect(sseUrl("http://localhost:3000", "lobby", "a b")).toBe(
      "http://localhost:3000/hawser/sse?namespace=/chat&room=room:lobby&token=a%20b",
    );
  });

  it("names a key where one is needed", () => {
    expect(publishing({ locked: false })).not.toContain("Authorization");
    expect(publishing({ locked: true })).toContain("Bearer hk_…");
    expect(publishing({ locked: true, key: "hk_a_b" })).toContain("Bearer hk_a_b");
  });
});

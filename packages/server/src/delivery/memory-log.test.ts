import { describe, expect, it } from "vitest";
import { logContract } from "../../test/log-contract.ts";
import { memoryLog } from "./memory-log.ts";

logContract("memoryLog", { make: (now) => memoryLog({ now }), runs: 300 });

describe("memoryLog", () => {
  it("has an epoch of its own in each process, and keeps what it has when it is opened again", async () => {
    const log = memoryLog();
    const { epoch } = await log.open({});
    const entry = { namespace: "/", rooms: [], except: [], text: "a", attachments: [] };
    await log.commit({ entries: [entry], states: [{ key: "k", value: "v" }] });
    await log.close();
    expect(await log.open({})).toEqual({ epoch, last: 1 });
    expect(await log.get("k")).toBe("v");
    expect((await memoryLog().open({})).epoch).not.toBe(epoch);
  });
});

import type { MessageDecoder } from "../connection/extension.ts";
import type { SetUp } from "../handshake/set-up.ts";
import type { Role } from "../connection/machine.ts";
import { Recorder } from "./recorder.ts";

/** What a machine tells of these chunks, also where it has to wait for messages to be inflated in between. */
export async function eventsOf(
  chunks: readonly Buffer[],
  role: Role,
  options: Partial<SetUp>,
  decoder: MessageDecoder | undefined,
): Promise<string[]> {
  const recorder = new Recorder(role, options, decoder);
  const { machine } = recorder;
  for (let chunk of chunks) {
    for (;;) {
      const used = machine.receive(chunk);
      if (!machine.held) break;
      await new Promise<void>((resolve) => {
        recorder.onEvent = (event) => event === "resume" && resolve();
      });
      chunk = chunk.subarray(used);
    }
  }
  return recorder.events.filter((event) => event !== "resume");
}

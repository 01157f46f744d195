import type { JSX } from "preact";
import type { Message } from "../../../../../shared/chat/events.ts";
import { wireNames } from "../../../../../shared/chat/wire.ts";
import type { Wire } from "../../../../../shared/chat/wire.ts";
import { WireTag } from "../../../ui/wire-tag.tsx";
import type { Frame } from "../model/frames.ts";
import type { RoomModel } from "../model/room-model.ts";
import { useChat } from "./chat-context.ts";
import "./frame-view.css";

const shownWires: readonly Wire[] = ["socket.io", "json", "msgpack", "sse"];

/** The last message of the room as it came over each wire, byte for byte. */
export function FrameView({ room }: { room: RoomModel }): JSX.Element {
  const { frames, guests, doors } = useChat();
  const last = room.timeline.value.messages.at(-1);
  const wires = shownWires.filter(
    (wire) => wire === "socket.io" || doors.value.wires.includes(wire),
  );
  const found = wires.map((wire) => ({ wire, frame: last && frames.find(wire, last) }));
  const bytesMax = Math.max(0, ...found.map(({ frame }) => frame?.bytes ?? 0));
  return (
    <section class="join-part" aria-labelledby="join-frames" data-testid="frames">
      <h3 id="join-frames">The last message, on each wire</h3>
      <p>{explanation(last, bytesMax > 0, guests.running.value, wires.length > 1)}</p>
      {bytesMax > 0 && (
        <ul class="frames">
          {found.map(({ wire, frame }) => (
            <FrameRow key={wire} wire={wire} frame={frame} bytesMax={bytesMax} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface FrameRowProps {
  readonly wire: Wire;
  readonly frame: Frame | undefined;
  readonly bytesMax: number;
}

function FrameRow({ wire, frame, bytesMax }: FrameRowProps): JSX.Element {
  return (
    <li data-testid="frame" data-wire={wire} data-bytes={frame?.bytes}>
      <div class="frame-head">
        <WireTag wire={wire} />
        {frame === undefined ? (
          <span class="frame-none">not here</span>
        ) : (
          <>
            <progress max={bytesMax} value={frame.bytes} aria-hidden="true" />
            <span class="frame-bytes">{frame.bytes} bytes</span>
          </>
        )}
      </div>
      {frame !== undefined && (
        <pre tabindex={0} role="region" aria-label={`The frame on ${wireNames[wire]}`}>
          {frame.shown}
        </pre>
      )}
    </li>
  );
}

function explanation(
  last: Message | undefined,
  found: boolean,
  running: boolean,
  hasOthers: boolean,
): string {
  if (last === undefined || !found) return "Say something, and look at it here.";
  if (running) return "Encoded once for each wire, however many listen. Shown as it came.";
  const more = hasOthers ? " Run the guests above to see it on the other wires." : "";
  return `As it came to this page.${more}`;
}

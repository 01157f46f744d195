import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { limits } from "../../../../../shared/chat/limits.ts";
import { wireNames } from "../../../../../shared/chat/wire.ts";
import type { PlainState } from "../../../plain/plain-client.ts";
import { toast } from "../../../shell/toasts.ts";
import { Icon } from "../../../ui/icon.tsx";
import { WireTag } from "../../../ui/wire-tag.tsx";
import { speakingWires } from "../model/guests.ts";
import type { SpeakingWire } from "../model/guests.ts";
import { guestWires } from "../model/heard.ts";
import type { GuestWire, Heard } from "../model/heard.ts";
import type { RoomModel } from "../model/room-model.ts";
import { useChat } from "./chat-context.ts";
import "./guest-view.css";

const cutMs = 4000;

const stateTexts: Record<PlainState | "off", string> = {
  off: "",
  connecting: "connecting",
  open: "here",
  lost: "cut",
};

/** Plain WebSockets and an EventSource in this very page: what they hear, and a way to speak through them. */
export function GuestView({ room }: { room: RoomModel }): JSX.Element | null {
  const { guests, me, line, doors } = useChat();
  const { id } = room;
  useSignalEffect(() => guests.follow(id));
  const running = guests.running.value;
  const open = doors.value.wires;
  if (!guestWires.some((wire) => open.includes(wire))) return null;
  return (
    <section class="join-part guests" aria-labelledby="join-here" data-testid="guests">
      <div class="guest-head">
        <h3 id="join-here">In this page</h3>
        <button
          type="button"
          class="button"
          data-kind={running ? "soft" : "primary"}
          data-testid="run-here"
          disabled={!running && line.state.value !== "open"}
          onClick={() => (running ? guests.stop() : guests.start(me.value.name, id, open))}
        >
          <Icon name={running ? "stop" : "play"} />
          {running ? "Stop" : "Run here"}
        </button>
      </div>
      {running ? (
        <>
          <WireStates />
          <HeardLines heard={guests.heard.value} />
          <SpeakForm />
        </>
      ) : (
        <p>
          Opens the browser's own WebSocket, in two languages, and an EventSource, as more guests of
          this room.
        </p>
      )}
    </section>
  );
}

function WireStates(): JSX.Element {
  const { guests } = useChat();
  const isOn = (wire: GuestWire): boolean => guests.states[wire].value !== "off";
  return (
    <ul class="guest-states" aria-label="Their lines">
      {guestWires.filter(isOn).map((wire) => (
        <li key={wire} data-testid="guest" data-wire={wire} data-state={guests.states[wire].value}>
          <WireTag wire={wire} />
          <span class="guest-state">{stateTexts[guests.states[wire].value]}</span>
          {wire === "json" && (
            <button
              type="button"
              class="button"
              data-kind="quiet"
              data-testid="guest-cut"
              title="Breaks its line for 4 seconds. It comes back and hears what it missed."
              disabled={guests.states.json.value !== "open"}
              onClick={() => guests.cut(cutMs)}
            >
              Cut
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function HeardLines({ heard }: { heard: readonly Heard[] }): JSX.Element {
  return (
    <div class="guest-heard" role="log" aria-label="What they hear" data-testid="guest-heard">
      <ol>
        {heard.length === 0 && <li class="guest-silence">They hear what is said from now on.</li>}
        {heard.map((line, i) => (
          <li key={`${line.key} ${i}`}>
            <span class="guest-said">
              <b dir="auto">{line.name}</b> <bdi>{line.text}</bdi>
            </span>
            <HeardBy wires={line.wires} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function HeardBy({ wires }: { wires: readonly GuestWire[] }): JSX.Element {
  return (
    <span class="guest-wires">
      <span class="visually-hidden">heard over </span>
      {guestWires.map((wire) => wires.includes(wire) && <WireTag key={wire} wire={wire} />)}
    </span>
  );
}

function SpeakForm(): JSX.Element {
  const { guests, doors } = useChat();
  const text = useSignal("");
  const open = speakingWires.filter((each) => doors.value.wires.includes(each));
  const wire = useSignal<SpeakingWire>(open[0] ?? "json");
  const say = async (event: Event): Promise<void> => {
    event.preventDefault();
    const said = text.value.trim();
    if (said === "") return;
    text.value = "";
    const problem = await guests.say(wire.value, said);
    if (problem !== undefined) toast(problem, "bad");
  };
  return (
    <form class="guest-form" onSubmit={(event) => void say(event)}>
      <input
        type="text"
        dir="auto"
        aria-label="Say through a guest"
        placeholder="Say something"
        autocomplete="off"
        maxLength={limits.textCharsMax}
        value={text.value}
        data-testid="guest-text"
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <select
        aria-label="Over which wire"
        value={wire.value}
        data-testid="guest-wire"
        onChange={(event) => {
          wire.value = event.currentTarget.value as SpeakingWire;
        }}
      >
        {open.map((each) => (
          <option key={each} value={each}>
            {wireNames[each]}
          </option>
        ))}
      </select>
      <button
        type="submit"
        class="button"
        data-kind="soft"
        data-testid="guest-say"
        disabled={text.value.trim() === ""}
      >
        Say
      </button>
    </form>
  );
}

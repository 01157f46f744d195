import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { cleanName } from "../../../../../shared/chat/clean-text.ts";
import { refusals } from "../../../../../shared/chat/errors.ts";
import { limits } from "../../../../../shared/chat/limits.ts";
import { Dialog } from "../../../ui/dialog.tsx";
import { TextField } from "../../../ui/text-field.tsx";
import { useChat } from "./chat-context.ts";

/** The first visit: a name is all that is asked for. */
export function WelcomeDialog(): JSX.Element {
  const chat = useChat();
  const name = useSignal(chat.me.value.name);
  const error = useSignal(chat.line.refusal.value?.text);
  const start = (event: Event): void => {
    event.preventDefault();
    const clean = cleanName(name.value);
    if (clean === undefined) error.value = refusals["bad-name"];
    else chat.start(clean);
  };
  return (
    <Dialog label="Welcome" testId="welcome">
      <form onSubmit={start}>
        <img class="logo" src="/favicon.svg" alt="" width="32" height="32" />
        <h2>What should others call you?</h2>
        <p>
          You are about to enter <b dir="auto">{chat.current.value.title.value}</b>. There is no
          account and no password: this browser remembers you.
        </p>
        <TextField
          label="Your name"
          value={name.value}
          onInput={(value) => {
            name.value = value;
            error.value = undefined;
          }}
          error={error.value}
          charsMax={limits.nameCharsMax}
          autoComplete="nickname"
          autoFocus
          testId="name"
        />
        <button type="submit" class="button" data-kind="primary" data-testid="enter">
          Start chatting
        </button>
      </form>
    </Dialog>
  );
}

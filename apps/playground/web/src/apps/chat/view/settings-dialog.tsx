import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { cleanName } from "../../../../../shared/chat/clean-text.ts";
import { refusals } from "../../../../../shared/chat/errors.ts";
import { limits } from "../../../../../shared/chat/limits.ts";
import { theme } from "../../../shell/theme.ts";
import type { Theme } from "../../../shell/theme.ts";
import { Choice } from "../../../ui/choice.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { TextField } from "../../../ui/text-field.tsx";
import { useChat } from "./chat-context.ts";

const themes: readonly { readonly value: Theme; readonly label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

export function SettingsDialog({ onClose }: { onClose: () => void }): JSX.Element {
  const chat = useChat();
  const name = useSignal(chat.me.value.name);
  const error = useSignal<string | undefined>(undefined);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const clean = cleanName(name.value);
    if (clean === undefined) {
      error.value = refusals["bad-name"];
      return;
    }
    const reply = clean === chat.me.value.name ? undefined : await chat.rename(clean);
    if (reply?.ok === false) error.value = reply.error.text;
    else onClose();
  };
  return (
    <Dialog label="Settings" onClose={onClose} testId="settings-dialog">
      <form onSubmit={(event) => void save(event)}>
        <h2>Settings</h2>
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
          testId="settings-name"
        />
        <Choice
          label="Theme"
          name="theme"
          options={themes}
          value={theme.value}
          onChange={(value) => {
            theme.value = value;
          }}
        />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button" data-kind="primary" data-testid="settings-save">
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}

import type { JSX } from "preact";
import { dismissToast, toasts } from "../shell/toasts.ts";
import { IconButton } from "./icon-button.tsx";
import "./toast-list.css";

export function ToastList(): JSX.Element {
  return (
    <div class="toasts" role="status" data-testid="toasts">
      {toasts.value.map((toast) => (
        <div key={toast.id} class="toast" data-tone={toast.tone}>
          <span>{toast.text}</span>
          <IconButton
            icon="close"
            label="Close this notice"
            onClick={() => dismissToast(toast.id)}
          />
        </div>
      ))}
    </div>
  );
}

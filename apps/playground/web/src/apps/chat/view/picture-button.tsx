import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { IconButton } from "../../../ui/icon-button.tsx";

/** Opens the browser's file dialog. */
export function PictureButton({
  onFiles,
}: {
  onFiles: (files: readonly File[]) => void;
}): JSX.Element {
  const file = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton
        icon="picture"
        label="Add pictures"
        testId="add-picture"
        onClick={() => file.current?.click()}
      />
      <input
        ref={file}
        class="visually-hidden"
        type="file"
        accept="image/png,image/jpeg,image/gif,image/webp,image/avif"
        multiple
        tabIndex={-1}
        aria-hidden="true"
        data-testid="picture-file"
        onChange={(event) => {
          onFiles(Array.from(event.currentTarget.files ?? []));
          // So that the same file can be chosen again.
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}

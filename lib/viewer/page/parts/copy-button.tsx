import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icon.js";
import type { IconName } from "./icon.js";

interface CopyProps {
  readonly label: string;
  /** Asked for when the button is pressed. */
  readonly text: () => string;
  readonly icon?: IconName;
  /** Shows the icon alone. */
  readonly isSmall?: boolean;
}

export function CopyButton({ label, text, icon = "copy", isSmall = false }: CopyProps): JSX.Element {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return undefined;
    const timer = setTimeout(() => setState("idle"), 1600);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = (): void => {
    write(text()).then(
      () => setState("copied"),
      () => setState("failed"),
    );
  };
  const said = state === "copied" ? "Copied" : state === "failed" ? "Not copied" : label;
  return (
    <button type="button" class={isSmall ? "icon-button" : "button"} onClick={copy} aria-label={label} title={label}>
      <Icon name={state === "copied" ? "check" : icon} size={14} />
      {!isSmall && <span>{said}</span>}
      <span class="unseen" role="status">
        {state === "idle" ? "" : said}
      </span>
    </button>
  );
}

/** Over plain HTTP from another machine there is no clipboard API; a selected text can still be copied. */
async function write(text: string): Promise<void> {
  // Not there in an insecure context, whatever its type says.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard) return clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  // Deprecated, and the only way without the clipboard API.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const isCopied = document.execCommand("copy");
  area.remove();
  if (!isCopied) throw new Error("The browser refused.");
}

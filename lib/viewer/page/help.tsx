import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./parts/icon.js";

const KEYS: readonly (readonly [title: string, keys: readonly (readonly [keys: readonly string[], what: string])[]])[] =
  [
    [
      "Everywhere",
      [
        [["j", "k"], "Next and previous"],
        [["g", "G"], "First and last"],
        [["Esc"], "Back; clear the filter"],
        [["t"], "Dark or light"],
        [["?"], "This help"],
      ],
    ],
    [
      "Traces",
      [
        [["Enter"], "Open the trace"],
        [["/"], "Search"],
        [["e"], "Errors only"],
      ],
    ],
    [
      "One trace",
      [
        [["Enter"], "Go to the span's details"],
        [["h", "l"], "Fold and unfold"],
        [["[", "]"], "Previous and next tab"],
        [["c"], "Show the critical path"],
        [["/"], "Find a span"],
        [["n"], "Next error"],
      ],
    ],
  ];

export function HelpDialog({ isOpen, close }: { isOpen: boolean; close: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      class="help"
      ref={dialog}
      aria-labelledby="help-title"
      onClose={close}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <div class="help-body">
        <header>
          <h2 id="help-title">Keyboard shortcuts</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        {KEYS.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([names, what]) => (
                <div key={what}>
                  <dt>
                    {names.map((name) => (
                      <kbd key={name}>{name}</kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </dialog>
  );
}

import type { JSX } from "preact";
import { CopyButton } from "../parts/copy-button.js";

interface EmptyListProps {
  readonly isFiltered: boolean;
  readonly error: string | undefined;
  readonly clear: () => void;
}

export function EmptyList({ isFiltered, error, clear }: EmptyListProps): JSX.Element {
  if (error !== undefined) {
    return (
      <div class="empty">
        <h2>The traces could not be read</h2>
        <p>{error}</p>
      </div>
    );
  }
  if (isFiltered) {
    return (
      <div class="empty">
        <h2>No trace fits this filter</h2>
        <p>
          <button type="button" class="button" onClick={clear}>
            Clear the filter
          </button>
        </p>
      </div>
    );
  }
  const line = `RESPAN_BASE_URL=${location.origin}/api`;
  return (
    <div class="empty">
      <h2>Waiting for the first trace</h2>
      <p>Start your program with this variable. No key is needed.</p>
      <p class="command">
        <code>{line}</code>
        <CopyButton label="Copy the variable" text={() => line} isSmall />
      </p>
      <p class="quiet">
        Any OpenTelemetry sender works too: OTLP over HTTP to <code>{location.origin}/v1/traces</code>.
      </p>
    </div>
  );
}

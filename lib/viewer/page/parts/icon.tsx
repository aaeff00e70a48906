import type { JSX } from "preact";
import type { SpanRole } from "../model/inherited.js";

/** Lines in a square of 16. */
const PATHS = {
  workflow: "M3 3h4v4H3zM9 9h4v4H9zM5 7v4h4",
  task: "M3 3h10v10H3zM5.5 8l2 2 3.5-4",
  agent: "M4 6h8v6H4zM8 6V3.5M6.5 9h0M9.5 9h0M2 8v2M14 8v2",
  tool: "M10.2 2.8a3 3 0 0 0-3.6 4L2.8 10.600a1.600 1.600 0 0 0 2.600 2.600l3.800-3.800a3 3 0 0 0 4-3.600L11.400 7.600 9 7 8.400 4.600z",
  chat: "M2.500 3.500h11v7.500H8l-3 2.500v-2.500H2.500zM5.500 6.500h5M5.500 8.500h3",
  http: "M8 2.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11M2.500 8h11M8 2.500c-3.500 3.500-3.500 7.500 0 11 3.500-3.500 3.500-7.500 0-11",
  other: "M8 5.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5",
  search: "M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9M10.500 10.500l3 3",
  sun: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1.500v1M8 13.500v1M1.500 8h1M13.500 8h1M3.400 3.400l.7.7M11.900 11.900l.7.7M12.600 3.400l-.7.7M4.100 11.900l-.7.7",
  moon: "M13 9.500A5.500 5.500 0 0 1 6.500 3 5.500 5.500 0 1 0 13 9.500",
  help: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M6.300 6.300A1.800 1.800 0 1 1 8 8.500v.8M8 11.300h0",
  chevron: "M6 4l4 4-4 4",
  back: "M10 3.500L5.500 8l4.500 4.500",
  copy: "M5.500 5.500h7v7h-7zM3.500 10.500v-7h7",
  check: "M3.500 8.500l3 3 6-7",
  link: "M7 9a2.500 2.500 0 0 0 3.500 0l2-2A2.500 2.500 0 0 0 9 3.500l-.7.7M9 7a2.500 2.500 0 0 0-3.500 0l-2 2A2.500 2.500 0 0 0 7 12.500l.7-.7",
  close: "M4 4l8 8M12 4l-8 8",
  error: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 5v3.500M8 11h0",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function RoleIcon({ role }: { role: SpanRole }): JSX.Element {
  return (
    <span class={`role role-${role}`} title={role === "other" ? "span" : role}>
      <Icon name={role} size={14} />
    </span>
  );
}

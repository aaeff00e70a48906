import type { Extracted } from "./openai-auto.js";

/** What the model extracts in the guide's examples, and so in the golden spans, by schema name. */
export const GUIDE_OBJECTS = {
  SupportTicket: { customer: "ACME", priority: "high", summary: "Login failure before a security audit" },
  Invoice: {
    vendor: "Northwind",
    invoice_id: "NW-1042",
    line_items: [
      { sku: "LOG-001", quantity: 2, unit_price_usd: 49.5 },
      { sku: "SEC-010", quantity: 1, unit_price_usd: 199 },
    ],
    total_usd: 298,
  },
  ReleaseNote: {
    title: "Preserve tool schemas",
    category: "feature",
    bullets: ["Tool schemas are kept in traces"],
  },
  ActionItem: [
    { owner: "Maya", task: "send the launch checklist", status: "new" },
    { owner: "Noah", task: "legal approval", status: "blocked" },
  ],
  ProjectBrief: { title: "Respan Instructor tracing launch", owner: "Maya", milestones: ["alpha", "beta"] },
} satisfies Record<string, Extracted>;

import { fileURLToPath } from "node:url";
import { PEERS } from "../runner/contenders.mjs";
import { failure, note } from "../runner/rows.mjs";
import { script } from "../runner/script.mjs";

export const title = "What is recorded of a call whose first answer fails validation";
export const isQuick = false;

const RECORDS = fileURLToPath(new URL("../runner/records.mjs", import.meta.url));

export async function measure({ peers }) {
  const rows = [];
  for (const [contender, name] of Object.entries({ ours: "respan-instructor", ...(peers ? PEERS : {}) })) {
    try {
      const value = await script([RECORDS, contender], undefined, { BENCH_KEEP: "1" });
      rows.push({ ...note(name, described(value)), value });
    } catch (error) {
      rows.push(failure(name, error));
    }
  }
  return rows;
}

function described({ spans, isFailureMarked, hasTokensOfBoth, isCredentialMasked, isZod4Sent }) {
  const said = (isTrue, what) => `${isTrue ? "" : "not "}${what}`;
  return [
    `${spans} ${spans === 1 ? "span" : "spans"}`,
    said(isFailureMarked, "marked as failed"),
    `tokens ${said(hasTokensOfBoth, "summed")}`,
    `credential ${said(isCredentialMasked, "masked")}`,
    `Zod 4 schema ${said(isZod4Sent, "sent")}`,
  ].join("; ");
}

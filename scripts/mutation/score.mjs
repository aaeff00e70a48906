const COLUMNS = ["room", "mutants", "run", "killed", "timeout", "survived", "no coverage", "score", "95 % interval"];

/** The table of rooms, and the score of all: the share of mutants that a spec noticed, in percent. */
export function tableOf(rooms) {
  const counts = rooms.map(([room, results]) => countsOf(room, results));
  const total = { room: "all" };
  for (const name of ["mutants", "run", "killed", "timeout", "survived", "noCoverage"]) {
    total[name] = counts.reduce((sum, one) => sum + one[name], 0);
  }
  // Rooms may be sampled differently: each counts for as many mutants as it has.
  const weighted = (of) => counts.reduce((sum, one) => sum + of(one) * one.mutants, 0) / total.mutants;
  const deviation =
    Math.sqrt(counts.reduce((sum, one) => sum + (deviationOf(one) * one.mutants) ** 2, 0)) / total.mutants;
  const share = weighted(shareOf);
  const rows = [...counts.map((one) => rowOf(one, shareOf(one), deviationOf(one))), rowOf(total, share, deviation)];
  const widths = COLUMNS.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at].length)));
  const line = (row) =>
    row.map((text, at) => (at === 0 ? text.padEnd(widths[at]) : text.padStart(widths[at]))).join("  ");
  return { text: [COLUMNS, ...rows].map(line).join("\n"), score: share * 100 };
}

function countsOf(room, results) {
  const run = results.filter(({ status }) => status !== "NotSampled");
  const of = (status) => run.filter((result) => result.status === status).length;
  return {
    room,
    mutants: results.length,
    run: run.length,
    killed: of("Killed") + of("RuntimeError"),
    timeout: of("Timeout"),
    survived: of("Survived"),
    noCoverage: of("NoCoverage"),
  };
}

const shareOf = ({ run, killed, timeout }) => (killed + timeout) / run;

/** Of a share that was seen in `run` of `mutants`, none of them twice. */
function deviationOf(counts) {
  const { mutants, run } = counts;
  if (run === mutants) return 0;
  const share = shareOf(counts);
  return Math.sqrt(((share * (1 - share)) / run) * ((mutants - run) / (mutants - 1)));
}

function rowOf({ room, mutants, run, killed, timeout, survived, noCoverage }, share, deviation) {
  const percent = (value) => `${(Math.min(value, 1) * 100).toFixed(1)} %`;
  const interval =
    deviation === 0 ? "whole" : `${percent(share - 1.96 * deviation)} to ${percent(share + 1.96 * deviation)}`;
  return [room, ...[mutants, run, killed, timeout, survived, noCoverage].map(String), percent(share), interval];
}

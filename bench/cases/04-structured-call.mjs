import { answers, ticketRequest } from "../application.mjs";
import * as untraced from "../contenders/untraced.mjs";
import { PEERS, lanes } from "../runner/contenders.mjs";
import { failure, micros, row, times } from "../runner/rows.mjs";
import { difference, ratio, summary } from "../runner/statistics.mjs";

export const title = "One structured call, in-process `fetch`, TOOLS";
export const isQuick = true;

const LARGE_PROMPT = 65_536;

export function prepare(contender, { promptLength, isPaired }) {
  const request = ticketRequest(promptLength);
  const calling = ({ structured }) => {
    const create = structured(answers());
    return () => create(request);
  };
  if (isPaired) return { create: { call: calling(contender), base: calling(untraced.start()) } };
  return { create: { call: calling(contender), chunk: 100 } };
}

export async function measure({ race, peers, sink }) {
  const names = ["untraced", "ours", ...Object.keys(PEERS)];
  const own = await race({
    lanes: [
      { key: "small", contender: "ours", settings: { isPaired: true } },
      { key: "large", contender: "ours", settings: { isPaired: true, promptLength: LARGE_PROMPT } },
    ],
  });
  const rows = adds(own);
  if (!peers) return rows;
  const small = await race({ lanes: lanes(names) });
  const large = await race({ lanes: lanes(names, { promptLength: LARGE_PROMPT }) });
  rows.push(...besidePeers(small, large));
  rows.push(...overHttp(await race({ lanes: lanes(names), sink })));
  return rows;
}

/** What ours adds, with calls of either kind by turns in one process: the sharpest way to measure it. */
function adds({ small, large }) {
  if (small.error || large.error) return [failure("ours adds", small.error ?? large.error)];
  const [own, ownLarge] = [summary(small.series.create.nanos), summary(large.series.create.nanos)];
  return [
    row("small prompt: ours adds", own, micros, { atMost: 20_000 }),
    row("64 KiB prompt: ours adds ÷ small prompt", over(ownLarge, own), times, { atMost: 1.5 }),
    row("64 KiB prompt: ours adds", ownLarge, micros),
    row("small prompt: untraced call", summary(small.series.create.baseNanos), micros),
    row("64 KiB prompt: untraced call", summary(large.series.create.baseNanos), micros),
  ];
}

/** Peers patch the client's class for the whole process: here everybody has one of their own, the untraced call too. */
function besidePeers(small, large) {
  const broken = [small, large].flatMap(({ untraced: plain, ours }) => [plain, ours]).filter((lane) => lane.error);
  if (broken.length > 0) return broken.map((lane) => failure(lane.key, lane.error));
  const added = (results, key) => difference(results[key].series.create.nanos, results.untraced.series.create.nanos);
  const own = added(small, "ours");
  const all = Object.entries(PEERS).map(([key, name]) => ({ key, name, lane: small[key] }));
  const standing = all
    .filter(({ lane }) => !lane.error)
    .map(({ key, name }) => ({ key, name, added: added(small, key) }))
    .sort((a, b) => a.added.median - b.added.median);
  const [best] = standing;
  return [
    ...(best === undefined
      ? []
      : [
          row(`small prompt: ours adds ÷ ${best.name} adds (the best peer)`, over(own, best.added), times, {
            atMost: 0.45,
          }),
        ]),
    row("small prompt, a process each: ours adds", own, micros),
    row("64 KiB prompt, a process each: ours adds", added(large, "ours"), micros),
    ...standing.map(({ name, added: value }) => row(`small prompt, a process each: ${name} adds`, value, micros)),
    ...standing.flatMap(({ key, name }) =>
      large[key].error ? [] : [row(`64 KiB prompt, a process each: ${name} adds`, added(large, key), micros)],
    ),
    ...all.filter(({ lane }) => lane.error).map(({ name, lane }) => failure(name, lane.error)),
  ];
}

/** A ratio of two differences: their quartiles bound it. */
function over(value, base) {
  return { median: value.median / base.median, low: value.low / base.high, high: value.high / base.low };
}

function overHttp(results) {
  const base = results.untraced;
  return Object.values(results).flatMap((lane) => {
    const name = PEERS[lane.key] ?? lane.key;
    if (lane.error) return [failure(`over HTTP: ${name}`, lane.error)];
    const cpu = lane.series.create.cpuNanos;
    const size = lane.bytes > 0 ? `, ${Math.round(lane.bytes / lane.calls)} B sent` : "";
    return lane === base
      ? [row("over HTTP, CPU of an untraced call", summary(cpu), micros)]
      : [
          row(`over HTTP, CPU added: ${name}${size}`, difference(cpu, base.series.create.cpuNanos), micros),
          ...(lane.key in PEERS && !results.ours.error
            ? [
                row(
                  `over HTTP, CPU of the whole call: ${name} ÷ ours`,
                  ratio(cpu, results.ours.series.create.cpuNanos),
                  times,
                ),
              ]
            : []),
        ];
  });
}

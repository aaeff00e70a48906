import { BARE_CLIENT, BareInstructor, answers, ticketRequest } from "../application.mjs";
import * as untraced from "../contenders/untraced.mjs";
import { PEERS, lanes } from "../runner/contenders.mjs";
import { failure, micros, note, row, times } from "../runner/rows.mjs";
import { difference, ratio, summary } from "../runner/statistics.mjs";

export const title = "One structured call, in-process `fetch`, TOOLS";
export const isQuick = true;

const LARGE_PROMPT = 65_536;

export function prepare(contender, { promptLength, isBare, isPaired }) {
  const request = ticketRequest(promptLength);
  if (isBare) {
    const traced = contender.bare();
    const plain = new BareInstructor({ client: BARE_CLIENT, mode: "TOOLS" });
    return { create: { call: () => traced(request), base: () => plain.chatCompletionStandard(request) } };
  }
  const create = contender.structured(answers());
  const call = () => create(request);
  if (!isPaired) return { create: { call, chunk: 100 } };
  const plain = untraced.start().structured(answers());
  return { create: { call, base: () => plain(request) } };
}

export async function measure({ race, peers, sink, pace, isQuick: quick }) {
  const all = ["untraced", "context-alone", "floor", "ours", ...(peers ? Object.keys(PEERS) : [])];
  // Most of a call is openai and Instructor: so much code is compiled later than that of the other cases.
  const patient = { ...pace, warmMillis: pace.warmMillis * 3 };
  const small = await race({ lanes: lanes(all), pace: patient, generations: quick ? 1 : 3 });
  const large = await race({ lanes: lanes(all, { promptLength: LARGE_PROMPT }), pace: patient });
  const sizes = (contender, settings) =>
    ["small prompt", "64 KiB prompt"].map((prompt, size) => ({
      key: `${prompt}: ${contender}`,
      contender,
      settings: { ...settings, ...(size > 0 && { promptLength: LARGE_PROMPT }) },
    }));
  const paired = [...sizes("ours", { isPaired: true }), ...sizes("floor", { isPaired: true })];
  // Warm up for some ten thousand calls, until compilation is over: the differences are small compared with a call.
  const byTurns = await race({ lanes: paired, pace: quick ? patient : { ...pace, warmMillis: pace.warmMillis * 9 } });
  const rows = [
    ...inTurns(byTurns),
    ...inProcess(small, large),
    ...alone(await race({ lanes: sizes("ours", { isBare: true }), pace })),
  ];
  if (peers) {
    const exporting = lanes(all.filter((name) => name !== "context-alone"));
    rows.push(...overHttp(await race({ lanes: exporting, sink, pace: patient })));
  }
  return rows;
}

/** Traced and untraced by turns in one process: what is left out is what tracing costs the calls beside it. */
function inTurns(results) {
  const broken = Object.values(results).filter((lane) => lane.error);
  if (broken.length > 0) return broken.map((lane) => failure(`${lane.key}, by turns in one process`, lane.error));
  const series = (prompt, contender) => results[`${prompt}: ${contender}`].series.create;
  const added = (prompt, contender) => series(prompt, contender).nanos;
  // A process may be twice as slow as another, in all that it does: what is beside a call is its measure.
  const share = (prompt, contender) =>
    added(prompt, contender).map((nanos, round) => nanos / series(prompt, contender).baseNanos[round]);
  const [small, large] = ["small prompt", "64 KiB prompt"];
  return [
    row(`${small}: ours adds, by turns in one process`, summary(added(small, "ours")), micros, { atMost: 20_000 }),
    row(`${large}: ours adds ÷ ${small}, by turns`, ratio(added(large, "ours"), added(small, "ours")), times, {
      atMost: 1.5,
    }),
    row(`${large}: ours adds, by turns in one process`, summary(added(large, "ours")), micros),
    ...[small, large].flatMap((prompt) => [
      row(`${prompt}: floor adds, by turns in one process`, summary(added(prompt, "floor")), micros),
      {
        ...row(`${prompt}: ours adds ÷ the untraced call between`, summary(share(prompt, "ours")), times),
        isDetail: true,
      },
      {
        ...row(`${prompt}: floor adds ÷ the untraced call between`, summary(share(prompt, "floor")), times),
        isDetail: true,
      },
      row(`${prompt}: ours ÷ floor, by these two`, ratio(share(prompt, "ours"), share(prompt, "floor")), times),
    ]),
  ];
}

function inProcess(small, large) {
  const broken = [small, large]
    .flatMap(({ untraced, floor, ours }) => [untraced, floor, ours])
    .filter((lane) => lane.error);
  if (broken.length > 0) return broken.map((lane) => failure(lane.key, lane.error));
  const added = (results, key) => difference(results[key].series.create.nanos, results.untraced.series.create.nanos);
  const own = added(small, "ours");
  const ownLarge = added(large, "ours");
  const others = Object.entries(PEERS)
    .filter(([key]) => small[key] !== undefined)
    .map(([key, name]) => ({ key, name, lane: small[key] }));
  // One whose instrumentation finds nothing in this openai is cheap, but no tracing.
  const standing = others
    .filter(({ lane }) => !lane.error && lane.spans !== 0)
    .map(({ key, name }) => ({ key, name, added: added(small, key) }))
    .sort((a, b) => a.added.median - b.added.median);
  const [best] = standing;
  const ofBest =
    best === undefined
      ? []
      : [
          {
            ...row("small prompt: ours adds ÷ the best peer adds", over(own, best.added), times, { atMost: 0.45 }),
            remark: `the best is ${best.name}`,
          },
        ];
  return [
    row("small prompt: ours adds", own, micros),
    ...ofBest,
    row("64 KiB prompt: ours adds ÷ small prompt", over(ownLarge, own), times),
    row("small prompt: untraced call", summary(small.untraced.series.create.nanos), micros),
    row("64 KiB prompt: untraced call", summary(large.untraced.series.create.nanos), micros),
    row("64 KiB prompt: ours adds", ownLarge, micros),
    ...[small, large].map((results, size) =>
      row(
        `${size === 0 ? "small" : "64 KiB"} prompt: an active OpenTelemetry context alone adds`,
        added(results, "context-alone"),
        micros,
      ),
    ),
    ...[small, large].flatMap((results, size) => {
      const prompt = size === 0 ? "small" : "64 KiB";
      const byHand = added(results, "floor");
      return [
        row(`${prompt} prompt: floor adds (the same attributes by hand, unbounded, unmasked)`, byHand, micros),
        row(`${prompt} prompt: ours adds ÷ floor adds`, over(added(results, "ours"), byHand), times),
      ];
    }),
    ...standing.map(({ name, added: value }) => row(`small prompt: ${name} adds`, value, micros)),
    ...standing.flatMap(({ key, name }) =>
      large[key].error ? [] : [row(`64 KiB prompt: ${name} adds`, added(large, key), micros)],
    ),
    ...others.filter(({ lane }) => lane.error).map(({ name, lane }) => failure(name, lane.error)),
    ...others
      .filter(({ lane }) => lane.spans === 0)
      .map(({ name }) => note(`small prompt: ${name}`, "recorded nothing")),
  ];
}

function alone(results) {
  return Object.values(results).map(({ key, error, series }) =>
    error
      ? failure(`${key} alone`, error)
      : row(`${key} adds to an Instructor with nothing in it`, summary(series.create.nanos), micros),
  );
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
    const size = lane.bytes > 0 ? { remark: `${Math.round(lane.bytes / lane.calls)} B sent` } : {};
    return lane === base
      ? [row("over HTTP, CPU of an untraced call", summary(cpu), micros)]
      : [
          { ...row(`over HTTP, CPU added: ${name}`, difference(cpu, base.series.create.cpuNanos), micros), ...size },
          ...(lane.key in PEERS && !results.ours.error
            ? [
                {
                  ...row(
                    `over HTTP, CPU of the whole call: ${name} ÷ ours`,
                    ratio(cpu, results.ours.series.create.cpuNanos),
                    times,
                  ),
                  isDetail: true,
                },
              ]
            : []),
        ];
  });
}

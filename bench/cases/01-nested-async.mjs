import { ARGUMENT } from "../application.mjs";
import { PEERS, lanes } from "../runner/contenders.mjs";
import { failure, micros, row, times } from "../runner/rows.mjs";
import { ratio, summary } from "../runner/statistics.mjs";

export const title = "Two nested decorated async methods, one small argument";
export const isQuick = true;

export function prepare(contender) {
  return { nested: { call: () => contender.nested(ARGUMENT) } };
}

export async function measure({ race, peers, sink, isQuick: quick }) {
  const names = ["floor", "ours", ...(peers ? Object.keys(PEERS) : [])];
  const rows = dropped(await race({ lanes: lanes(names), generations: quick ? 1 : 3 }));
  if (!quick) rows.push(...overHttp(await race({ lanes: lanes(["untraced", ...names]), sink })));
  return rows;
}

const SPANS = 2;

/** A contender that loses spans because its queue is full looks faster than it is. */
function loss(lane) {
  if (lane.spans === undefined || lane.calls === 0) return {};
  const lost = 1 - lane.spans / (lane.calls * SPANS);
  return lost > 0.001 ? { remark: `${(lost * 100).toFixed(1)} % of its spans lost` } : {};
}

function dropped(results) {
  const { floor, ours } = results;
  if (floor.error || ours.error)
    return [floor, ours].filter((lane) => lane.error).map((lane) => failure(lane.key, lane.error));
  const [base, own] = [floor.series.nested.nanos, ours.series.nested.nanos];
  const rows = [
    row("ours ÷ floor", ratio(own, base), times, { atMost: 1.15 }),
    { ...row("floor, a call", summary(base), micros), ...loss(floor) },
    { ...row("ours, a call", summary(own), micros), ...loss(ours) },
  ];
  const peers = Object.entries(PEERS).flatMap(([key, name]) => {
    const lane = results[key];
    if (lane === undefined) return [];
    if (lane.error) return [{ failed: failure(name, lane.error) }];
    return [
      {
        lane,
        over: ratio(lane.series.nested.nanos, own),
        toFloor: ratio(lane.series.nested.nanos, base),
        name,
      },
    ];
  });
  const standing = peers.filter(({ failed }) => failed === undefined).sort((a, b) => a.over.median - b.over.median);
  standing.forEach(({ name, lane, over }, place) =>
    rows.push({ ...row(`${name} ÷ ours`, over, times, { atLeast: place === 0 ? 1.6 : 2 }), ...loss(lane) }),
  );
  standing.forEach(({ name, toFloor }) => rows.push({ ...row(`${name} ÷ floor`, toFloor, times), isDetail: true }));
  return [...rows, ...peers.flatMap(({ failed }) => failed ?? [])];
}

function overHttp(results) {
  const own = results.ours;
  return Object.values(results).flatMap((lane) => {
    const name = PEERS[lane.key] ?? lane.key;
    if (lane.error) return [failure(`over HTTP: ${name}`, lane.error)];
    const cpu = lane.series.nested.cpuNanos;
    const size = lane.bytes > 0 ? { remark: `${Math.round(lane.bytes / lane.calls)} B sent` } : {};
    return [
      { ...row(`over HTTP, CPU a call: ${name}`, summary(cpu), micros), ...size },
      ...(lane.key in PEERS && !own.error
        ? [{ ...row(`over HTTP, CPU: ${name} ÷ ours`, ratio(cpu, own.series.nested.cpuNanos), times), isDetail: true }]
        : []),
    ];
  });
}

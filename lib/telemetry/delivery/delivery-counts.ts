/** Outcomes of spans that have ended. Each span is counted once. */
export interface DeliveryCounts {
  /** Accepted by the receiver. */
  readonly exported: number;
  /** Refused by the receiver one by one, in an answer that accepted the others. */
  readonly rejected: number;
  /** Sent and not accepted: refused as a whole, or not delivered after all retries. */
  readonly failed: number;
  /** Never sent: the queue was full, `spanPostprocess` left them out, no key, or telemetry had been shut down. */
  readonly dropped: number;
  /** Still waiting or on their way at this moment. */
  readonly pending: number;
}

/** The counts where there is nothing to deliver. */
export const NO_COUNTS: DeliveryCounts = Object.freeze({ exported: 0, rejected: 0, failed: 0, dropped: 0, pending: 0 });

/** The counts between two moments; `pending` is that of the later one. */
export function countsBetween(earlier: DeliveryCounts, later: DeliveryCounts): DeliveryCounts {
  return {
    exported: later.exported - earlier.exported,
    rejected: later.rejected - earlier.rejected,
    failed: later.failed - earlier.failed,
    dropped: later.dropped - earlier.dropped,
    pending: later.pending,
  };
}

/** The counts of several deliveries together; of one, that very object. */
export function sumOfCounts([first = NO_COUNTS, ...others]: readonly DeliveryCounts[]): DeliveryCounts {
  return others.reduce(
    (sum, { exported, rejected, failed, dropped, pending }) => ({
      exported: sum.exported + exported,
      rejected: sum.rejected + rejected,
      failed: sum.failed + failed,
      dropped: sum.dropped + dropped,
      pending: sum.pending + pending,
    }),
    first,
  );
}

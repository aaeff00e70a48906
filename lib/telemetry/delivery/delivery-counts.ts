/** What became of spans that have ended. Each one is counted once. */
export interface DeliveryCounts {
  /** Taken by the receiver. */
  readonly exported: number;
  /** Refused by the receiver one by one, in an answer that took the others. */
  readonly rejected: number;
  /** Sent and not taken: refused as a whole, or not delivered however often it was tried. */
  readonly failed: number;
  /** Never sent: the queue was full, `spanPostprocess` left them out, no key, or telemetry had been shut down. */
  readonly dropped: number;
}

/** Counts that grow. */
export class DeliveryCounter {
  exported = 0;
  rejected = 0;
  failed = 0;
  dropped = 0;

  get total(): DeliveryCounts {
    const { exported, rejected, failed, dropped } = this;
    return { exported, rejected, failed, dropped };
  }
}

/** What has been counted between two moments. */
export function countsBetween(earlier: DeliveryCounts, later: DeliveryCounts): DeliveryCounts {
  return {
    exported: later.exported - earlier.exported,
    rejected: later.rejected - earlier.rejected,
    failed: later.failed - earlier.failed,
    dropped: later.dropped - earlier.dropped,
  };
}

/** The counts of several deliveries together. */
export function sumOfCounts(all: readonly DeliveryCounts[]): DeliveryCounts {
  return all.reduce(
    (sum, { exported, rejected, failed, dropped }) => ({
      exported: sum.exported + exported,
      rejected: sum.rejected + rejected,
      failed: sum.failed + failed,
      dropped: sum.dropped + dropped,
    }),
    NO_COUNTS,
  );
}

/** Where there is nothing to count. */
export const NO_COUNTS: DeliveryCounts = Object.freeze({ exported: 0, rejected: 0, failed: 0, dropped: 0 });

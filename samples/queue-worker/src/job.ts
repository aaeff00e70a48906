/** The content of the queue; with BullMQ this is `job.data`. */
export interface Job {
  readonly message: string;
  /** From `serializeScope()`: the trace, customer, thread and metadata of the request that made the job. */
  readonly scope: string;
}

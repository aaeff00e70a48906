/** Something whose end is noticed when nobody can use it any more. */
interface Abandonable {
  abandon(): void;
}

const registry = new FinalizationRegistry<Abandonable>((held) => held.abandon());

/** Calls `held.abandon()` once `target` has been collected; `held` must not lead to it. */
export function watchAbandonment(target: object, held: Abandonable): void {
  registry.register(target, held, held);
}

/** Stops watching. */
export function forgetAbandonment(held: Abandonable): void {
  registry.unregister(held);
}

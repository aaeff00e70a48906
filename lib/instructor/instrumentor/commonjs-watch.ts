import type { InstructorFactory } from "../call/instance.js";

/** A CommonJS module as Node keeps it. */
interface CachedModule {
  loaded: boolean;
  readonly exports: { readonly default: InstructorFactory };
}

type Cache = Record<string, CachedModule | undefined>;
type Listener = (factory: InstructorFactory) => void;

/** One watch for each place in the cache, whoever waits. */
const watches = new Map<string, Watch>();

/**
 * Tells of the CommonJS build of Instructor: at once where it is loaded, else when it is. It is never loaded for that,
 * which would cost every program that does not use it a tenth of a second: Node puts each module into its cache before
 * it runs it, so the place that it will take there is watched.
 * @param load the `require` whose cache and resolution count
 * @returns what ends the watch; `undefined` where there is nothing to watch, as in a test runner with modules of its own
 */
export function watchCommonJs(load: NodeJS.Require, name: string, tell: Listener): (() => void) | undefined {
  let watch: Watch;
  try {
    const path = load.resolve(name);
    const cache = load.cache as Cache;
    const cached = cache[path];
    if (cached?.loaded === true) {
      tell(cached.exports.default);
      return () => undefined;
    }
    const waiting = watches.get(path);
    watch = waiting?.isInPlace === true ? waiting : new Watch(cache, path, cached, waiting?.listeners);
  } catch {
    return undefined;
  }
  watch.listeners.add(tell);
  return () => watch.leave(tell);
}

/** Waits for a module to take its place in Node's cache, and to have run. */
class Watch {
  /** Another copy of this package may be watching as well. */
  private readonly before: PropertyDescriptor | undefined;
  private readonly place: PropertyDescriptor;

  constructor(
    private readonly cache: Cache,
    private readonly path: string,
    private module: CachedModule | undefined,
    /** Those of a watch whose place somebody took away (Node, where loading fails; tools that mock) wait on here. */
    readonly listeners = new Set<Listener>(),
  ) {
    this.before = Object.getOwnPropertyDescriptor(cache, path);
    this.place = {
      configurable: true,
      enumerable: true,
      get: () => this.module,
      set: (module: CachedModule | undefined) => {
        this.module = module;
        this.before?.set?.call(cache, module);
        if (module !== undefined) this.watchLoading(module);
      },
    };
    Object.defineProperty(cache, path, this.place);
    if (module !== undefined) this.watchLoading(module);
    watches.set(path, this);
  }

  get isInPlace(): boolean {
    return Object.getOwnPropertyDescriptor(this.cache, this.path)?.set === this.place.set;
  }

  leave(listener: Listener): void {
    this.listeners.delete(listener);
    // Where somebody took the place away, another watch may have it by now.
    if (this.listeners.size === 0) (watches.get(this.path) ?? this).end();
  }

  /** Gives the place in the cache back, as it would be without us. */
  private end(): void {
    if (watches.get(this.path) === this) watches.delete(this.path);
    if (!this.isInPlace) return;
    if (this.module !== undefined) Object.defineProperty(this.cache, this.path, plain(this.module));
    else if (this.before !== undefined) Object.defineProperty(this.cache, this.path, this.before);
    else Reflect.deleteProperty(this.cache, this.path);
  }

  /** Node sets `loaded` once a module has run. */
  private watchLoading(module: CachedModule): void {
    const before = Object.getOwnPropertyDescriptor(module, "loaded");
    Object.defineProperty(module, "loaded", {
      configurable: true,
      enumerable: true,
      get: () => false,
      set: (loaded: boolean) => {
        if (loaded) Object.defineProperty(module, "loaded", plain(true));
        before?.set?.call(module, loaded);
        if (!loaded) return;
        const listeners = [...this.listeners];
        this.end();
        for (const tell of listeners) tell(module.exports.default);
      },
    });
  }
}

function plain(value: unknown): PropertyDescriptor {
  return { configurable: true, enumerable: true, writable: true, value };
}

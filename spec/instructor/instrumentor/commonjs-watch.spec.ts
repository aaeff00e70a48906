import { watchCommonJs } from "../../../lib/instructor/instrumentor/commonjs-watch.js";
import type { InstructorFactory } from "../../../lib/instructor/call/instance.js";

const path = "/app/node_modules/instructor/build.cjs";

interface LoadedModule {
  readonly filename: string;
  loaded: boolean;
  exports: object;
}

/** Loads as Node does, of which a test runner lets nobody have the real one: packed packages are tried in processes. */
class Loader {
  readonly cache: Record<string, LoadedModule | undefined> = Object.create(null) as Record<string, LoadedModule>;
  /** What the module does while it runs. */
  whileItRuns: () => void = () => undefined;

  readonly resolve = (name: string): string => {
    if (name !== "instructor") throw new Error(`Cannot find module '${name}'`);
    return path;
  };

  load(): LoadedModule {
    const known = this.cache[path];
    if (known !== undefined) return known;
    const module: LoadedModule = { filename: path, loaded: false, exports: {} };
    this.cache[path] = module;
    module.exports = { default: function Instructor() {} };
    this.whileItRuns();
    module.loaded = true;
    return module;
  }
}

let loader: Loader;
let told: InstructorFactory[];
const tell = (factory: InstructorFactory) => void told.push(factory);
const begun: ReturnType<typeof watchCommonJs>[] = [];
const watch = (listener = tell) => {
  const end = watchCommonJs(loader as unknown as NodeJS.Require, "instructor", listener);
  begun.push(end);
  return end;
};

beforeEach(() => {
  loader = new Loader();
  told = [];
});
afterEach(() => {
  for (const end of begun.splice(0)) end?.();
});

const factoryOf = () => (loader.load().exports as { default: InstructorFactory }).default;
const placeOf = (holder: object, name: string) => Object.getOwnPropertyDescriptor(holder, name);
/** A property as everybody's are. */
const plain = (value: unknown) => ({ value, writable: true, enumerable: true, configurable: true });

describe("watching for the CommonJS build of Instructor", () => {
  it("tells of a build that is loaded, at once and once", () => {
    const factory = factoryOf();
    const before = placeOf(loader.cache, path);
    const end = watch();
    expect(told).toEqual([factory]);
    expect(placeOf(loader.cache, path)).toEqual(before);
    expect(end?.()).toBeUndefined();
    expect(factoryOf()).toBe(factory);
    expect(told).toHaveLength(1);
  });

  it("does not load it, and tells once it has run", () => {
    let duringLoad: number | undefined;
    loader.whileItRuns = () => (duringLoad = told.length);
    watch();
    expect(loader.cache[path]).toBeUndefined();
    expect(duringLoad).toBeUndefined();
    const factory = factoryOf();
    expect([duringLoad, told]).toEqual([0, [factory]]);
    expect(factoryOf()).toBe(factory);
    expect(told).toHaveLength(1);
  });

  it("leaves Node's cache and the module as they would be without it, once it has told", () => {
    watch();
    factoryOf();
    const module = loader.cache[path];
    expect(module?.loaded).toBe(true);
    expect(placeOf(loader.cache, path)).toEqual(plain(module));
    expect(placeOf(module!, "loaded")).toEqual(plain(true));
  });

  it("shows Node's cache as it is meanwhile", () => {
    let seen: unknown[] = [];
    loader.whileItRuns = () => {
      const module = loader.cache[path];
      seen = [module?.filename, module?.loaded, Object.keys(loader.cache).includes(path), Object.keys(module!)];
    };
    watch();
    factoryOf();
    expect(seen).toEqual([path, false, true, expect.arrayContaining(["loaded"])]);
  });

  it("tells of a build that is just loading, when it has run", () => {
    loader.whileItRuns = () => {
      watch();
      expect(told).toEqual([]);
    };
    const factory = factoryOf();
    expect(told).toEqual([factory]);
    expect(placeOf(loader.cache, path)).toEqual(plain(loader.cache[path]));
  });

  it("tells everybody who waits, and nobody who has left", () => {
    const others: string[] = [];
    const ends = ["a", "b", "c"].map((name) => watch(() => void others.push(name)));
    ends[1]?.();
    factoryOf();
    expect(others).toEqual(["a", "c"]);
    ends[0]?.();
    expect(placeOf(loader.cache, path)).toEqual(plain(loader.cache[path]));
  });

  it("gives the place back when the last one leaves, and can begin anew", () => {
    const ends = [tell, () => undefined].map((each) => watch(each));
    ends[0]?.();
    expect(placeOf(loader.cache, path)?.get).toBeDefined();
    ends[1]?.();
    expect(placeOf(loader.cache, path)).toBeUndefined();
    expect(path in loader.cache).toBe(false);
    watch();
    expect(told).toEqual([factoryOf()]);
  });

  it("begins anew where somebody has taken the place away, for those who waited too", () => {
    const others: InstructorFactory[] = [];
    const end = watch((factory) => void others.push(factory));
    Reflect.deleteProperty(loader.cache, path);
    watch();
    const factory = factoryOf();
    expect([told, others]).toEqual([[factory], [factory]]);
    end?.();
    expect(placeOf(loader.cache, path)).toEqual(plain(loader.load()));
  });

  it("gives a place back that it took anew, whoever leaves last", () => {
    const first = watch();
    Reflect.deleteProperty(loader.cache, path);
    const second = watch(() => undefined);
    second?.();
    first?.();
    expect(placeOf(loader.cache, path)).toBeUndefined();
  });

  it("tells once for all: of a build that is loaded anew only who watches anew", () => {
    watch();
    factoryOf();
    Reflect.deleteProperty(loader.cache, path);
    const others: InstructorFactory[] = [];
    watch((factory) => void others.push(factory));
    const factory = factoryOf();
    expect(others).toEqual([factory]);
    expect(told).toHaveLength(1);
  });

  it("waits on where the place is emptied, and where a module says that it has not run", () => {
    watch();
    loader.cache[path] = undefined;
    loader.whileItRuns = () => {
      loader.cache[path]!.loaded = false;
      expect([loader.cache[path]!.loaded, told]).toEqual([false, []]);
    };
    expect(told).toEqual([]);
    expect([factoryOf()]).toEqual(told);
  });

  it("gives the place back while the build is loading", () => {
    const end = watch();
    loader.whileItRuns = () => {
      end?.();
      expect(placeOf(loader.cache, path)).toEqual(plain(loader.cache[path]));
    };
    factoryOf();
    expect(loader.cache[path]?.loaded).toBe(true);
    expect(told).toEqual([]);
  });

  it.each<[what: string, take: () => void, left: PropertyDescriptor | undefined]>([
    ["lays another over it", () => Object.defineProperty(loader.cache, path, plain(undefined)), plain(undefined)],
    ["empties it", () => Reflect.deleteProperty(loader.cache, path), undefined],
  ])("leaves its place to somebody who %s", (_, take, left) => {
    const end = watch();
    take();
    end?.();
    expect(placeOf(loader.cache, path)).toEqual(left);
  });

  it("tells of a build whose place was empty, but there", () => {
    loader.cache[path] = undefined;
    watch();
    expect(told).toEqual([factoryOf()]);
  });

  describe("beside another who watches the same way", () => {
    let heard: unknown[];
    let other: PropertyDescriptor;
    beforeEach(() => {
      heard = [];
      let kept: LoadedModule | undefined;
      other = {
        configurable: true,
        enumerable: true,
        get: () => kept,
        set: (module: LoadedModule) => {
          kept = module;
          heard.push(module.filename);
          let isLoaded = false;
          Object.defineProperty(module, "loaded", {
            configurable: true,
            enumerable: true,
            get: () => isLoaded,
            set: (loaded: boolean) => {
              isLoaded = loaded;
              heard.push(loaded);
            },
          });
        },
      };
      Object.defineProperty(loader.cache, path, other);
    });

    it("lets them hear all that they would have heard", () => {
      watch();
      const factory = factoryOf();
      expect(told).toEqual([factory]);
      expect(heard).toEqual([path, true]);
    });

    it("leaves the place to them", () => {
      watch()?.();
      expect(placeOf(loader.cache, path)).toEqual(other);
      factoryOf();
      expect([told, heard]).toEqual([[], [path, true]]);
    });
  });

  it.each<[what: string, runner: Partial<NodeJS.Require>]>([
    ["knows no such package", { resolve: new Loader().resolve as NodeJS.RequireResolve, cache: {} }],
    ["has no cache", { resolve: (() => "/build.cjs") as unknown as NodeJS.RequireResolve }],
  ])("has nothing to watch where a loader %s", (_, runner) => {
    expect(watchCommonJs(runner as NodeJS.Require, "no-such-package", tell)).toBeUndefined();
    expect(told).toEqual([]);
  });
});

import "reflect-metadata";
import { Task, Workflow } from "../../../lib/decorators/decorators.js";
import { slot } from "../../../lib/scope/tracing.js";
import { InProcess } from "../../scope/in-process.js";

/** A decorator of some framework, by either calling convention. */
type Foreign = (...received: unknown[]) => never;

/** What the calling convention under test hands to a decorator, as one that knows both finds its method. */
const methodOf = (received: readonly unknown[]): object => {
  const descriptor = received[2] as TypedPropertyDescriptor<object> | undefined;
  return descriptor?.value ?? (received[0] as object);
};

/** As `SetMetadata` of NestJS: metadata on the function, which guards and routers read. */
const SetMetadata = (key: unknown, value: unknown): Foreign =>
  ((...received: unknown[]) => {
    Reflect.defineMetadata(key, value, methodOf(received));
  }) as Foreign;

/** Puts a property on the function, as schedulers and old frameworks do. */
const Mark = (key: PropertyKey, value: unknown): Foreign =>
  ((...received: unknown[]) => {
    (methodOf(received) as Record<PropertyKey, unknown>)[key] = value;
  }) as Foreign;

/** Another library's wrapper, which loses everything. */
const Wrap = ((...received: unknown[]) => {
  const method = methodOf(received) as (...args: unknown[]) => unknown;
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(method, this, args);
  };
  return received[2] === undefined || typeof received[1] === "object"
    ? wrapper
    : { ...(received[2] as object), value: wrapper };
}) as Foreign;

/** What frameworks read of a decorated method, in both calling conventions. */
export function metadata(): void {
  describe("what others put on a method", () => {
    const roles = Symbol("roles");

    class Desk {
      @SetMetadata("above", "a")
      @Mark("markedAbove", 1)
      @Task("both")
      @SetMetadata("below", "b")
      @SetMetadata(roles, ["admin"])
      @Mark("markedBelow", 2)
      @Mark(roles, 3)
      async guarded(first: string, second = 0): Promise<string> {
        return first.repeat(second);
      }

      @Workflow()
      @SetMetadata("between", 1)
      @Task()
      twice(only: unknown): unknown {
        return only;
      }

      @Task() *steps(): Generator<number> {
        yield 1;
      }
      @Task() static shared(a: number, b: number): number {
        return a + b;
      }
      plain(): void {}
    }
    const { guarded, twice, steps } = Desk.prototype;

    it("survives above and below ours, as reflect-metadata's own and as properties", () => {
      const kept = guarded as unknown as Record<PropertyKey, unknown>;
      expect(Reflect.getOwnMetadata("above", guarded)).toBe("a");
      expect(Reflect.getOwnMetadata("below", guarded)).toBe("b");
      expect(Reflect.getMetadata(roles, guarded)).toEqual(["admin"]);
      expect(Reflect.getOwnMetadataKeys(guarded)).toEqual(expect.arrayContaining(["above", "below", roles]));
      expect([kept.markedAbove, kept.markedBelow, kept[roles]]).toEqual([1, 2, 3]);
      expect(Reflect.getOwnMetadata("between", twice)).toBe(1);
    });

    it("survives when it is put on the method itself later, as initializers do", () => {
      const method = (): void => undefined;
      const wrapper = (Task as unknown as (...received: unknown[]) => () => void)(method, {
        kind: "method",
        name: "late",
        access: {},
      });
      Reflect.defineMetadata("late", true, method);
      Object.assign(method, { late: "property" });
      expect(Reflect.getMetadata("late", wrapper)).toBe(true);
      expect((wrapper as unknown as { late: string }).late).toBe("property");
    });

    it("finds a method's name, length and nature as they were", () => {
      const AsyncFunction = (async () => undefined).constructor;
      expect([guarded.name, guarded.length]).toEqual(["guarded", 1]);
      expect([twice.name, twice.length]).toEqual(["twice", 1]);
      expect([Desk.shared.name, Desk.shared.length]).toEqual(["shared", 2]);
      expect(guarded).toBeInstanceOf(AsyncFunction);
      expect(Object.prototype.toString.call(guarded)).toBe("[object AsyncFunction]");
      expect(Object.prototype.toString.call(steps)).toBe("[object GeneratorFunction]");
      expect(Object.prototype.toString.call(twice)).toBe("[object Function]");
      expect("prototype" in twice).toBe(false);
      expect(() => {
        Reflect.construct(twice, []);
      }).toThrow(TypeError);
      const bound = twice.bind(new Desk());
      expect(bound).toBeInstanceOf(Function);
    });

    it("finds the member as it was: not enumerable, writable, configurable", () => {
      const plain = Object.getOwnPropertyDescriptor(Desk.prototype, "plain");
      for (const [holder, member] of [
        [Desk.prototype, "guarded"],
        [Desk.prototype, "steps"],
        [Desk, "shared"],
      ] as const) {
        const { value, ...rest } = Object.getOwnPropertyDescriptor(holder, member)!;
        expect(typeof value).toBe("function");
        expect({ ...rest, value: undefined }).toEqual({ ...plain, value: undefined });
      }
    });

    it("works with a foreign wrapper on top of ours, and beneath it", () => {
      using host = new InProcess();
      class Wrapped {
        @Wrap @Task("below") below(value: number): number {
          return value;
        }
        @Task("above") @Wrap above(value: number): number {
          return value;
        }
      }
      expect([new Wrapped().below(1), new Wrapped().above(2)]).toEqual([1, 2]);
      expect(host.spans.map(({ name }) => name)).toEqual(["below.task", "above.task"]);
    });

    it("is there with telemetry or without", () => {
      expect(slot.tracing).toBeUndefined();
      expect(Reflect.getOwnMetadata("below", new Desk().guarded)).toBe("b");
    });
  });
}

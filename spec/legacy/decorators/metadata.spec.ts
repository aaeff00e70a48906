import "reflect-metadata";
import { getTraceMetadata } from "../../../lib/decorators/trace-metadata.js";
import { Task } from "../../../lib/decorators/decorators.js";
import { metadata } from "../../decorators/cases/metadata.js";

metadata();

describe("emitDecoratorMetadata", () => {
  it("finds the types of parameters and result where it put them", () => {
    class Ticket {
      readonly customer = "acme";
    }
    class Desk {
      @Task() check(ticket: Ticket, count: number): Promise<string> {
        return Promise.resolve(ticket.customer.repeat(count));
      }
    }
    expect(Reflect.getMetadata("design:paramtypes", Desk.prototype, "check")).toEqual([Ticket, Number]);
    expect(Reflect.getMetadata("design:returntype", Desk.prototype, "check")).toBe(Promise);
    expect(Reflect.getMetadata("design:type", Desk.prototype, "check")).toBe(Function);
  });

  it("reads the decorator's options even if a wrapper on top of it has lost everything", () => {
    const Wrap: MethodDecorator = (_target, _key, descriptor) => {
      const method = descriptor.value as unknown as () => unknown;
      return { ...descriptor, value: (() => method()) as never };
    };
    class Desk {
      @Wrap @Task({ name: "told", version: "1" }) run(): void {}
    }
    expect(getTraceMetadata(Desk, "run")).toEqual({ kind: "task", name: "told", version: "1" });
  });
});

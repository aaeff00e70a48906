/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/ban-ts-comment,
   @typescript-eslint/no-unnecessary-type-parameters, @typescript-eslint/no-confusing-void-expression --
   only the compiler reads this file */
/**
 * What the compiler promises of standard decorators. `tsc --noEmit` is the test: an unused `@ts-expect-error` fails it,
 * and so does a type that was lost.
 */
import type { EntityOptions } from "../../lib/decorators/entity-options.js";
import { propagateAttributes } from "../../lib/scope/propagate-attributes.js";
import { Agent, withAgent } from "../../lib/decorators/decorators.js";
import { Task, withTask } from "../../lib/decorators/decorators.js";
import { Tool, withTool } from "../../lib/decorators/decorators.js";
import { Workflow, withWorkflow } from "../../lib/decorators/decorators.js";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Equal<A, B>): void => undefined;

class Desk {
  readonly tenant: string = "acme";

  // Every calling form.
  @Workflow bare(message: string): string {
    return message;
  }
  @Workflow() called(message: string): string {
    return message;
  }
  @Task("named") named(message: string): string {
    return message;
  }
  @Agent({ name: "optional", version: undefined }) optioned(message: string): string {
    return message;
  }

  // Every kind of method keeps its exact type.
  overloaded(value: number): string;
  overloaded(value: string): number;
  @Task overloaded(value: number | string): number | string {
    return value;
  }
  @Task() generic<Value extends object>(value: Value): Value {
    return value;
  }
  @Task() calling<Value>(make: () => Value): Value {
    return make();
  }
  @Task async awaiting<Value, Key extends keyof Value>(value: Value, key: Key): Promise<Value[Key]> {
    return value[key];
  }
  @Tool withThis(this: Desk, factor: number): number {
    return this.tenant.length * factor;
  }
  @Task() isText(value: unknown): value is string {
    return typeof value === "string";
  }
  @Task() assertsText(value: unknown): asserts value is string {
    if (typeof value !== "string") throw new TypeError("no text");
  }
  @Task *steps(): Generator<number, string, boolean> {
    const goesOn = yield 1;
    return goesOn ? "on" : "off";
  }
  @Task() async *chunks(count: number): AsyncGenerator<string, void, unknown> {
    for (let i = 0; i < count; i++) yield String(i);
  }
  @Task fluent(): this {
    return this;
  }
  @Task static make(count: number): Desk[] {
    return Array.from({ length: count }, () => new Desk());
  }
  @Task() protected guarded(value: number): number {
    return value;
  }
  @Task({ name: "hidden" }) private hidden(value: number): number {
    return value;
  }
  @Task() #secret(value: number): number {
    return value;
  }
  @Task() static #shared(value: number): number {
    return value;
  }
  @Task() [Symbol.iterator](): Iterator<number> {
    return [this.hidden(1), this.#secret(2), Desk.#shared(3)].values();
  }
  @Task() "a computed name"(): void {}

  // Options that are functions know what they are given.
  @Task({
    customerIdentifier: (desk: Desk, [message]: readonly [string]) => `${desk.tenant}:${message}`,
    metadata: (desk: Desk) => ({ tenant: desk.tenant }),
    captureInput: ([message]: readonly [string], desk: Desk) => [message.length, desk.tenant],
    captureOutput: (length: number) => length.toFixed(),
    traceContent: (_desk: Desk, [message]: readonly [string]) => message !== "",
  })
  async told(message: string): Promise<number> {
    return message.length;
  }
  @Task({ captureInput: (args) => args.length, captureOutput: (result) => typeof result, name: () => "n" })
  untold(_message: string): number {
    return 1;
  }
  @Task({ captureOutput: (item: string) => item.length }) async *items(): AsyncGenerator<string> {
    yield "a";
  }
  @Task({
    customerIdentifier() {
      return "c";
    },
  })
  inMethodForm(): void {}

  // They need not say it: it is the method's, of each option alone and of all together.
  @Task({ customerIdentifier: (desk, [id]) => same<typeof id, string>(true) ?? desk.tenant + id.toUpperCase() })
  ownerAlone(id: string): string {
    return id;
  }
  @Task({ captureInput: ([message]) => ({ length: message.length }) }) inputAlone(message: string): string {
    return message;
  }
  @Task({ captureOutput: (length) => length.toFixed() }) async outputAlone(message: string): Promise<number> {
    return message.length;
  }
  @Task({ captureOutput: (item) => item.length }) async *itemAlone(): AsyncGenerator<string> {
    yield "a";
  }
  @Task({ metadata: (desk) => ({ tenant: desk.tenant }), traceContent: (_desk, [, isOpen = true]) => isOpen })
  optionalToo(message: string, isOpen?: boolean): string {
    return isOpen === true ? message : "";
  }
  @Task({
    name: (desk) => desk.tenant,
    customerIdentifier(desk, [message]) {
      return this.tenant + desk.tenant + message;
    },
    captureInput: ([message, ...counts], desk) => [message.length, counts.length, desk.tenant],
    captureOutput: (result) => result.toFixed(),
  })
  allTogether(message: string, ...counts: number[]): number {
    return message.length + counts.length;
  }
  @Task({ customerIdentifier: (made) => made.name }) static ofTheClass(): void {}
  @Task({ captureInput: ([value]) => typeof value }) genericToo<Value>(value: Value): Value {
    return value;
  }
  @Task({ customerIdentifier: (desk) => desk.tenant }) #secretToo(): void {}
  // @ts-expect-error a string has no such method
  @Task({ captureInput: ([message]) => message.toFixed() }) misread(message: string): string {
    this.#secretToo();
    return message;
  }

  // @ts-expect-error the method is not one of a class with `other`
  @Task({ customerIdentifier: (desk: { other: number }) => String(desk.other) }) wrongInstance(): void {}
  // @ts-expect-error the method is called with a number
  @Task({ customerIdentifier: (_: unknown, [text]: readonly [string]) => text }) wrongArguments(_value: number): void {}
  // @ts-expect-error the method gives a number
  @Task({ captureOutput: (text: string) => text.length }) wrongResult(): Promise<number> {
    return Promise.resolve(1);
  }
  // @ts-expect-error there is no such option
  @Task({ nam: "n" }) unknownOption(): void {}
  // @ts-expect-error a name is a string
  @Task({ name: 1 }) wrongName(): void {}
  @Task({ customerIdentifier: 42, version: 2, properties: { plan: "pro" } }) numbers(): void {}
  // @ts-expect-error a customer is a string or a number
  @Task({ customerIdentifier: true }) wrongCustomer(): void {}
  // @ts-expect-error and so is what a function gives
  @Task({ customerIdentifier: () => true }) wrongCustomerFunction(): void {}
  // @ts-expect-error options are a string or an object
  @Task(42) wrongOptions(): void {}

  // Nothing but methods.
  // @ts-expect-error a field
  @Task field = 1;
  // @ts-expect-error a field that holds a function
  @Task() functionField = (): number => 1;
  // @ts-expect-error a getter
  @Task get got(): () => number {
    return () => 1;
  }
  // @ts-expect-error a setter
  @Task() set put(_value: () => number) {}
  // @ts-expect-error an accessor
  @Task accessor both = (): number => 1;
  // @ts-expect-error an accessor
  @Task("named") accessor bothNamed = 1;
}

// @ts-expect-error a class
@Task
class Bare {}
// @ts-expect-error a class
@Task()
class Called {}
export const classes = [Bare, Called];

const desk = new Desk();
same<typeof desk.bare, (message: string) => string>(true);
same<ReturnType<typeof desk.steps>, Generator<number, string, boolean>>(true);
same<ReturnType<typeof desk.chunks>, AsyncGenerator<string, void, unknown>>(true);
same<typeof Desk.make, (count: number) => Desk[]>(true);
desk.overloaded(1).toUpperCase();
desk.overloaded("one").toFixed();
desk.generic({ a: 1 }).a.toFixed();
desk.calling(() => "text").toUpperCase();
same<ReturnType<typeof desk.awaiting<{ a: number }, "a">>, Promise<number>>(true);
desk.withThis(2).toFixed();
desk.fluent().fluent();
// @ts-expect-error the method takes a string
desk.bare(1);
// @ts-expect-error it is protected still
desk.guarded(1);

export function narrows(value: unknown, asserting: Desk): string {
  if (desk.isText(value)) return value.toUpperCase();
  asserting.assertsText(value);
  return value.toUpperCase();
}

// The function forms keep the function's type and check its arguments.
same<ReturnType<typeof add>, Promise<number>>(true);
function add(): Promise<number> {
  return withTask("add", async (a: number, b: number) => a + b, 1, 2);
}
withWorkflow({ name: "w", captureInput: ([text]) => text.length }, (text: string) => text, "a").toUpperCase();
withAgent({ captureOutput: (text: string) => text.length }, () => "a").toUpperCase();
withTool({}, function* () {
  yield 1;
}).next();
// @ts-expect-error an argument is missing
withTask("add", (a: number, b: number) => a + b, 1);
// @ts-expect-error an argument of a wrong type
withTask("add", (a: number) => a, "1");
// @ts-expect-error there is no such option
withTask({ nam: "n" }, () => 1);

export const shared: EntityOptions = { version: "2", metadata: { team: "support" } };
interface Plan {
  plan: string;
  seats: number;
  billing: Billing;
}
interface Billing {
  isAnnual: boolean;
}
const plan: Plan = { plan: "pro", seats: 3, billing: { isAnnual: true } };
export const planned: number = propagateAttributes({ metadata: plan }, () => 1);
// @ts-expect-error metadata has keys
propagateAttributes({ metadata: new Date() }, () => 1);
// @ts-expect-error a function is none, where nothing calls it
propagateAttributes({ metadata: () => plan }, () => 1);
export class Shared {
  @Workflow(shared) run(): void {}
  @Workflow({ metadata: plan }) planned(): void {}
  @Workflow({ metadata: () => plan }) plannedByAFunction(): void {}
  // @ts-expect-error metadata has keys
  @Workflow({ metadata: ["a"] }) listed(): void {}
  // @ts-expect-error metadata has keys
  @Workflow({ metadata: new Map([["a", 1]]) }) mapped(): void {}
}

import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import {
  Agent,
  Task,
  withTask,
  Tool,
  withTool,
  Workflow,
  withWorkflow,
  withAgent,
} from "../../../lib/decorators/decorators.js";
import { propagateAttributes } from "../../../lib/scope/propagate-attributes.js";
import { slot } from "../../../lib/scope/tracing.js";
import { InProcess } from "../../scope/in-process.js";

/** What a decorated method's span is, in both calling conventions. */
export function spans(): void {
  describe("the span of a decorated method", () => {
    let host: InProcess;
    beforeEach(() => {
      host = new InProcess();
    });
    afterEach(() => {
      expect(slot.tracing?.open.size ?? 0).toBe(0);
      host[Symbol.dispose]();
    });
    const names = (): string[] => host.spans.map((span) => span.name);
    const span = (name: string) => {
      const found = host.spans.find((candidate) => candidate.name === name);
      if (found === undefined) throw new Error(`no span ${name} among ${names().join()}`);
      return found;
    };

    it("carries what the wire contract says, and nothing else", () => {
      class Desk {
        @Workflow({ name: "support_ticket_extraction", version: "3" })
        extract(message: string, count: number): { message: string; count: number } {
          return { message, count };
        }
      }
      expect(new Desk().extract("help", 2)).toEqual({ message: "help", count: 2 });
      expect(names()).toEqual(["support_ticket_extraction.workflow"]);
      const { kind, status, events, attributes } = span("support_ticket_extraction.workflow");
      expect(kind).toBe(SpanKind.INTERNAL);
      expect(status).toEqual({ code: SpanStatusCode.UNSET });
      expect(events).toEqual([]);
      expect(attributes).toEqual({
        "respan.metadata._tracing_sdk_version": expect.any(String) as string,
        "traceloop.span.kind": "workflow",
        "traceloop.entity.name": "support_ticket_extraction",
        "traceloop.entity.version": "3",
        "traceloop.workflow.name": "support_ticket_extraction",
        "traceloop.entity.path": "",
        "traceloop.entity.input": '{"args":["help",2],"kwargs":{}}',
        "traceloop.entity.output": '{"message":"help","count":2}',
        "respan.entity.log_method": "ts_tracing",
        "respan.entity.log_type": "workflow",
      });
    });

    it("is opened in every calling form, with the method's name where none is given", () => {
      const symbolMember = Symbol("by symbol");
      const computed = "computed name";
      class Desk {
        @Workflow bare(): string {
          return this.called();
        }
        @Task() called(): string {
          return this.named();
        }
        @Agent("given") named(): string {
          return this.optioned();
        }
        @Tool({ version: "1" }) optioned(): string {
          return this[symbolMember]();
        }
        @Task [symbolMember](): string {
          return this[computed]();
        }
        @Task [computed](): string {
          return this[42]();
        }
        @Task 42(): string {
          return Desk.shared();
        }
        @Task static shared(): string {
          return "result";
        }
      }
      expect(new Desk().bare()).toBe("result");
      expect(names().reverse()).toEqual([
        "bare.workflow",
        "called.task",
        "given.agent",
        "optioned.tool",
        "by symbol.task",
        "computed name.task",
        "42.task",
        "shared.task",
      ]);
    });

    it("is inside the span of the method that calls it, and says the way there", async () => {
      class Desk {
        @Workflow() async agentic(query: string): Promise<string> {
          await this.step(query);
          return this.desk(query);
        }
        @Task() async step(query: string): Promise<string> {
          return this.lookup(query);
        }
        @Agent() async desk(query: string): Promise<string> {
          return this.lookup(query);
        }
        @Tool() async lookup(query: string): Promise<string> {
          return query;
        }
      }
      await new Desk().agentic("where");
      expect(
        host.spans.map(({ name, attributes, parentSpanContext }) => [
          name,
          attributes["traceloop.workflow.name"],
          attributes["traceloop.entity.path"],
          host.spans.find((parent) => parent.spanContext().spanId === parentSpanContext?.spanId)?.name,
        ]),
      ).toEqual([
        ["lookup.tool", "agentic", "step.lookup", "step.task"],
        ["step.task", "agentic", "step", "agentic.workflow"],
        ["lookup.tool", "desk", "lookup", "desk.agent"],
        ["desk.agent", "desk", "", "agentic.workflow"],
        ["agentic.workflow", "agentic", "", undefined],
      ]);
    });

    it("leaves out of captured values what Instructor adds to results, and keeps it on the results", async () => {
      const ticket = { customer: "ACME", _meta: { usage: { total_tokens: 3 }, thinking: undefined } };
      const foreign = { _meta: { page: 7 } };
      class Desk {
        @Workflow() async extract(): Promise<typeof ticket> {
          return this.check(ticket);
        }
        @Task() check(given: typeof ticket): typeof ticket {
          return given;
        }
        @Task() list(): unknown {
          return [ticket, foreign];
        }
        @Task() *stream(): Generator<typeof ticket> {
          yield ticket;
        }
      }
      expect(await new Desk().extract()).toBe(ticket);
      expect(ticket._meta.usage.total_tokens).toBe(3);
      new Desk().list();
      for (const item of new Desk().stream()) expect(item).toBe(ticket);
      expect(span("check.task").attributes).toMatchObject({
        "traceloop.entity.input": '{"args":[{"customer":"ACME"}],"kwargs":{}}',
        "traceloop.entity.output": '{"customer":"ACME"}',
      });
      expect(span("extract.workflow").attributes["traceloop.entity.output"]).toBe('{"customer":"ACME"}');
      expect(span("list.task").attributes["traceloop.entity.output"]).toBe(
        '[{"customer":"ACME"},{"_meta":{"page":7}}]',
      );
      expect(span("stream.task").attributes["traceloop.entity.output"]).toBe('[{"customer":"ACME"}]');
    });

    it("captures the arguments as they were when the method was called", () => {
      class Desk {
        @Task() fill(target: { filled?: boolean }): void {
          target.filled = true;
        }
      }
      new Desk().fill({});
      expect(span("fill.task").attributes["traceloop.entity.input"]).toBe('{"args":[{}],"kwargs":{}}');
    });

    it.each([
      ["thrown", (desk: { sync: () => unknown }) => desk.sync()],
      ["rejected", (desk: { async: () => unknown }) => desk.async()],
    ] as const)(
      "records an error that is %s once in each span it passes, and it stays the same object",
      async (_, run) => {
        const error = new TypeError("no such customer");
        class Desk {
          @Workflow() outer(how: (desk: Desk) => unknown): unknown {
            return how(this);
          }
          @Task({ name: "failing" }) sync(): never {
            throw error;
          }
          @Task({ name: "failing" }) async async(): Promise<never> {
            throw error;
          }
        }
        let caught: unknown;
        try {
          await new Desk().outer(run);
        } catch (thrown) {
          caught = thrown;
        }
        expect(caught).toBe(error);
        for (const name of ["failing.task", "outer.workflow"]) {
          const { status, events, attributes } = span(name);
          expect(status).toEqual({ code: SpanStatusCode.ERROR, message: "no such customer" });
          expect(events.map((event) => event.name)).toEqual(["exception"]);
          expect(events[0]?.attributes).toMatchObject({
            "exception.type": "TypeError",
            "exception.message": "no such customer",
          });
          expect(attributes).not.toHaveProperty(["traceloop.entity.output"]);
        }
      },
    );

    it("passes this, super and overridden methods as they are, each decorated one in its own span", () => {
      class Base {
        constructor(readonly tenant: string) {}
        @Task() describe(suffix: string): string {
          return `${this.tenant}${suffix}`;
        }
        @Task() inherited(): string {
          return this.describe("?");
        }
      }
      class Desk extends Base {
        @Task({ name: "describe_desk" }) override describe(suffix: string): string {
          return `desk of ${super.describe(suffix)}`;
        }
      }
      expect(new Desk("acme").inherited()).toBe("desk of acme?");
      expect(names()).toEqual(["describe.task", "describe_desk.task", "inherited.task"]);
      expect(span("describe.task").attributes["traceloop.entity.path"]).toBe("inherited.describe_desk.describe");
    });

    it("carries what its scope inherits", () => {
      class Desk {
        @Task() step(): void {
          host.foreignSpan("GET /");
        }
      }
      propagateAttributes(
        { customerIdentifier: "c1", metadata: { a: 1 }, prompt: { promptId: "p", variables: { n: 1 } } },
        () => {
          new Desk().step();
        },
      );
      new Desk().step();
      const [first, second] = host.spans.filter(({ name }) => name === "step.task");
      expect(first?.attributes).toMatchObject({
        "respan.customer_params.customer_identifier": "c1",
        "respan.metadata.a": 1,
        "respan.prompt": '{"prompt_id":"p","variables":{"n":1}}',
      });
      expect(second?.attributes).not.toHaveProperty(["respan.customer_params.customer_identifier"]);
      expect(second?.attributes).not.toHaveProperty(["respan.prompt"]);
      expect(host.spans.find(({ name }) => name === "GET /")?.attributes).toMatchObject({
        "traceloop.entity.path": "step",
        "respan.customer_params.customer_identifier": "c1",
      });
    });

    it("is not there where tracing is suppressed, absent, or shut down meanwhile", async () => {
      class Desk {
        @Workflow() async outer(): Promise<string> {
          return this.inner();
        }
        @Task() inner(): string {
          return "done";
        }
        @Task() *steps(): Generator<number> {
          yield 1;
        }
      }
      const desk = new Desk();
      const { contexts } = slot.tracing!;
      expect(await contexts.with(suppressTracing(contexts.active()), () => desk.outer())).toBe("done");
      expect(names()).toEqual([]);
      const tracing = slot.tracing!;
      const steps = desk.steps();
      slot.tracing = undefined;
      expect(await desk.outer()).toBe("done");
      expect([...steps, ...desk.steps()]).toEqual([1, 1]);
      expect(names()).toEqual([]);
      slot.tracing = tracing;
    });

    it("gives the context back as it was, on success and on failure", async () => {
      class Desk {
        @Task() async good(): Promise<void> {
          await Promise.resolve();
        }
        @Task() bad(): never {
          throw new Error("bad");
        }
      }
      const { contexts } = slot.tracing!;
      const before = contexts.active();
      const good = new Desk().good();
      expect(contexts.active()).toBe(before);
      await good;
      expect(contexts.active()).toBe(before);
      expect(() => new Desk().bad()).toThrow("bad");
      expect(contexts.active()).toBe(before);
    });

    it("is the same with the function forms", async () => {
      const shout = (text: string): string => text.toUpperCase();
      const answer = await withWorkflow(
        "flow",
        async (name: string) => {
          return withAgent(
            { name: "agent", customerIdentifier: (_instance, [given]) => given },
            async (customer: string) => {
              withTool({}, () => undefined);
              return withTask({ version: "1" }, shout, customer);
            },
            name,
          );
        },
        "acme",
      );
      expect(answer).toBe("ACME");
      expect(names()).toEqual(["anonymous.tool", "shout.task", "agent.agent", "flow.workflow"]);
      expect(span("shout.task").attributes).toMatchObject({
        "traceloop.entity.path": "shout",
        "traceloop.workflow.name": "agent",
        "traceloop.entity.input": '{"args":["acme"],"kwargs":{}}',
        "traceloop.entity.output": '"ACME"',
        "traceloop.entity.version": "1",
        "respan.customer_params.customer_identifier": "acme",
      });
      const items = withTask(
        "items",
        function* (count: number) {
          for (let i = 0; i < count; i++) yield i;
        },
        2,
      );
      expect([...items]).toEqual([0, 1]);
      expect(span("items.task").attributes["traceloop.entity.output"]).toBe("[0,1]");
    });
  });
}

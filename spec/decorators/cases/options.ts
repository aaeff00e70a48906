import { DiagLogLevel, diag } from "@opentelemetry/api";
import { Agent, Task, withTask, Tool, Workflow } from "../../../lib/decorators/decorators.js";
import { getTraceMetadata } from "../../../lib/decorators/trace-metadata.js";
import { updateCurrentSpan } from "../../../lib/scope/current-span.js";
import { propagateAttributes } from "../../../lib/scope/propagate-attributes.js";
import { InProcess } from "../../scope/in-process.js";

/** What the decorators can be told, in both calling conventions. */
export function options(): void {
  describe("options of a decorator", () => {
    let host: InProcess;
    let said: string[];
    beforeEach(() => {
      host = new InProcess();
      said = [];
      const quiet = (): void => undefined;
      diag.setLogger(
        { error: quiet, warn: (message) => said.push(message), info: quiet, debug: quiet, verbose: quiet },
        { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
      );
    });
    afterEach(() => {
      diag.disable();
      host[Symbol.dispose]();
    });
    const attributes = (name: string): Record<string, unknown> => host.attributesOf(name);

    it("put identifiers, metadata and a prompt on the span and on all inside it, over what the scope has", () => {
      class Desk {
        @Workflow({
          customerIdentifier: "c",
          customerEmail: "c@example.com",
          customerName: "C",
          threadIdentifier: "t",
          customIdentifier: "x",
          groupIdentifier: "g",
          evaluationIdentifier: "e",
          environment: "staging",
          metadata: { team: "support", both: "inner" },
          prompt: { promptId: "p", variables: { name: "Maya" } },
        })
        run(): void {
          this.step();
        }
        @Task() step(): void {}
      }
      propagateAttributes({ customerIdentifier: "outer", metadata: { route: "r", both: "outer" } }, () => {
        new Desk().run();
      });
      for (const name of ["run.workflow", "step.task"]) {
        expect(attributes(name)).toMatchObject({
          "respan.customer_params.customer_identifier": "c",
          "respan.customer_params.email": "c@example.com",
          "respan.customer_params.name": "C",
          "respan.threads.thread_identifier": "t",
          "respan.span_params.custom_identifier": "x",
          "respan.trace.trace_group_identifier": "g",
          "respan.evaluation_params.evaluation_identifier": "e",
          "respan.environment": "staging",
          "respan.metadata.team": "support",
          "respan.metadata.route": "r",
          "respan.metadata.both": "inner",
          "respan.prompt": '{"prompt_id":"p","variables":{"name":"Maya"}}',
        });
      }
    });

    it("may be functions of the instance and the arguments, asked at each call", () => {
      class Desk {
        constructor(readonly tenant: string) {}
        @Task({
          name: (desk: Desk, [message]: readonly [string]) => `${desk.tenant}_${message}`,
          version: () => "2",
          customerIdentifier(this: Desk) {
            return this.tenant;
          },
          metadata: (_desk: Desk, [message]: readonly [string]) => ({ message }),
          threadIdentifier: () => undefined,
        })
        run(message: string): string {
          return message;
        }
      }
      new Desk("acme").run("a");
      new Desk("globex").run("b");
      expect(attributes("acme_a.task")).toMatchObject({
        "traceloop.entity.name": "acme_a",
        "traceloop.entity.version": "2",
        "respan.customer_params.customer_identifier": "acme",
        "respan.metadata.message": "a",
      });
      expect(attributes("globex_b.task")).toMatchObject({
        "respan.customer_params.customer_identifier": "globex",
        "respan.metadata.message": "b",
      });
      expect(said).toEqual([]);
    });

    it("choose what is kept of arguments and results", async () => {
      class Desk {
        readonly tenant = "acme";
        @Task({ captureInput: false, captureOutput: false }) nothing(text: string): string {
          return text;
        }
        @Task({
          captureInput: ([text]: readonly [string], desk: Desk) => [text.length, desk.tenant],
          captureOutput: (text: string) => text.length,
        })
        async lengths(text: string): Promise<string> {
          return text;
        }
        @Task({ captureInput: ([text]: readonly [string]) => ({ text }), captureOutput: () => undefined })
        single(text: string): string {
          return text;
        }
        @Task({ captureOutput: (item: number) => (item === 2 ? undefined : item * 10) }) *items(): Generator<number> {
          yield* [1, 2, 3];
        }
      }
      const desk = new Desk();
      desk.nothing("a");
      await desk.lengths("four");
      desk.single("a");
      expect([...desk.items()]).toEqual([1, 2, 3]);
      expect(attributes("nothing.task")).not.toHaveProperty(["traceloop.entity.input"]);
      expect(attributes("nothing.task")).not.toHaveProperty(["traceloop.entity.output"]);
      expect(attributes("lengths.task")).toMatchObject({
        "traceloop.entity.input": '{"args":[4,"acme"],"kwargs":{}}',
        "traceloop.entity.output": "4",
      });
      expect(attributes("single.task")["traceloop.entity.input"]).toBe('{"args":[{"text":"a"}],"kwargs":{}}');
      expect(attributes("single.task")).not.toHaveProperty(["traceloop.entity.output"]);
      expect(attributes("items.task")["traceloop.entity.output"]).toBe("[10,30]");
    });

    describe("traceContent", () => {
      const marker = "MARKER-7f3a";
      const exported = (): string =>
        JSON.stringify(host.spans.map(({ name, attributes: own, status, events }) => ({ name, own, status, events })));

      it("keeps content of the span and of those inside it in the process, identifiers and the prompt's id excepted", () => {
        class Desk {
          @Workflow({ traceContent: false, prompt: { promptId: "p", variables: { v: marker } } })
          off(text: string): string {
            return this.inside(text);
          }
          @Task() inside(text: string): string {
            try {
              return this.failing(text);
            } catch {
              return text;
            }
          }
          @Task({ traceContent: true }) failing(text: string): never {
            throw new Error(text);
          }
        }
        expect(new Desk().off(marker)).toBe(marker);
        expect(host.spans).toHaveLength(3);
        expect(exported()).not.toContain(marker);
        expect(attributes("off.workflow")["respan.prompt"]).toBe('{"prompt_id":"p"}');
        expect(attributes("failing.task")["error.type"]).toBe("Error");
      });

      it("is decided at the call, and again at its end", async () => {
        let isAllowed = true;
        class Desk {
          @Task({ traceContent: (_desk: Desk, [, wanted]: readonly [string, boolean]) => wanted }) byArgument(
            text: string,
            wanted: boolean,
          ): string {
            return wanted ? text : text.slice();
          }
          @Task({ traceContent: () => isAllowed }) async late(text: string): Promise<string> {
            await Promise.resolve();
            isAllowed = false;
            return text;
          }
          @Task() vetoed(text: string): string {
            updateCurrentSpan({ traceContent: false });
            return text;
          }
          @Task({
            traceContent: () => {
              throw new Error("unsure");
            },
          })
          unsure(text: string): string {
            return text;
          }
          @Task({ traceContent: (async () => true) as unknown as () => boolean }) promised(text: string): string {
            return text;
          }
          @Task({ traceContent: () => isAllowed }) *items(text: string): Generator<string> {
            yield text;
            isAllowed = false;
            yield text;
          }
        }
        const desk = new Desk();
        desk.byArgument(marker, false);
        await desk.late(marker);
        isAllowed = true;
        desk.vetoed(marker);
        desk.unsure(marker);
        desk.promised(marker);
        expect([...desk.items(marker)]).toEqual([marker, marker]);
        expect(host.spans).toHaveLength(6);
        expect(exported()).not.toContain(marker);
        desk.byArgument(marker, true);
        expect(exported()).toContain(marker);
      });
    });

    it.each<[string, unknown, RegExp]>([
      ["a blank name", { name: "  " }, /option "name" must be a string that is not empty.*got " {2}"/],
      ["an unknown option", { nam: "n" }, /no option "nam"; did you mean "name"\?/],
      ["options that are none", 42, /takes a name \(a string\) or an object of options, got 42/],
    ])("are refused at decoration: %s", (_, given, message) => {
      const untyped = Task as unknown as (options: unknown) => MethodDecorator & ((...call: unknown[]) => never);
      const decorate = (): unknown => {
        class SupportDesk {
          @untyped(given) extract(): void {}
        }
        return SupportDesk;
      };
      expect(decorate).toThrow(TypeError);
      expect(decorate).toThrow(message);
      expect(decorate).toThrow(/^@Task on (SupportDesk\.)?extract(:| has| takes) /);
      expect(() => withTask(given as string, () => 1)).toThrow(message);
    });

    it("can be read back from the class", () => {
      const byName = Symbol("member");
      class Desk {
        @Workflow({ name: "extract", version: "1", metadata: { team: "support" } }) run(): void {}
        @Task bare(): void {}
        @Agent("agent") static shared(): void {}
        @Tool() [byName](): void {}
        overridden(): void {}
        plain(): void {}
        @Task("instance") both(): void {}
        @Task("static") static both(): void {}
      }
      class Special extends Desk {
        override bare(): void {}
        @Task("special") override overridden(): void {}
      }
      expect(getTraceMetadata(Desk, "run")).toEqual({
        kind: "workflow",
        name: "extract",
        version: "1",
        metadata: { team: "support" },
      });
      expect(getTraceMetadata(Desk, "bare")).toEqual({ kind: "task", name: "bare" });
      expect(getTraceMetadata(Desk, "shared")).toEqual({ kind: "agent", name: "agent" });
      expect(getTraceMetadata(Desk, byName)).toEqual({ kind: "tool", name: "member" });
      expect(getTraceMetadata(Desk, "both")).toMatchObject({ name: "instance" });
      expect(getTraceMetadata(Special, "run")).toMatchObject({ name: "extract" });
      expect(getTraceMetadata(Special, "shared")).toMatchObject({ name: "agent" });
      expect(getTraceMetadata(Special, "bare")).toBeUndefined();
      expect(getTraceMetadata(Special, "overridden")).toMatchObject({ name: "special" });
      expect(getTraceMetadata(new Desk(), "run")).toMatchObject({ name: "extract" });
      for (const missing of ["plain", "constructor", "toString", "nowhere"]) {
        expect(getTraceMetadata(Desk, missing)).toBeUndefined();
      }
    });
  });
}

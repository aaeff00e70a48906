/**
 * What is mutated, room by room, and against which specs. The specs of a room are those that state its promises; others
 * would kill some mutants more, so a score from these is a lower bound of the true one.
 */
export const rooms = {
  capture: {
    from: ["spec/capture/"],
    // A million members, megabytes of what tempts each rule, and waits for the garbage collector: seconds each, for
    // what speed and memory promise. A mutant is not run against them.
    leftOut: [/^a text full of /, /a million members/, /not kept alive by the part/, /at which a pattern gives up$/],
  },
  options: {
    from: [
      "spec/options/",
      "spec/telemetry/settings/",
      "spec/decorators/entity-options.spec.ts",
      "spec/instructor/client/config.spec.ts",
    ],
  },
  scope: {
    from: [
      "spec/scope/",
      "spec/decorators/spans.spec.ts",
      "spec/decorators/options.spec.ts",
      "spec/decorators/promises.spec.ts",
      "spec/decorators/traced-call.spec.ts",
      "spec/telemetry/respan-telemetry.spec.ts",
      "spec/telemetry/provider/",
    ],
    leftOut: [/stays while only its iterator is held/, /constructing and shutting down 1,000 times/],
  },
  decorators: {
    from: ["spec/decorators/"],
    leftOut: [/stays while only its iterator is held/],
  },
  instructor: {
    // Which package `load*` finds depends on the process that loads it: the packed-package spec and the matrix show it.
    except: ["lib/instructor/instrumentor/load*.ts"],
    from: ["spec/instructor/"],
    // Processes of their own see no mutant of this one; the other takes seconds, for what speed promises.
    leftOut: [/^an untraced Instructor stream that breaks midway /, /does not parse again what it has parsed/],
  },
  telemetry: {
    // Specs that start processes of their own see none of a mutant in this one; what jest resets needs jest.
    from: ["spec/telemetry/", "spec/privacy/other-instrumentations.spec.ts", "spec/docs/options-table.spec.ts"],
    without: ["spec/telemetry/exit/", "spec/telemetry/register.spec.ts", "spec/telemetry/reload.spec.ts"],
    leftOut: [/constructing and shutting down 1,000 times/],
  },
};

import { SDK_NAME } from "../../wire/package.js";
import { installedPackage } from "../project/manifest.js";
import type { Finding } from "./finding.js";
import { INSTRUCTOR } from "./packages.js";
import type { ProbeReport, ProbeSettings } from "./run-probe.js";
import { probe } from "./run-probe.js";

/** Whether a structured call of the program's own Instructor becomes a span, and who else is there. */
export async function checkTracing(settings: ProbeSettings): Promise<Finding[]> {
  const { folder, environment } = settings;
  // Whether they are there is another check's affair.
  if (installedPackage(folder, SDK_NAME) === undefined || installedPackage(folder, INSTRUCTOR) === undefined) return [];
  // That telemetry is off is found elsewhere; here it would hide everything else.
  const { RESPAN_ENABLED, OTEL_SDK_DISABLED, ...rest } = environment;
  const report = await probe("call", { ...settings, environment: rest });
  return [...preloadFindings(report, settings), ...hostFindings(report), callFinding(report, settings)];
}

function preloadFindings({ hasTelemetry }: ProbeReport, { imports }: ProbeSettings): Finding[] {
  if (imports.length === 0 || hasTelemetry === undefined) return [];
  const names = imports.join(", ");
  return hasTelemetry
    ? [{ check: "instructor", level: "ok", message: `${names} constructs RespanTelemetry` }]
    : [
        {
          check: "instructor",
          level: "problem",
          message: `${names} does not construct RespanTelemetry`,
          fix: "construct it there, before the program makes its clients",
        },
      ];
}

function hostFindings({ provider, hasTelemetry, warnings }: ProbeReport): Finding[] {
  const check = "opentelemetry";
  const replaced = warnings.find((text) => text.includes("replaces OpenTelemetry's tracer provider"));
  if (replaced !== undefined) {
    return [
      { check, level: "problem", message: withoutName(replaced), fix: "unset that variable, or configure that tool" },
    ];
  }
  if (provider === undefined) return [{ check, level: "ok", message: "no other OpenTelemetry SDK is registered" }];
  if (hasTelemetry === true) return [{ check, level: "note", message: `${provider} is registered` }];
  return [
    {
      check,
      level: "note",
      message: `another OpenTelemetry SDK is registered (${provider}): this package's spans go through their own provider`,
      fix: "to have all spans in one pipeline, add a RespanSpanProcessor to it",
    },
  ];
}

function callFinding({ spans, error }: ProbeReport, { folder }: ProbeSettings): Finding {
  const check = "instructor";
  if (error !== undefined) {
    return {
      check,
      level: "problem",
      message: `a structured call could not be tried: ${error}`,
      fix: "correct what the error names, and run doctor again",
    };
  }
  if (spans?.includes("instructor.create") === true) {
    return {
      check,
      level: "ok",
      message: "activate() finds the program's Instructor: a structured call became a span",
    };
  }
  return {
    check,
    level: "problem",
    message: `activate() does not reach the Instructor that a program in ${folder} uses: its calls are not traced`,
    fix: `install one copy of ${INSTRUCTOR}, or use a client from createTracedInstructor`,
  };
}

function withoutName(warning: string): string {
  return warning.replace(/^respan-instructor: /, "");
}

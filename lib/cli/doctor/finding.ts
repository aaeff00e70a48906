/** `problem`: spans are lost, or nothing is traced. */
export type Level = "ok" | "note" | "warning" | "problem";

/** What a check found, and what to do about it. */
export interface Finding {
  readonly check: "settings" | "packages" | "modules" | "decorators" | "instructor" | "opentelemetry" | "endpoint";
  readonly level: Level;
  readonly message: string;
  readonly fix?: string;
}

/** A setting as it resolves. */
export interface ShownSetting {
  readonly option: string;
  readonly variable: string;
  readonly value: string;
  readonly from: "environment" | "default";
}

export interface Diagnosis {
  /** Whether no finding is a problem. */
  readonly ok: boolean;
  readonly version: string;
  readonly node: string;
  readonly folder: string;
  readonly settings: readonly ShownSetting[];
  readonly findings: readonly Finding[];
}

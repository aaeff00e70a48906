import type { InstructorFactory } from "../call/instance.js";

/** Loads one of Instructor's two builds, the ES module or the CommonJS one. */
export type LoadBuild = () => InstructorFactory;

const SLOT_KEY = Symbol.for("respan-instructor.builds.1");

/**
 * Builds of Instructor that are traced beside the one that this build of the package loads. Shared by every copy of this
 * package in the process.
 */
export const otherBuilds: LoadBuild[] = ((globalThis as Record<symbol, unknown>)[SLOT_KEY] ??= []) as LoadBuild[];

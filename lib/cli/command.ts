import { Command, InvalidArgumentError } from "commander";

/** A command whose help begins with examples. It throws a `CommanderError` instead of ending the process. */
export function commandOf(name: string, description: string, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ npx respan-instructor ${example}`);
  return new Command(name)
    .description(description)
    .addHelpText("before", `Examples:\n${lines.join("\n")}\n`)
    .showHelpAfterError("Run with --help for the options.")
    .exitOverride();
}

/** Reads an option that is a whole number of at least `least`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`It must be a number ${range}.`);
  };
}

/** Reads an option that may be given several times. */
export function collected(text: string, before: readonly string[]): string[] {
  return [...before, text];
}

// Runs under fake timers: `timers.cjs esm|cjs`. They are there when the package is loaded, as Jest's are, and Node's own
// test runner replaces those of `node:timers` as well when it is loaded.
const { mock } = require("node:test");
const { setInterval, clearInterval } = require("node:timers");

const fake = () => 0;
Object.assign(globalThis, { setTimeout: fake, clearTimeout: fake, setImmediate: fake, clearImmediate: fake });

async function main() {
  const { RespanTelemetry, withTask } =
    process.argv[2] === "esm" ? await import("respan-instructor") : require("respan-instructor");
  mock.timers.enable({ apis: ["setTimeout", "setImmediate", "setInterval"] });
  const telemetry = new RespanTelemetry({ isAutoInstrument: false });
  withTask("flushed", () => 1);
  const { exported } = await telemetry.flush();
  withTask("by itself", () => 1);
  const watch = setInterval(() => {
    if (telemetry.stats().exported < 2) return;
    clearInterval(watch);
    console.log(JSON.stringify({ exported }));
  }, 20);
}

void main();

import { isServiceUrl, shownUrl, tracesUrl } from "../../../lib/telemetry/delivery/traces-url.js";

describe("tracesUrl", () => {
  it.each([
    ["https://api.respan.ai/api", "https://api.respan.ai/api/v2/traces"],
    ["https://api.respan.ai/api/", "https://api.respan.ai/api/v2/traces"],
    ["https://api.respan.ai/api///", "https://api.respan.ai/api/v2/traces"],
    ["https://api.respan.ai", "https://api.respan.ai/api/v2/traces"],
    ["https://api.respan.ai/", "https://api.respan.ai/api/v2/traces"],
    ["http://127.0.0.1:8000", "http://127.0.0.1:8000/api/v2/traces"],
    ["https://gateway.example/respan", "https://gateway.example/respan/v2/traces"],
    ["http://collector:4318/v1/traces", "http://collector:4318/v1/traces"],
    ["http://collector:4318/v1/traces/", "http://collector:4318/v1/traces"],
    ["http://collector:4318/traces?tenant=1", "http://collector:4318/traces?tenant=1"],
    ["https://api.respan.ai/api#part", "https://api.respan.ai/api/v2/traces"],
  ])("%s → %s", (baseUrl, url) => {
    expect(tracesUrl(baseUrl).href).toBe(url);
  });

  it.each([
    ["http://collector:4318/v1/traces/", true],
    ["https://api.respan.ai/api", false],
    ["http://127.0.0.1:4319/api", true],
    ["http://127.8.0.1:4319", true],
    ["http://LOCALHOST:4319/api", true],
    ["http://viewer.localhost:4319/api", true],
    ["http://[::1]:4319/api", true],
    ["http://[::ffff:127.0.0.1]:4319/api", true],
    ["http://127.0.0.1.example.com/api", false],
    ["http://localhost.example.com/api", false],
    ["http://10.0.0.1:4319/api", false],
  ])("needs a key for some addresses: %s", (baseUrl, isWithout) => {
    expect(isServiceUrl(baseUrl)).toBe(!isWithout);
  });

  it("is shown without credentials and query", () => {
    expect(shownUrl(new URL("https://ann:pw@host/api/v2/traces?key=x"))).toBe("https://host/api/v2/traces");
  });
});

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** The page as it is served, and what a browser may run of it. */
export interface Page {
  readonly html: Buffer;
  readonly contentSecurityPolicy: string;
}

const NOT_BUILT = "<!doctype html><title>Traces</title><p>The page is not built. Run <code>npm run build</code>.</p>";

/** Reads the page, one file with everything in it; a note where it has not been built. */
export function readPage(path: string): Page {
  return pageOf(textAt(path) ?? NOT_BUILT);
}

/** Nothing runs but the very scripts and styles of the page, and nothing is loaded from anywhere but this server. */
export function pageOf(html: string): Page {
  const contentSecurityPolicy = [
    "default-src 'none'",
    `script-src ${hashesOf(html, "script")}`,
    `style-src ${hashesOf(html, "style")}`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return { html: Buffer.from(html), contentSecurityPolicy };
}

function hashesOf(html: string, element: "script" | "style"): string {
  const contents = [...html.matchAll(new RegExp(`<${element}\\b[^>]*>([\\s\\S]*?)</${element}\\s*>`, "gi"))];
  const hashes = contents.map(
    ([, content = ""]) => `'sha256-${createHash("sha256").update(content).digest("base64")}'`,
  );
  return hashes.length > 0 ? hashes.join(" ") : "'none'";
}

function textAt(path: string): string | undefined {
  try {
    // A browser hashes a script with its line ends as the HTML parser leaves them.
    return readFileSync(path, "utf8").replace(/\r\n?/g, "\n");
  } catch {
    return undefined;
  }
}

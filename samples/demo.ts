import { showInViewer } from "./in-viewer.js";
import { perform } from "./stage.js";

// The README's example, once: `npm run demo`; on the local page: `npm run demo -- --dev`.
const example = () => perform(() => import("./support-ticket/index.js"));
void (process.argv.includes("--dev") ? showInViewer(example) : example());

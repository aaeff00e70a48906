import { perform } from "./stage.js";

// The guide's example, once: `npm run demo`.
void perform(() => import("./support-ticket/index.js"));

import { render } from "preact";
import { App } from "./app.js";
import { applyTheme, savedTheme } from "./theme.js";

applyTheme(savedTheme());
const place = document.getElementById("app");
if (place) render(<App />, place);

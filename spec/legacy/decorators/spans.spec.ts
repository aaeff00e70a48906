import { spans } from "../../decorators/cases/spans.js";

spans();

import { streams } from "../../decorators/cases/streams.js";

streams();

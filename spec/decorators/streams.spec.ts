import { streams } from "./cases/streams.js";

streams();

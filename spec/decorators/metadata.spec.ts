import { metadata } from "./cases/metadata.js";

metadata();

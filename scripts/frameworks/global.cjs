// Jest loads these two without its module name mapper, and finds no `.ts` behind a `.js`; tsx does.
const { require: load } = require("tsx/cjs/api");

/** @param {string} file a module whose default export is to run once */
exports.once = (file) => () => load(file, __filename).default();

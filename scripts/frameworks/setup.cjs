module.exports = require("./global.cjs").once("./pack-once.ts");

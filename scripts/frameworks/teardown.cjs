module.exports = require("./global.cjs").once("./remove-pack.ts");

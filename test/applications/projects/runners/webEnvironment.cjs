const { TestEnvironment } = require("jest-environment-jsdom");

module.exports = class extends TestEnvironment {
  constructor(...args) {
    super(...args);
    Object.assign(this.global, { Response, TextDecoder, TextEncoder, structuredClone });
    Object.defineProperty(this.global, "crypto", { value: crypto });
  }
};

const jsdom = require("jest-environment-jsdom");

module.exports = class extends (jsdom.TestEnvironment ?? jsdom) {
  constructor(...args) {
    super(...args);
    Object.assign(this.global, { Response, TextDecoder, TextEncoder, URL, fetch, structuredClone });
    Object.defineProperty(this.global, "crypto", { value: crypto });
  }
};

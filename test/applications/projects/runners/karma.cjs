// With the Chromium of CHROME_BIN.
module.exports = (config) =>
  config.set({
    frameworks: ["jasmine"],
    files: ["karma.js"],
    browsers: ["Chromium"],
    customLaunchers: { Chromium: { base: "ChromeHeadless", flags: ["--no-sandbox"] } },
    singleRun: true,
  });

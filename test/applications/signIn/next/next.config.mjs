export default {
  // A folder that git ignores.
  distDir: "node_modules/.next",
  turbopack: { root: `${import.meta.dirname}/..` },
};

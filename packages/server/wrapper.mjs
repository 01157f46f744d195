// What `import` gets: the same classes as `require`.
export * from "./dist/index.js";

/**
 * The web-platform globals that core needs and both a browser and Node have. Core compiles without DOM and Node
 * types, so whatever is not declared here does not exist for it.
 */

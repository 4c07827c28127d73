/** Something that YAML cannot hold, in words. */
export class Unwritable extends Error {}

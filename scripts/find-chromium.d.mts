export declare function findChromium(): Promise<string>;
export declare const chromiumArgs: string[];

/** The files that cases read, as bytes: each runtime has its own way to them. They are those of `vega-datasets`. */
export interface ParityData {
  readonly flights: Uint8Array;
  readonly airports: Uint8Array;
  readonly weather: Uint8Array;
  readonly zipcodes: Uint8Array;
  readonly birdstrikes: Uint8Array;
  readonly stocks: Uint8Array;
  readonly movies: Uint8Array;
  readonly earthquakes: Uint8Array;
}

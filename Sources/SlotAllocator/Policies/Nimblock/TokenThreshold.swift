/// The classes of priority whose tokens Nimblock's and PREMA's schedulers compare.
enum TokenThreshold {
  /// The highest class that some number of tokens is above.
  static func below(_ most: Double) -> Double { most > 9 ? 9 : most > 3 ? 3 : 1 }
}

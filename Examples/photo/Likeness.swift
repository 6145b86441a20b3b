import Glibc

/// How near a picture is to its original.
enum Likeness: Equatable {
  case identical
  /// The peak signal-to-noise ratio in decibels, rounded to two decimals.
  case decibels(Double)

  /// Compares two pictures' samples, of which there are as many, and at least one.
  ///
  /// PSNR = 10 log10(255² / mean of the squared differences), over all samples of all channels
  /// (Gonzalez and Woods, Digital Image Processing, chapter on image compression: fidelity criteria).
  init(of samples: [UInt8], to original: [UInt8]) {
    var squares: UInt64 = 0  // at most 2^30 samples of 2^16: far from full
    for (sample, expected) in zip(samples, original) {
      let difference = Int32(sample) - Int32(expected)
      squares += UInt64(difference * difference)
    }
    guard squares > 0 else {
      self = .identical
      return
    }
    let mean = Double(squares) / Double(samples.count)
    self = .decibels((10 * log10(255 * 255 / mean) * 100).rounded() / 100)
  }
}

/// A number that is not negative, with two decimals.
func twoDecimals(_ number: Double) -> String {
  let hundredths = Int((number * 100).rounded())
  return "\(hundredths / 100).\(decimal(hundredths % 100, digits: 2))"
}

extension UInt32 {
  /// The word as errors and JSON show it: `0x` and eight upper-case digits.
  var hexadecimal: String {
    let digits = String(self, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}

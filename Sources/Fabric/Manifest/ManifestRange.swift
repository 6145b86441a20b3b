/// The ranges that numbers and lists in manifests have to keep, beside ``Limits``.
package enum ManifestRange {
  /// Times of a launch or an item: up to a day.
  package static let microseconds = 1...86_400_000_000
  /// Stages of a bundle.
  package static let bundleStages = 2...8
  /// Readers of an edge.
  static let readersPerEdge = 1...Limits.tasksPerApplication
  /// Buffer arguments of an image.
  package static let arguments = 2...32
  /// Argument registers lie behind the control and interrupt registers, which end at 16 (AMD UG1399, "S_AXILITE
  /// Control Register Map"), in a register file of 64 KiB.
  static let registerOffset = 16...65_528
  /// Board memory, up to 1 TiB.
  static let memoryByteCount = 1...1 << 40
  /// Rates, up to 1 TB/s.
  static let bytesPerSecond = 1...1_000_000_000_000
}

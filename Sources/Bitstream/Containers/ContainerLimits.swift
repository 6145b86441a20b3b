/// The limits that every container of configuration words keeps.
enum ContainerLimits {
  /// The most bytes of a file, above the largest device's (about 120 MB).
  static let byteCount = 256 << 20
  /// The most bytes of a text field.
  static let textLength = 1024
}

/// The limits of everything that the program takes in.
enum Limits {
  /// Pixels along one side of a picture.
  static let pictureSide = 16_384
  /// Bytes of a picture or a tile, more than a picture of the largest size takes uncompressed.
  static let fileBytes = 1 << 30
  /// Bytes of a list of tiles, more than the longest list takes.
  static let tileListBytes = 16 << 20
  /// Pixels along one side of a tile: from one block of the transform to a whole picture.
  static let tileSide = 8...pictureSide
  /// Tiles of one picture, few enough for the five digits of a result's name.
  static let tiles = 65_536
}

/// Why a picture could not be cut or joined.
struct PhotoError: Error, Equatable {
  /// The closed set of what can go wrong; the raw values are stable names for scripts.
  enum Code: String, CaseIterable {
    case tileSizeOutOfRange = "photo.tileSizeOutOfRange"
    case tooManyTiles = "photo.tooManyTiles"
    case missingInput = "photo.missingInput"
    case notAFile = "photo.notAFile"
    case fileTooLarge = "photo.fileTooLarge"
    case notAPNG = "photo.notAPNG"
    case pictureTooLarge = "photo.pictureTooLarge"
    case badTileList = "photo.badTileList"
    case notATile = "photo.notATile"
    case unfinishedTile = "photo.unfinishedTile"
    case mismatch = "photo.mismatch"
    case cannotCreate = "photo.cannotCreate"
    case foreignTiles = "photo.foreignTiles"
    case readFailed = "photo.readFailed"
    case writeFailed = "photo.writeFailed"

    /// The exit code, one of BSD's sysexits.h.
    var exitCode: Int32 {
      switch self {
      case .tileSizeOutOfRange, .tooManyTiles: 64  // EX_USAGE
      case .notAFile, .fileTooLarge, .notAPNG, .pictureTooLarge, .badTileList, .notATile, .unfinishedTile, .mismatch:
        65  // EX_DATAERR
      case .missingInput: 66  // EX_NOINPUT
      case .cannotCreate, .foreignTiles: 73  // EX_CANTCREAT
      case .readFailed, .writeFailed: 74  // EX_IOERR
      }
    }
  }

  let code: Code
  /// What is wrong, in one sentence that names the file and both sides of a mismatch.
  let message: String
  /// What the user can do about it.
  let hint: String

  init(_ code: Code, _ message: String, hint: String) {
    self.code = code
    self.message = message
    self.hint = hint
  }
}

extension PhotoError: CustomStringConvertible {
  var description: String { "\(code.rawValue): \(message) (\(hint))" }
}

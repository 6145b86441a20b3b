internal import Fabric
internal import GRDB

extension StoreError {
  /// What an error of SQLite, or of our own inside a transaction, means to the store's user.
  init(_ error: any Error) {
    switch error {
    case let error as StoreError: self = error
    case let error as DatabaseError:
      let reason = "\(error.message ?? "no message") (SQLite \(error.extendedResultCode.rawValue))"
      switch error.resultCode {
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(reason)
      default: self = .unavailable(reason)
      }
    default: self = .unavailable("\(error)")
    }
  }
}

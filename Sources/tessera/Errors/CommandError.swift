internal import Fabric

/// What the command line itself finds wrong, mostly with files.
enum CommandError: TesseraError {
  case missingFile(String)
  case unreadableFile(String, reason: String)
  case notAFile(String)
  case fileTooLarge(String, byteCount: Int, limit: Int)
  case cannotCreate(String, reason: String)
  case badName(String)
  /// An image names a model and shell of which there is no board descriptor.
  case noBoard(manifest: String, model: String, shell: ShellID)
  /// A partial that was built is not the one that its manifest commits.
  case partialMismatch(manifest: String, expected: PartialReference, found: PartialReference)
  /// No image of a store is for the board.
  case noImages(String, model: String, shell: ShellID)
  /// There are images for the board, and each is refused.
  case noUsableImages(String, count: Int, first: Refusal)
  /// What was asked for cannot run on the board with the images of a store.
  case cannotRun(String, model: String, shell: ShellID)
  case tooManyImages(count: Int, limit: Int)
  case shutdownTimedOut
  /// Standard output took less than what was to be printed.
  case outputFailed(reason: String)

  var code: String {
    switch self {
    case .missingFile: "cli.missingFile"
    case .unreadableFile: "cli.unreadableFile"
    case .notAFile: "cli.notAFile"
    case .fileTooLarge: "cli.fileTooLarge"
    case .cannotCreate: "cli.cannotCreate"
    case .badName: "cli.badName"
    case .noBoard: "cli.noBoard"
    case .partialMismatch: "cli.partialMismatch"
    case .noImages: "cli.noImages"
    case .noUsableImages: "cli.noUsableImages"
    case .cannotRun: "cli.cannotRun"
    case .tooManyImages: "cli.tooManyImages"
    case .shutdownTimedOut: "cli.shutdownTimedOut"
    case .outputFailed: "cli.outputFailed"
    }
  }

  var message: String {
    switch self {
    case .missingFile(let path): "there is no \(path)"
    case .unreadableFile(let path, let reason): "\(path) cannot be read: \(reason)"
    case .notAFile(let path): "\(path) is no regular file"
    case .fileTooLarge(let path, let byteCount, let limit):
      "\(path) has \(byteCount) bytes, the limit is \(limit)"
    case .cannotCreate(let path, let reason): "\(path) cannot be written: \(reason)"
    case .badName(let text): "'\(text)' is no name"
    case .noBoard(let manifest, let model, let shell):
      "\(manifest) is for the model \(model) with the shell \(shell), of which there is no board descriptor"
    case .partialMismatch(let manifest, let expected, let found):
      "slot \(expected.slot) of \(manifest) gives \(found.byteCount) bytes with SHA-256 \(found.digest), "
        + "the manifest says \(expected.byteCount) bytes with \(expected.digest)"
    case .noImages(let path, let model, let shell):
      "\(path) has no image for the model \(model) with the shell \(shell)"
    case .noUsableImages(let path, let count, let first):
      "\(path) has \(count) images for the board, all refused, the first with \(first.code): \(first.message)"
    case .cannotRun(let subject, let model, let shell):
      "a board of the model \(model) with the shell \(shell) cannot run \(subject) with these images"
    case .tooManyImages(let count, let limit): "the board has \(count) images, the limit is \(limit)"
    case .shutdownTimedOut: "the daemon did not end in time and was cancelled"
    case .outputFailed(let reason): "standard output cannot be written: \(reason)"
    }
  }

  var hint: String {
    switch self {
    case .missingFile: "check the path"
    case .unreadableFile: "check the permissions"
    case .notAFile: "name a file"
    case .fileTooLarge: "check that it is the right file, or cut it into smaller ones"
    case .cannotCreate: "check the folder's permissions and free space, or name another place"
    case .badName: "a name has 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter, a digit or _"
    case .noBoard: "add the board's descriptor to the folder given by --boards, or correct the manifest"
    case .partialMismatch: "if the image was changed on purpose, run 'tessera image build --write-digests'"
    case .noImages: "build them with 'tessera image build', or name another store with --images"
    case .noUsableImages: "see 'tessera image resolve --explain' for why each is refused"
    case .cannotRun: "see why with --explain"
    case .tooManyImages: "take images away with 'tessera image rm'"
    case .shutdownTimedOut: "nothing durable is lost; start it again, and report this if it happens often"
    case .outputFailed: "check where standard output goes; what the command does besides printing is done"
    }
  }
}

extension TesseraError {
  /// The same error, where its message is about a file.
  func inFile(_ path: String) -> Refusal { Refusal(code: code, message: "\(path): \(message)", hint: hint) }
}

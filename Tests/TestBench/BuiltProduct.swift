package import Foundation

/// An executable of this package, found in the folder that the running tests were built into.
package struct BuiltProduct: Sendable {
  /// What one run of an executable left behind.
  package struct Run: Sendable {
    /// The exit code, or the signal that ended it.
    package let status: Int32
    package let output: Data
    package let errors: String
  }

  /// The executable is not there: the tests were built without it.
  package struct NotBuilt: Error, CustomStringConvertible {
    let name: String
    let searched: [String]

    package var description: String {
      "There is no executable \(name) in or above \(searched.joined(separator: ", ")). "
        + "Build it with `swift build --build-tests`, in the configuration that is tested."
    }
  }

  package let executable: URL

  package init(executable: URL) { self.executable = executable }

  /// Finds the executable with a name beside the test bundle.
  package init(named name: String) throws {
    let folders = Self.bundleFolders
    // On Linux the bundle is a file of the products folder; in other toolchains it is a folder some levels deep.
    let found = folders.lazy.flatMap { Self.andThoseAbove($0, levels: 4) }
      .map { $0.appendingPathComponent(name, isDirectory: false) }
      .first(where: Self.isExecutableFile)
    guard let found else { throw NotBuilt(name: name, searched: folders.map(\.path)) }
    executable = found
  }

  /// Runs the executable to its end, with nothing on standard input; blocks the thread meanwhile.
  package func run(_ arguments: [String], scratch: URL) throws -> Run {
    let run = try PreparedRun(executable, arguments, environment: [:], folder: nil, scratch: scratch)
    try run.process.run()
    run.process.waitUntilExit()
    return try run.outcome()
  }

  /// Runs the executable to its end, with nothing on standard input, and leaves the thread to others meanwhile.
  package func run(
    _ arguments: [String], environment: [String: String] = [:], folder: URL? = nil, scratch: URL
  ) async throws -> Run {
    let run = try PreparedRun(executable, arguments, environment: environment, folder: folder, scratch: scratch)
    try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
      run.process.terminationHandler = { _ in ended.resume() }
      do { try run.process.run() } catch { ended.resume(throwing: error) }
    }
    return try run.outcome()
  }

  /// The folders that may hold the test bundle, the surest first.
  ///
  /// A helper of the toolchain that loads the bundle gets its path as an option; otherwise the bundle is itself the
  /// running program.
  private static var bundleFolders: [URL] {
    let arguments = CommandLine.arguments
    var bundles: [String] = []
    for (index, argument) in arguments.enumerated() {
      if argument == "--test-bundle-path", index + 1 < arguments.count { bundles.append(arguments[index + 1]) }
      if argument.hasPrefix("--test-bundle-path=") { bundles.append(String(argument.drop { $0 != "=" }.dropFirst())) }
    }
    bundles += arguments.prefix(1)
    if let itself = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
      bundles.append(itself)
    }
    return bundles.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
  }

  private static func andThoseAbove(_ folder: URL, levels: Int) -> [URL] {
    var folders = [folder]
    for _ in 0..<levels { folders.append(folders[folders.count - 1].deletingLastPathComponent()) }
    return folders
  }

  private static func isExecutableFile(_ file: URL) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory) && !isDirectory.boolValue
      && FileManager.default.isExecutableFile(atPath: file.path)
  }
}

/// A process whose output goes through files, since a pipe that nobody empties would block it.
private struct PreparedRun {
  let process = Process()
  private let output: URL
  private let errors: URL

  init(
    _ executable: URL, _ arguments: [String], environment: [String: String], folder: URL?, scratch: URL
  ) throws {
    let name = UUID().uuidString
    output = scratch.appendingPathComponent(name + ".out")
    errors = scratch.appendingPathComponent(name + ".err")
    try Data().write(to: output)
    try Data().write(to: errors)
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
  }

  func outcome() throws -> BuiltProduct.Run {
    BuiltProduct.Run(
      status: process.terminationStatus, output: try Data(contentsOf: output),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }
}

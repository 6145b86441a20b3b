import Foundation
import Synchronization
import TestBench
import Testing

/// A running `tessera broker` or `tessera agent`, killed at the latest when the test is over.
final class Daemon: Sendable {
  /// Where it listens.
  let endpoint: String
  private let process: ProcessBox
  private let log: LogReader

  /// Starts the program and waits until its log says where it listens.
  init(_ arguments: [String]) async throws {
    let process = Process()
    process.executableURL = try BuiltProduct(named: "tessera").executable
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let log = LogReader(errors.fileHandleForReading)
    self.process = ProcessBox(process)
    self.log = log
    guard let endpoint = await log.endpoint() else {
      process.waitUntilExit()
      throw Ended(status: process.terminationStatus, log: log.text)
    }
    self.endpoint = endpoint
  }

  deinit { process.kill(SIGKILL) }

  /// The daemon ended before it listened.
  struct Ended: Error, CustomStringConvertible {
    let status: Int32
    let log: String
    var description: String { "the daemon ended with \(status): \(log)" }
  }

  var logText: String { log.text }
  var isRunning: Bool { process.isRunning }

  /// Ends the process at once, as a power cut would.
  func kill() { process.kill(SIGKILL) }

  /// Asks the process to end, and gives its exit code.
  func terminate() -> Int32 { process.kill(SIGTERM) }
}

/// `Process` is not Sendable, but its identifier and its end may be asked for anywhere.
private final class ProcessBox: @unchecked Sendable {
  private let process: Process
  init(_ process: Process) { self.process = process }
  var isRunning: Bool { process.isRunning }
  @discardableResult func kill(_ signal: Int32) -> Int32 {
    if process.isRunning { Foundation.kill(process.processIdentifier, signal) }
    process.waitUntilExit()
    return process.terminationStatus
  }
}

/// Reads a log as it is written.
private final class LogReader: Sendable {
  private let state = Mutex("")
  private let found: AsyncStream<String>

  init(_ handle: FileHandle) {
    let (found, continuation) = AsyncStream.makeStream(of: String.self)
    self.found = found
    handle.readabilityHandler = { [weak self] handle in
      let data = handle.availableData
      guard !data.isEmpty, let self else {
        handle.readabilityHandler = nil
        return continuation.finish()
      }
      let text = state.withLock { text in
        text += String(decoding: data, as: UTF8.self)
        return text
      }
      for line in text.split(separator: "\n") where line.contains("listening") {
        if let match = line.firstMatch(of: #/tcp://127\.0\.0\.1:[0-9]+/#) { continuation.yield(String(match.output)) }
      }
    }
  }

  var text: String { state.withLock { $0 } }

  func endpoint() async -> String? { await found.first { _ in true } }
}

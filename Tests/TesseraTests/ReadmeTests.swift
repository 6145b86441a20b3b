import Foundation
import TestBench
import Testing

/// What the README tells people to type works, typed in that order.
@Suite(.timeLimit(.minutes(2))) struct ReadmeTests {
  @Test func `the README's shell blocks run`() async throws {
    let text = String(decoding: try Repository.bytes("README.md"), as: UTF8.self)
    let blocks = text.matches(of: /```sh\n([\s\S]*?)```/).map { String($0.output.1) }
    try #require(!blocks.isEmpty)
    let cluster = try Cluster()
    for name in ["Applications", "Examples", "bitstreams", ".tessera"] {
      try FileManager.default.createSymbolicLink(
        atPath: cluster.path(name), withDestinationPath: Repository.path(name))
    }
    try FileManager.default.createDirectory(atPath: cluster.path(".build"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: cluster.folder.appending(path: ".build/release"),
      withDestinationURL: BuiltProduct(named: "tessera").executable.deletingLastPathComponent())

    // A port that is free now, instead of the one that a daemon of the machine may hold.
    let script =
      "set -e -o pipefail\n" + blocks.joined().replacing("127.0.0.1:7440", with: "127.0.0.1:\(try freePort())")
    let shell = BuiltProduct(executable: URL(filePath: "/bin/bash"))
    let run = try await shell.run(["-c", script], folder: cluster.folder, scratch: cluster.folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(String(decoding: run.output, as: UTF8.self).contains("PSNR          34.49 dB"))
  }

  private func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    try #require(bound)
    return UInt16(bigEndian: address.sin_port)
  }
}

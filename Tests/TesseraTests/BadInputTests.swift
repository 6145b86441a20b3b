import Bitstream
import Digests
import Fabric
import Foundation
import TestBench
import Testing

/// Whatever is handed in wrongly gets a named error with a hint and the exit code of its kind, and the daemons go on.
@Suite(.timeLimit(.minutes(2))) struct BadInputTests {
  @Test func `wrong submissions are refused by name, and a right one is taken afterwards`() async throws {
    let cluster = try Cluster()
    let broker = try await cluster.broker()
    let agent = try await cluster.agent(.onlyLittle, named: "only-little", broker: broker.endpoint)
    try await cluster.waitForBoards(1, broker: broker.endpoint)
    let input = try cluster.inputs(Tiles.inputs(1))
    let good = Repository.path("Applications/image-compression.json")

    // IDC reads what REC, which comes after it, writes.
    let cycle = try manifest(in: cluster, "cycle") { text in
      text.replacing(
        #""edges": ["#,
        with: #""edges": [{"name": "back", "from": "REC.again", "to": ["IDC.again"], "maximumByteCount": 16},"#)
    }
    try await expect(cluster, broker, ["submit", cycle, "--input"] + input, code: "manifest.cycle", status: 65)
    let foreign = try manifest(in: cluster, "foreign") {
      $0.replacing("tessera/dct@1", with: "nobody/nothing@1")
    }
    try await expect(cluster, broker, ["submit", foreign, "--input"] + input, code: "broker.noImage", status: 69)
    let absent = cluster.path("absent")
    try await expect(cluster, broker, ["submit", good, "--input", absent], code: "cli.missingFile", status: 66)
    try await expect(cluster, broker, ["submit", good], code: "client.emptyBatch", status: 64)
    let large = cluster.path("large")
    try Data(count: 16 << 20 + 1).write(to: URL(filePath: large))
    try await expect(cluster, broker, ["submit", good, "--input", large], code: "cli.fileTooLarge", status: 65)
    let overEdge = cluster.path("over-edge")
    try Data(count: 196_625).write(to: URL(filePath: overEdge))
    try await expect(
      cluster, broker, ["submit", good, "--input", overEdge], code: "client.itemTooLarge", status: 65)
    try await expect(cluster, broker, ["status", "999"], code: "broker.unknownJob", status: 66)

    try garbage(to: broker.endpoint)
    // No tile: the kernel says so, and its neighbours go on.
    let noTile = try await cluster.submit([Array("no tile".utf8)], broker: broker.endpoint)
    #expect(try await cluster.run(["watch", noTile], broker: broker.endpoint).status == 1)
    #expect(try await cluster.status(of: noTile, broker: broker.endpoint).reason?.code == "board.kernelFault")
    let job = try await cluster.submit(Tiles.inputs(2), broker: broker.endpoint)
    #expect(try await cluster.results(of: job, broker: broker.endpoint) == Tiles.results(2))
    #expect(broker.isRunning && agent.isRunning)
  }

  @Test func `without a broker a client says so`() async throws {
    let cluster = try Cluster()
    try await expect(cluster, endpoint: "tcp://127.0.0.1:1", ["status"], code: "client.noBroker", status: 69)
  }

  @Test func `a daemon refuses any address but loopback`() async throws {
    let cluster = try Cluster()
    try await expect(
      cluster, endpoint: "", ["broker", "--listen", "tcp://0.0.0.0:7440", "--state", cluster.path("broker")],
      code: "transport.notLoopback", status: 77)
  }

  @Test func `a flipped frame word of a partial on disk is refused by name`() async throws {
    let cluster = try Cluster()
    let store = try storeCopy(in: cluster)
    for partial in try Self.dct().partials {
      let file = URL(filePath: "\(store)/\(partial.digest).bit")
      var bytes = [UInt8](try Data(contentsOf: file))
      bytes[bytes.count / 2] ^= 1
      try Data(bytes).write(to: file)
    }
    try await expectRefusal(in: cluster, images: store, code: "bitstream.digestMismatch")
  }

  @Test func `an image for another device is refused by name`() async throws {
    let cluster = try Cluster()
    let store = try storeCopy(in: cluster)
    let dct = try Self.dct()
    let board = try BoardDescriptor(manifest: Repository.bytes("bitstreams/boards/softfpga-only-little.json"))
    let device = withUnsafeBytes(of: board.part.device.rawValue.bigEndian, Array.init)
    // Its digest is the manifest's and the manifest is signed, so that only the device is wrong.
    let partials = try dct.partials.map { partial in
      var bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(store)/\(partial.digest).bit")))
      let place = try #require(bytes.indices.first { bytes[$0...].starts(with: device) })
      bytes[place + 3] ^= 0x10
      let digest = Digest(of: bytes)
      try Data(bytes).write(to: URL(filePath: cluster.path("\(digest).bit")))
      return PartialReference(slot: partial.slot, digest: digest, byteCount: bytes.count)
    }
    let manifest = cluster.path("dct.json")
    try Data(dct.settingPartials(partials).manifest).write(to: URL(filePath: manifest))
    for arguments in [["sign", manifest, "--key", "\(store)/publisher.key"], ["push", manifest, "--images", store]] {
      let run = try await cluster.run(["image"] + arguments, broker: "")
      try #require(run.status == 0, "\(run.errors)")
    }
    try await expectRefusal(in: cluster, images: store, code: "bitstream.wrongDevice")
  }

  @Test func `an agent refuses images that no trusted key signed, by name`() async throws {
    let cluster = try Cluster()
    let store = try storeCopy(in: cluster)
    try FileManager.default.removeItem(atPath: "\(store)/keys")
    let board = Repository.path("bitstreams/boards/softfpga-only-little.json")
    try await expect(
      cluster, endpoint: "tcp://127.0.0.1:1",
      ["agent", "--board", board, "--images", store, "--state", cluster.path("agent")],
      code: "image.untrustedKey", status: 78)
  }

  private static func dct() throws -> Image {
    try Image(manifest: Repository.bytes("bitstreams/images/dct-only-little.json"))
  }

  /// A store of the test's own, to be spoilt.
  private func storeCopy(in cluster: Cluster) throws -> String {
    let store = cluster.path("images")
    try FileManager.default.copyItem(atPath: cluster.images, toPath: store)
    return store
  }

  /// Runs a job on a board whose DCT partials are no good.
  private func expectRefusal(in cluster: Cluster, images: String, code: String) async throws {
    let broker = try await cluster.broker()
    let agent = try await cluster.agent(
      .onlyLittle, named: "only-little", broker: broker.endpoint, images: images)
    try await cluster.waitForBoards(1, broker: broker.endpoint)
    let job = try await cluster.submit(Tiles.inputs(1), broker: broker.endpoint)
    let watch = try await cluster.run(["watch", job], broker: broker.endpoint)
    #expect(watch.status == 1)
    let reason = try await #require(cluster.status(of: job, broker: broker.endpoint).reason)
    #expect("\(reason)".contains(code), "\(reason)")
    #expect(broker.isRunning && agent.isRunning)
  }

  // MARK: Small steps

  private func manifest(in cluster: Cluster, _ name: String, change: (String) -> String) throws -> String {
    let text = String(decoding: try Repository.bytes("Applications/image-compression.json"), as: UTF8.self)
    let changed = change(text)
    try #require(changed != text)
    let path = cluster.path("\(name).json")
    try Data(changed.utf8).write(to: URL(filePath: path))
    return path
  }

  private func expect(
    _ cluster: Cluster, _ broker: Daemon, _ arguments: [String], code: String, status: Int32
  ) async throws {
    try await expect(cluster, endpoint: broker.endpoint, arguments, code: code, status: status)
    #expect(broker.isRunning)
  }

  private func expect(
    _ cluster: Cluster, endpoint: String, _ arguments: [String], code: String, status: Int32
  ) async throws {
    let run = try await cluster.run(arguments, broker: endpoint)
    #expect(run.status == status, "\(arguments): \(run.errors)")
    #expect(run.errors.contains(code), "\(arguments): \(run.errors)")
    #expect(run.output.isEmpty)
  }

  /// Bytes that are no ZeroMQ at all, by a plain TCP connection.
  private func garbage(to endpoint: String) throws {
    let port = try #require(UInt16(endpoint.split(separator: ":").last ?? ""))
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(connected == 0)
    let bytes = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0)
  }
}

import Fabric
import Foundation
import TestBench
import Testing

/// `tessera image` by hand: keys, signatures, trust, the store, and which image a board would use.
@Suite(.timeLimit(.minutes(1))) struct ImageStoreCommandTests {
  private let bench: ImageBench

  init() throws { bench = try ImageBench() }

  @Test func `an image goes from its publisher through the store to the board`() throws {
    let key = try bench.keygen("lab.key")
    try bench.writeImage("copy", kernel: "lab/copy@1")
    try bench.expect(["push", bench.path("copy.json")], code: "image.unsigned", status: 77)
    try bench.succeed(["sign", bench.path("copy.json"), "--key", bench.path("lab.key")])
    try bench.expect(["push", bench.path("copy.json")], code: "image.untrustedKey", status: 77)
    try bench.succeed(["trust", key, "--publisher", "lab", "--slot-kind", "little"])
    try bench.succeed(["push", bench.path("copy.json"), "--partials", bench.path("")])

    let list = try bench.json(ImageList.self, ["list"])
    let image = try #require(list.images.first)
    #expect(list.images.count == 1 && list.damaged.isEmpty)
    #expect(image.function == "kernel lab/copy@1" && image.signedBy == key && image.isWhole && image.problem == nil)
    let resolution = try bench.json(Resolution.self, ["resolve", "lab/copy@1", "--board", bench.board])
    #expect(resolution.entries.map(\.image) == [image.image, nil])

    try bench.succeed(["rm", String(image.image.prefix(8))])
    #expect(try bench.json(ImageList.self, ["list"]).images.isEmpty)
    try bench.expect(["rm", image.image], code: "image.unknown", status: 66)
    try bench.succeed(["untrust", key])
    try bench.expect(["untrust", key], code: "key.unknown", status: 66)
  }

  @Test func `what is wrong is refused by name, with its exit code`() throws {
    let key = try bench.keygen("lab.key")
    try bench.writeImage("copy", kernel: "acme/copy@1")
    let (manifest, secret) = (bench.path("copy.json"), bench.path("lab.key"))
    try bench.expect(["list"], code: "image.noStore", status: 66)
    try bench.expect(["untrust", key], code: "image.noStore", status: 66)
    try bench.expect(["rm", "00"], code: "image.noStore", status: 66)
    #expect(!FileManager.default.fileExists(atPath: bench.path("store")))
    try bench.succeed(["trust", key, "--publisher", "lab"])
    try bench.succeed(["sign", manifest, "--key", secret])
    try bench.expect(["push", manifest], code: "image.publisherOutOfScope", status: 77)
    try bench.succeed(["trust", key, "--publisher", "acme", "--slot-kind", "big"])
    try bench.expect(["push", manifest], code: "image.slotKindOutOfScope", status: 77)
    try bench.succeed(["trust", key, "--publisher", "acme"])
    // Not a bitstream: taken in, unless the board is named.
    try bench.expect(["push", manifest, "--board", bench.board], code: "bitstream.", status: 65)

    try bench.writeImage("copy", kernel: "acme/copy@1", microseconds: 11)
    try bench.expect(["push", manifest], code: "image.badSignature", status: 77)
    try bench.succeed(["sign", manifest, "--key", secret])
    try FileManager.default.removeItem(atPath: bench.path("\(bench.digest(1)).bit"))
    try bench.expect(["push", manifest], code: "image.missing", status: 66)

    try bench.expect(["keygen", secret], code: "key.exists", status: 73)
    try bench.expect(["keygen", bench.path("none/lab.key")], code: "key.notMade", status: 73)
    try bench.expect(["sign", manifest, "--key", bench.path("none")], code: "key.missing", status: 66)
    try bench.expect(["sign", manifest, "--key", manifest], code: "key.malformed", status: 65)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: secret)
    try bench.expect(["sign", manifest, "--key", secret], code: "key.exposed", status: 77)
    #expect(try bench.run(["trust", "tessera-ed25519:00", "--publisher", "lab"]).status == 64)
    #expect(try bench.run(["trust", key]).status == 64)
  }

  @Test func `list and resolve say what is used, and why nothing else is`() throws {
    let key = try bench.keygen("lab.key")
    try bench.succeed(["trust", key, "--publisher", "lab"])
    for (name, variant, model, microseconds) in [
      ("copy", nil, nil, 10), ("copy-eco", "eco", nil, 30), ("copy-other", nil, "other", 5),
    ] as [(String, String?, String?, Int)] {
      try bench.writeImage(name, kernel: "lab/copy@1", variant: variant, model: model, microseconds: microseconds)
      try bench.succeed(["sign", bench.path("\(name).json"), "--key", bench.path("lab.key")])
      try bench.succeed(["push", bench.path("\(name).json")])
    }
    let shell = try BoardDescriptor(manifest: Repository.bytes(bench.boardPath)).shell.description.prefix(8)
    let ids = try ["copy", "copy-eco", "copy-other"].map { name in
      try Image(manifest: [UInt8](Data(contentsOf: URL(filePath: bench.path("\(name).json"))))).id.description.prefix(
        12)
    }
    let signer = key.dropFirst("tessera-ed25519:".count).prefix(8)
    #expect(
      try bench.text(["list"]) == """
        FUNCTION           MODEL          SHELL     KIND    VARIANT  SLOTS  BYTES  SIGNED BY  STATE  IMAGE
        kernel lab/copy@1  other          \(shell)  little  -        2      3      \(signer)   ready  \(ids[2])
        kernel lab/copy@1  softfpga-tiny  \(shell)  little  -        2      3      \(signer)   ready  \(ids[0])
        kernel lab/copy@1  softfpga-tiny  \(shell)  little  eco      2      3      \(signer)   ready  \(ids[1])

        """)
    let resolve = ["resolve", "lab/copy@1", "--board", bench.board]
    #expect(
      try bench.text(resolve + ["--explain"]) == """
        FUNCTION           KIND    VERDICT      NAME        VARIANT  LAUNCH  SLOTS  IMAGE         REASON
        kernel lab/copy@1  little  used         copy        -        10 us   0,1    \(ids[0])  -
                                   passed over  copy-eco    eco      30 us   0,1    \(ids[1])  \
        a launch takes 30 us, one of the image that is used takes 10 us
                                   refused      copy-other  -        5 us    0,1    \(ids[2])  \
        image.otherModel: it is for the model other, the board is a softfpga-tiny
        kernel lab/copy@1  big     none         -           -        -       -      -             no image in the store

        """)
    let preferring = try bench.json(Resolution.self, resolve + ["--prefer", "eco"])
    #expect(preferring.entries[0].candidates.map(\.name) == ["copy-eco"])
    try bench.expect(["resolve", "lab/none@1", "--board", bench.board], code: "cli.cannotRun", status: 69)

    // Whatever is changed in the store is named.
    let file = URL(filePath: bench.path("store")).appending(path: "\(bench.digest(1)).bit")
    try FileManager.default.removeItem(at: file)
    #expect(try bench.json(ImageList.self, ["list"]).images.allSatisfy { $0.problem?.code == "image.missing" })
    try bench.expect(resolve, code: "cli.cannotRun", status: 69)
  }
}

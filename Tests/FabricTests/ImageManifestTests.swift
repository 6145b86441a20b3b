import Digests
import Fabric
import Testing

@Suite struct ImageManifestTests {
  @Test func `a manifest with every key decodes`() throws {
    let bytes = Good.image.bytes
    let image = try Image(manifest: bytes)
    #expect(image.manifest == bytes)
    #expect(image.id == ImageID(rawValue: Digest(of: bytes)))
    #expect(image.name == "tail-serial")
    #expect(image.function == .bundle(.serial, ["tests/copy@1", "tests/copy@2"].compactMap { KernelName($0) }))
    #expect(image.model == "softfpga-tiny")
    #expect(image.shell.rawValue.hexadecimal == Good.digest.string)
    #expect(image.slotKind == .big)
    #expect(image.microsecondsPerLaunch == 12)
    #expect(image.arguments.map(\.addressOffset) == [16, 32])
    #expect(image.arguments.map(\.byteCountOffset) == [24, 40])
    #expect(image.arguments.map(\.direction) == [.input, .output])
    #expect(image.partial(for: SlotID(rawValue: 5))?.byteCount == 1001)
    #expect(image.partial(for: SlotID(rawValue: 3)) == nil)
  }

  @Test func `an image may be for a single kernel`() throws {
    var manifest = Good.image
    manifest["function"] = ["kernel": "tests/copy@1"]
    let image = try Image(manifest: manifest.bytes)
    #expect(image.function == KernelName("tests/copy@1").map(ImageFunction.kernel))
  }

  @Test func `an image may be one of several variants`() throws {
    var manifest = Good.image
    #expect(try Image(manifest: manifest.bytes).variant == nil)
    manifest["variant"] = "low-power"
    #expect(try Image(manifest: manifest.bytes).variant == VariantName("low-power"))
  }

  @Test func `one file may serve several slots`() throws {
    var manifest = Good.image
    let digest = try #require(manifest["partials[0].sha256"])
    let byteCount = try #require(manifest["partials[0].byteCount"])
    manifest["partials[1].sha256"] = digest
    manifest["partials[1].byteCount"] = byteCount
    manifest["partials[1].relocatedFrom"] = manifest["partials[0].slot"]
    let image = try Image(manifest: manifest.bytes)
    #expect(image.partials.map(\.slot.rawValue) == [4, 5])
    #expect(image.partials.map(\.relocatedFrom) == [nil, SlotID(rawValue: 4)])
    #expect(image.partials.map(\.builtFor.rawValue) == [4, 4])
    #expect(try image.settingPartials(image.partials).partials == image.partials)
  }

  @Test func `what is not built yet has no bytes in any slot`() throws {
    var manifest = Good.image
    for index in 0..<2 { manifest["partials[\(index)].sha256"] = .text(String(repeating: "0", count: 64)) }
    #expect(try Image(manifest: manifest.bytes).partials.count == 2)
  }

  @Test func `a function names its kernels and their publishers`() throws {
    let kernels = ["lab/dct@1", "acme/quantize@2", "lab/dct@3"].compactMap { KernelName($0) }
    let bundle = ImageFunction.bundle(.parallel, kernels)
    #expect(bundle.kernels == kernels)
    #expect(bundle.publishers == ["acme", "lab"].compactMap { PublisherName($0) })
    #expect(bundle.description == "parallel lab/dct@1 acme/quantize@2 lab/dct@3")
    #expect(ImageFunction.kernel(kernels[0]).description == "kernel lab/dct@1")
  }

  @Test(arguments: [
    Edit("a variant that is no name", .outOfRange, at: "variant") { $0["variant"] = "" },
    Edit("the bytes of another slot, and not moved", .badShape, at: "partials[1].sha256") {
      $0["partials[1].sha256"] = $0["partials[0].sha256"]
    },
    Edit("moved from a slot without a partial", .unknownName, at: "partials[1].relocatedFrom") {
      $0["partials[1].relocatedFrom"] = 3
    },
    Edit("moved from itself", .unknownName, at: "partials[1].relocatedFrom") {
      $0["partials[1].relocatedFrom"] = 5
    },
    Edit("moved, and yet another file", .badShape, at: "partials[1].relocatedFrom") {
      $0["partials[1].relocatedFrom"] = 4
    },
    Edit("another schema", .unsupportedSchema, at: "schema") { $0["schema"] = 0 },
    Edit("no function", .missingKey, at: "function") { $0["function"] = nil },
    Edit("a function that is nothing", .badShape, at: "function") { $0["function"] = [:] },
    Edit("a function that is two things", .badShape, at: "function") { $0["function.kernel"] = "tests/copy@1" },
    Edit("an unknown mode", .outOfRange, at: "function.bundle.mode") { $0["function.bundle.mode"] = "sideways" },
    Edit("a wrong kernel in a bundle", .outOfRange, at: "function.bundle.kernels[1]") {
      $0["function.bundle.kernels[1]"] = "tests/copy@0"
    },
    Edit("a bundle of one kernel", .outOfRange, at: "function.bundle.kernels") {
      $0["function.bundle.kernels[1]"] = nil
    },
    Edit("a model with a slash", .outOfRange, at: "model") { $0["model"] = "soft/fpga" },
    Edit("a short digest", .outOfRange, at: "shell") { $0["shell"] = "00ff" },
    Edit("an unknown slot kind", .outOfRange, at: "slotKind") { $0["slotKind"] = "huge" },
    Edit("a negative time", .outOfRange, at: "microsecondsPerLaunch") { $0["microsecondsPerLaunch"] = -1 },
    Edit("an unknown direction", .outOfRange, at: "arguments[1].direction") { $0["arguments[1].direction"] = "both" },
    Edit("an argument's name twice", .duplicateName, at: "arguments[1].name") { $0["arguments[1].name"] = "input" },
    Edit("no input", .badShape, at: "arguments") { $0["arguments[0].direction"] = "output" },
    Edit("no output", .badShape, at: "arguments") { $0["arguments[1].direction"] = "input" },
    Edit("a single argument", .outOfRange, at: "arguments") { $0["arguments[1]"] = nil },
    Edit("a register over the control registers", .outOfRange, at: "arguments[0].addressOffset") {
      $0["arguments[0].addressOffset"] = 12
    },
    Edit("a register that is not aligned", .outOfRange, at: "arguments[0].byteCountOffset") {
      $0["arguments[0].byteCountOffset"] = 26
    },
    Edit("registers of two arguments that overlap", .badShape, at: "arguments[1].addressOffset") {
      $0["arguments[1].addressOffset"] = 20
    },
    Edit("registers of one argument that overlap", .badShape, at: "arguments[0].byteCountOffset") {
      $0["arguments[0].byteCountOffset"] = 20
    },
    Edit("no partials", .outOfRange, at: "partials") { $0["partials"] = [] },
    Edit("two partials for a slot", .duplicateName, at: "partials[1].slot") { $0["partials[1].slot"] = 4 },
    Edit("a slot that no board has", .outOfRange, at: "partials[0].slot") { $0["partials[0].slot"] = 64 },
    Edit("an empty partial", .outOfRange, at: "partials[0].byteCount") { $0["partials[0].byteCount"] = 0 },
    Edit("a partial above the limit", .outOfRange, at: "partials[0].byteCount") {
      $0["partials[0].byteCount"] = .number(Double(Limits.partialByteCount + 1))
    },
    Edit("a digest with a letter too far", .outOfRange, at: "partials[1].sha256") {
      $0["partials[1].sha256"] = .text(String(repeating: "0g", count: 32))
    },
  ])
  func `each fault is found at its place`(_ edit: Edit) {
    edit.expectFault(in: Good.image, as: Image.self)
  }

  @Test func `setting partials changes them alone`() throws {
    let image = try Image(manifest: Good.image.bytes)
    let partials = [5, 4].map { slot in
      PartialReference(slot: SlotID(rawValue: slot), digest: Digest(of: [UInt8(slot)]), byteCount: 100 + slot)
    }
    let changed = try image.settingPartials(partials)
    #expect(changed.partials == partials.reversed())
    #expect(changed.id == ImageID(rawValue: Digest(of: changed.manifest)))
    var expected = Good.image
    for (index, partial) in partials.reversed().enumerated() {
      expected["partials[\(index)].sha256"] = .text(partial.digest.hexadecimal)
      expected["partials[\(index)].byteCount"] = .number(Double(partial.byteCount))
    }
    #expect(try JSON(parsing: changed.manifest).bytes == JSON(parsing: expected.bytes).bytes)
  }

  @Test func `setting the same partials again gives the same bytes`() throws {
    let image = try Image(manifest: Good.image.bytes)
    let once = try image.settingPartials(image.partials)
    #expect(try once.settingPartials(once.partials.reversed()).manifest == once.manifest)
    #expect(
      String(decoding: once.manifest.prefix(39), as: UTF8.self) == "{\n  \"arguments\": [\n    {\n      \"address")
  }

  @Test func `partials that no image can have are not set`() throws {
    let image = try Image(manifest: Good.image.bytes)
    let twice = [image.partials[0], image.partials[0]]
    #expect(throws: ManifestError.self) { try image.settingPartials(twice) }
    #expect(throws: ManifestError.self) { try image.settingPartials([]) }
  }

  @Test func `text for people survives new partials`() throws {
    var manifest = Good.image
    manifest["provenance"] = "5 µs \"or so\"\n\\ from\ttests \u{1}"
    let image = try Image(manifest: manifest.bytes)
    let changed = try JSON(parsing: image.settingPartials(image.partials).manifest)
    #expect(changed["provenance"]?.string == manifest["provenance"]?.string)
  }
}

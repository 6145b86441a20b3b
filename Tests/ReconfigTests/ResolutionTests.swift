import Digests
import Fabric
import Reconfig
import TestBench
import Testing

@Suite struct ResolutionTests {
  let bench: ResolutionBench

  init() throws { bench = try ResolutionBench() }

  @Test func `a signed image for the board is taken`() throws {
    let image = bench.image()
    let resolution = bench.resolver.resolve([bench.stored(image)])
    #expect(resolution.images == [image])
    #expect(resolution.refusedForThisBoard.isEmpty)
  }

  @Test func `each reason to refuse an image is named with both sides`() throws {
    let slot4 = SlotID(rawValue: 4), slot0 = SlotID(rawValue: 0)
    let otherShell = ShellID(rawValue: Digest(of: [1]))
    func verdict(_ stored: StoredImage) -> ImageRefusal? {
      guard case .refused(let refusal) = bench.resolver.resolve([stored]).entries.first?.candidates.first?.verdict
      else { return nil }
      return refusal
    }
    #expect(
      verdict(bench.stored(bench.image(model: "other"))) == .otherModel(image: "other", board: bench.board.model))
    #expect(
      verdict(bench.stored(bench.image(shell: otherShell)))
        == .otherShell(image: otherShell, board: bench.board.shell))
    #expect(
      verdict(bench.stored(bench.image(slots: [4]))) == .wrongSlot(slot4, needed: .little, found: .big))
    #expect(
      verdict(bench.stored(bench.image(slots: [0, 63])))
        == .wrongSlot(SlotID(rawValue: 63), needed: .little, found: nil))
    let moved = bench.image(slots: [0, 1], relocatedFrom: 0)
    #expect(verdict(bench.stored(moved)) == .notRelocatable(SlotID(rawValue: 1), from: slot0))
    let fault = ImageSourceError.missing(Digest(of: [0]))
    #expect(verdict(bench.stored(bench.image(), faults: [fault])) == .partial(fault))
  }

  @Test func `on a relocatable shell one partial may serve all slots`() throws {
    let text = String(decoding: bench.board.manifest, as: UTF8.self)
      .replacing("\"shell\": {", with: "\"shell\": { \"relocatable\": true,")
    let board = try BoardDescriptor(manifest: Array(text.utf8))
    let resolver = ImageResolver(board: board, trusted: bench.trusted)
    let moved = bench.image(shell: board.shell, slots: [0, 1, 2, 3], relocatedFrom: 0)
    #expect(resolver.resolve([bench.stored(moved)]).images == [moved])
  }

  @Test func `an only-little board uses no big images`() throws {
    let board = try BoardDescriptor(manifest: Repository.bytes("bitstreams/boards/softfpga-tiny-only-little.json"))
    let resolver = ImageResolver(board: board, trusted: bench.trusted)
    let big = bench.image(shell: board.shell, slotKind: .big, slots: [4])
    #expect(throws: ImageRefusal.noSuchSlots(.big)) { try resolver.checkFit(big) }
  }

  @Test func `no image is used without the signature of a key that is trusted for it`() throws {
    let image = bench.image()
    let stranger = SigningKey()
    func refusal(_ image: Image, _ signature: ImageSignature?) -> ImageRefusal? {
      do throws(ImageRefusal) { try bench.trusted.check(image, signature: signature) } catch { return error }
      return nil
    }
    #expect(refusal(image, nil) == .unsigned(image.id))
    #expect(refusal(image, ImageSignature(of: image, by: stranger)) == .untrustedKey(stranger.publicKey))
    let foreign = bench.image(kernel: "acme/dct@1")
    let lab = try #require(PublisherName("lab")), acme = try #require(PublisherName("acme"))
    #expect(
      refusal(foreign, bench.sign(foreign)) == .publisherOutOfScope(acme, key: bench.publicKey, allowed: [lab]))
    let big = bench.image(slotKind: .big, slots: [4])
    #expect(
      refusal(big, bench.sign(big)) == .slotKindOutOfScope(.big, key: bench.publicKey, allowed: [.little]))
    // The right key, of another image; and the same with the image's id written over it.
    let other = bench.sign(bench.image(microseconds: 7))
    #expect(refusal(image, other) == .badSignature(image.id, key: bench.publicKey))
    let forged = try ImageSignature(
      manifest: Array(
        String(decoding: other.manifest, as: UTF8.self).replacing("\(other.image)", with: "\(image.id)").utf8))
    #expect(forged.image == image.id)
    #expect(refusal(image, forged) == .badSignature(image.id, key: bench.publicKey))
    #expect(refusal(image, bench.sign(image)) == nil)
  }

  @Test func `a bundle needs a key for the publishers of all its kernels`() throws {
    let kernels = ["lab/a@1", "acme/b@1"].compactMap { KernelName($0) }
    let bundle = bench.image(function: .bundle(.serial, kernels))
    #expect(throws: ImageRefusal.self) { try bench.trusted.check(bundle, signature: bench.sign(bundle)) }
  }

  @Test func `of several images the preferred variant, then more slots, then the faster, then the lower id is taken`()
    throws
  {
    let eco = try #require(VariantName("eco"))
    let full = bench.image(microseconds: 10), slow = bench.image(microseconds: 30)
    let fast = bench.image(microseconds: 5, slots: [0])
    let frugal = bench.image(variant: eco, microseconds: 90)
    let twin = bench.image(name: "twin", microseconds: 10)
    let images = [slow, fast, frugal, twin, full].map { bench.stored($0) }
    let (first, second) = full.id < twin.id ? (full, twin) : (twin, full)

    let resolution = bench.resolver.resolve(images)
    let candidates = try #require(resolution.entries.first).candidates
    #expect(candidates.map(\.stored.image) == [first, second, slow, frugal, fast])
    #expect(
      candidates.map(\.verdict) == [
        .chosen, .passedOver(.laterID), .passedOver(.slower(microseconds: 30, chosen: 10)),
        .passedOver(.slower(microseconds: 90, chosen: 10)), .passedOver(.fewerSlots(1, chosen: 4)),
      ])
    let preferring = ImageResolver(board: bench.board, trusted: bench.trusted, preferredVariants: [eco])
    #expect(preferring.resolve(images).images == [frugal])
    #expect(preferring.resolve(images).entries.first?.candidates.dropFirst().first?.verdict == .passedOver(.variant))
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `the order in which images are given changes nothing`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let kernels = ["lab/a@1", "lab/b@1", "acme/c@1"]
    var images: [StoredImage] = []
    for index in 0..<24 {
      let image = bench.image(
        name: "image-\(index)", kernel: kernels[Int.random(in: 0..<3, using: &random)],
        variant: random.chance(30) ? VariantName("eco") : nil,
        model: random.chance(20) ? "other" : bench.board.model, microseconds: Int.random(in: 1...3, using: &random),
        slots: random.chance(50) ? [0, 1] : [0])
      images.append(bench.stored(image, isSigned: random.chance(80)))
    }
    let resolution = bench.resolver.resolve(images)
    #expect(bench.resolver.resolve(images.shuffled(using: &random)) == resolution, "seed \(seed)")
    #expect(resolution.entries.flatMap(\.candidates).count == images.count, "seed \(seed)")
    for entry in resolution.entries {
      let usable = entry.candidates.filter { if case .refused = $0.verdict { false } else { true } }
      #expect((entry.chosen == nil) == usable.isEmpty, "seed \(seed)")
      #expect(entry.candidates.count { $0.verdict == .chosen } <= 1, "seed \(seed)")
    }
  }
}

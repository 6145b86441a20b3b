internal import Digests
internal import Fabric
internal import FoundationEssentials
internal import Reconfig
internal import SoftFPGA
internal import Store

/// Builds the partials of many images, some at once, holds them against what the manifests commit, and pushes the images
/// into a store, signed with the store's own key.
struct ImageBuild {
  struct Outcome {
    var images = 0
    var built = 0
    var kept = 0
    var byteCount = 0
    var pushed = 0
    var replaced = 0
    var changedManifests: [String] = []
    let key: PublicKey
    var newlyTrustedFor: [PublisherName] = []
  }

  /// One image, and what its manifest says of its partials or shall say.
  private struct Recipe: Sendable {
    let manifest: String
    let image: Image
    let partials: [PartialReference]
    let builder: SoftImageBuilder
  }

  /// One file that has to be there.
  private struct Piece: Sendable {
    let recipe: Int
    let partial: PartialReference
  }

  private struct FinishedPiece: Sendable {
    let recipe: Int
    let partial: PartialReference
    let isBuilt: Bool
  }

  private let recipes: [Recipe]
  private let store: ImageStore
  private let changingManifests: Bool

  /// Where `changingManifests`, a manifest that states other digests will be changed; else that is an error.
  ///
  /// - Throws: ``CommandError/noBoard(manifest:model:shell:)`` for an image without a board.
  init(
    images: [(path: String, value: Image)], boards: [BoardDescriptor], store: ImageStore, changingManifests: Bool
  ) throws(CommandError) {
    recipes = try images.map { (path, image) throws(CommandError) in
      guard let board = boards.first(where: { $0.model == image.model && $0.shell == image.shell }) else {
        throw .noBoard(manifest: path, model: image.model, shell: image.shell)
      }
      let isShared = changingManifests && board.isRelocatable
      return Recipe(
        manifest: path, image: image, partials: isShared ? Self.sharing(image.partials) : image.partials,
        builder: SoftImageBuilder(for: board))
    }
    self.store = store
    self.changingManifests = changingManifests
  }

  /// The same slots, with the file of the first one for all of them.
  private static func sharing(_ partials: [PartialReference]) -> [PartialReference] {
    guard let first = partials.map(\.slot).min() else { return [] }
    return partials.map {
      PartialReference(
        slot: $0.slot, digest: $0.digest, byteCount: $0.byteCount, relocatedFrom: $0.slot == first ? nil : first)
    }
  }

  /// Builds what is not there; the store is this process's until the end, so that of two builds one finds all done.
  func run() async throws -> Outcome {
    let writer = try ImageStoreWriter(making: store)
    let finished = try await finishAll()
    let local = try localKey(writer)
    var outcome = Outcome(key: local.key.publicKey)
    outcome.newlyTrustedFor = local.newlyTrustedFor
    outcome.images = recipes.count
    outcome.built = finished.count { $0.isBuilt }
    outcome.kept = finished.count - outcome.built
    outcome.byteCount = finished.reduce(0) { $0 + $1.partial.byteCount }
    let images = try settleManifests(finished, &outcome)
    try push(images, signedBy: local.key, into: writer, &outcome)
    try writer.collect()
    return outcome
  }

  // MARK: Partials

  /// As many pieces at once as there are processors.
  private func finishAll() async throws -> [FinishedPiece] {
    try await withThrowingTaskGroup(of: FinishedPiece.self) { group in
      var finished: [FinishedPiece] = []
      var waiting = recipes.enumerated().flatMap { index, recipe in
        recipe.partials.filter { $0.relocatedFrom == nil }.map { Piece(recipe: index, partial: $0) }
      }[...]
      for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
        guard let piece = waiting.popFirst() else { break }
        group.addTask { try await finish(piece) }
      }
      while let done = try await group.next() {
        finished.append(done)
        guard let piece = waiting.popFirst() else { continue }
        group.addTask { try await finish(piece) }
      }
      return finished
    }
  }

  @concurrent private func finish(_ piece: Piece) async throws -> FinishedPiece {
    let folder = store.partials
    if let bytes = try? await folder.read(piece.partial), Digest(of: bytes) == piece.partial.digest {
      return FinishedPiece(recipe: piece.recipe, partial: piece.partial, isBuilt: false)
    }
    let recipe = recipes[piece.recipe]
    let slot = piece.partial.slot
    let bytes: [UInt8]
    do { bytes = try recipe.builder.partial(of: SoftImage(recipe.image), for: slot) } catch {
      throw error.inFile(recipe.manifest)
    }
    let found = PartialReference(slot: slot, digest: Digest(of: bytes), byteCount: bytes.count)
    guard changingManifests || found == piece.partial else {
      throw CommandError.partialMismatch(manifest: recipe.manifest, expected: piece.partial, found: found)
    }
    try folder.write(bytes)
    return FinishedPiece(recipe: piece.recipe, partial: found, isBuilt: true)
  }

  // MARK: Images

  /// The images with the partials that were built, after their manifests were changed where that was asked for.
  private func settleManifests(_ finished: [FinishedPiece], _ outcome: inout Outcome) throws -> [Image] {
    guard changingManifests else { return recipes.map(\.image) }
    return try recipes.enumerated().map { index, recipe in
      let built = finished.filter { $0.recipe == index }.map(\.partial)
      let partials = recipe.partials.compactMap { partial in
        built.first { $0.slot == partial.builtFor }.map {
          PartialReference(
            slot: partial.slot, digest: $0.digest, byteCount: $0.byteCount, relocatedFrom: partial.relocatedFrom)
        }
      }
      let changed = try recipe.image.settingPartials(partials)
      guard changed.manifest != recipe.image.manifest else { return recipe.image }
      try OutputFile.write(changed.manifest, to: recipe.manifest)
      outcome.changedManifests.append(recipe.manifest)
      return changed
    }
  }

  private func push(
    _ images: [Image], signedBy key: borrowing SigningKey, into writer: borrowing ImageStoreWriter,
    _ outcome: inout Outcome
  ) throws {
    var contents = try store.contents()
    for image in images where !contents.isDone(image) {
      let signature = ImageSignature(of: image, by: key)
      outcome.replaced += try writer.push(image, signature: signature, from: store.partials, into: &contents).count
      outcome.pushed += 1
    }
  }

  /// The store's own key; where there is none, it is made, and trusted for the publishers of the images at hand.
  ///
  /// A key that is there is trusted for what the operator left it, and no more.
  private func localKey(_ writer: borrowing ImageStoreWriter) throws -> LocalKey {
    do { return LocalKey(key: try KeyFile.read(store.localKeyPath), newlyTrustedFor: []) } catch {
      guard case .keyMissing = error else { throw error }
    }
    let key = SigningKey()
    let publishers = Set(recipes.flatMap(\.image.function.publishers)).sorted()
    // Trusted first: what is left of a build that ends here is trust in a key that nobody has.
    try writer.trust(TrustedKey(key.publicKey, for: publishers))
    try KeyFile.write(key, to: store.localKeyPath)
    return LocalKey(key: key, newlyTrustedFor: publishers)
  }

  private struct LocalKey: ~Copyable {
    let key: SigningKey
    let newlyTrustedFor: [PublisherName]
  }
}

extension ImageStore.Contents {
  /// Whether an image can be used, and has its place for itself: a push that was ended may have left the one before.
  fileprivate func isDone(_ image: Image) -> Bool {
    let there = images.filter { $0.image.hasPlace(of: image) }
    guard let stored = there.first, there.count == 1, stored.image.id == image.id, stored.faults.isEmpty else {
      return false
    }
    return (try? trusted.check(image, signature: stored.signature)) != nil
  }
}

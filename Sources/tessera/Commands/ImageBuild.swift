internal import Digests
internal import Fabric
internal import FoundationEssentials
internal import SoftFPGA
internal import Store

/// Builds the partials of many images, some at once, and holds them against what the manifests commit.
struct ImageBuild {
  struct Outcome {
    var images = 0
    var built = 0
    var kept = 0
    var byteCount = 0
    var changedManifests: [String] = []
  }

  /// One partial that has to be there.
  private struct Piece: Sendable {
    let manifest: String
    let image: Int
    let expected: PartialReference
    let recipe: SoftImage
    let builder: SoftImageBuilder
  }

  private struct FinishedPiece: Sendable {
    let image: Int
    let partial: PartialReference
    let isBuilt: Bool
  }

  private let images: [(path: String, value: Image)]
  private let pieces: [Piece]
  private let folder: ImageDirectory

  /// - Throws: ``CommandError/noBoard(manifest:model:shell:)`` for an image without a board.
  init(images: [(path: String, value: Image)], boards: [BoardDescriptor], folder: String) throws(CommandError) {
    var pieces: [Piece] = []
    for (index, (path, image)) in images.enumerated() {
      guard let board = boards.first(where: { $0.model == image.model && $0.shell == image.shell }) else {
        throw .noBoard(manifest: path, model: image.model, shell: image.shell)
      }
      pieces += image.partials.map { partial in
        Piece(
          manifest: path, image: index, expected: partial, recipe: SoftImage(image),
          builder: SoftImageBuilder(for: board))
      }
    }
    self.images = images
    self.pieces = pieces
    self.folder = ImageDirectory(path: folder)
  }

  /// Builds what is not there.
  ///
  /// Where `changingManifests`, a manifest that states other digests is changed; else that is an error.
  func run(changingManifests: Bool) async throws -> Outcome {
    let finished = try await finishAll(acceptingOthers: changingManifests)
    var outcome = Outcome(images: images.count)
    outcome.built = finished.count { $0.isBuilt }
    outcome.kept = finished.count - outcome.built
    outcome.byteCount = finished.reduce(0) { $0 + $1.partial.byteCount }
    for (index, (path, image)) in images.enumerated() where changingManifests {
      let changed = try image.settingPartials(finished.filter { $0.image == index }.map(\.partial))
      guard changed.manifest != image.manifest else { continue }
      try OutputFile.write(changed.manifest, to: path)
      outcome.changedManifests.append(path)
    }
    return outcome
  }

  /// As many pieces at once as there are processors.
  private func finishAll(acceptingOthers: Bool) async throws -> [FinishedPiece] {
    try await withThrowingTaskGroup(of: FinishedPiece.self) { group in
      var finished: [FinishedPiece] = []
      var waiting = pieces[...]
      for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
        guard let piece = waiting.popFirst() else { break }
        group.addTask { try await finish(piece, acceptingOthers: acceptingOthers, folder) }
      }
      while let done = try await group.next() {
        finished.append(done)
        guard let piece = waiting.popFirst() else { continue }
        group.addTask { try await finish(piece, acceptingOthers: acceptingOthers, folder) }
      }
      return finished
    }
  }

  @concurrent private func finish(
    _ piece: Piece, acceptingOthers: Bool, _ folder: ImageDirectory
  ) async throws -> FinishedPiece {
    if let bytes = try? await folder.read(piece.expected), Digest(of: bytes) == piece.expected.digest {
      return FinishedPiece(image: piece.image, partial: piece.expected, isBuilt: false)
    }
    let slot = piece.expected.slot
    let bytes: [UInt8]
    do { bytes = try piece.builder.partial(of: piece.recipe, for: slot) } catch { throw error.inFile(piece.manifest) }
    let found = PartialReference(slot: slot, digest: Digest(of: bytes), byteCount: bytes.count)
    guard acceptingOthers || found == piece.expected else {
      throw CommandError.partialMismatch(manifest: piece.manifest, expected: piece.expected, found: found)
    }
    try folder.write(bytes)
    return FinishedPiece(image: piece.image, partial: found, isBuilt: true)
  }
}

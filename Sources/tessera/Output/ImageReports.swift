internal import Digests
internal import Fabric
internal import Reconfig
internal import Store

/// The images of a store as `image list` prints them, by function, then model, shell, slot kind and variant.
struct ImageListReport: Report {
  struct Image: Encodable {
    let image: String
    let name: String
    let function: String
    let model: String
    let shell: String
    let slotKind: SlotKind
    let variant: Nullable<String>
    let publishers: [String]
    /// Of the signature that stands beside it, whatever it is worth.
    let signedBy: Nullable<String>
    /// What its partials take up, each once, though images may share some.
    let byteCount: Int
    let slots: [Int]
    /// Whether its partials are there, with their sizes.
    let isWhole: Bool
    /// Why no board uses it, else null.
    let problem: Nullable<Problem>
  }

  struct Problem: Encodable {
    let code: String
    let message: String

    init(_ error: any TesseraError) {
      code = error.code
      message = error.message
    }
  }

  let images: [Image]
  /// Files of the store that are not what their names say.
  let damaged: [Problem]

  init(_ contents: ImageStore.Contents) {
    images = contents.images.sorted { $0.image.sortKey < $1.image.sortKey }.map { Image($0, contents.trusted) }
    damaged = contents.damaged.map(Problem.init)
  }

  var table: Table {
    var table = Table("FUNCTION", "MODEL", "SHELL", "KIND", "VARIANT", "SLOTS", "BYTES", "SIGNED BY", "STATE", "IMAGE")
    for image in images {
      table.add(
        image.function, image.model, String(image.shell.prefix(8)), image.slotKind.rawValue,
        image.variant.value ?? "-", "\(image.slots.count)", "\(image.byteCount)",
        image.signedBy.value.map { String($0.split(separator: ":").last?.prefix(8) ?? "") } ?? "nobody",
        image.problem.value?.code ?? "ready", String(image.image.prefix(12)))
    }
    table.notes = damaged.map { "\($0.code): \($0.message)" }
    return table
  }
}

extension ImageListReport.Image {
  fileprivate init(_ stored: StoredImage, _ trusted: TrustedKeys) {
    let image = stored.image
    self.init(
      image: image.id.description, name: image.name, function: image.function.description, model: image.model,
      shell: image.shell.description, slotKind: image.slotKind, variant: Nullable(image.variant?.text),
      publishers: image.function.publishers.map(\.text), signedBy: Nullable(stored.signature?.key.text),
      byteCount: image.partials.filter { $0.relocatedFrom == nil }.reduce(0) { $0 + $1.byteCount },
      slots: image.partials.map(\.slot.rawValue), isWhole: stored.faults.isEmpty,
      problem: Nullable(Self.problem(stored, trusted)))
  }

  private static func problem(_ stored: StoredImage, _ trusted: TrustedKeys) -> ImageListReport.Problem? {
    do { try trusted.check(stored.image, signature: stored.signature) } catch { return ImageListReport.Problem(error) }
    return stored.faults.first.map(ImageListReport.Problem.init)
  }
}

extension Image {
  fileprivate var sortKey: (String, String, String, String, String, ImageID) {
    (function.description, model, shell.description, slotKind.rawValue, variant?.text ?? "", id)
  }
}

/// What `image push` took in.
struct PushReport: Report {
  struct Pushed: Encodable {
    let name: String
    let image: String
    /// The images that were in its place.
    let replaced: [String]
  }
  let images: [Pushed]

  var table: Table {
    var table = Table("NAME", "IMAGE", "REPLACED")
    for pushed in images {
      table.add(
        pushed.name, pushed.image,
        pushed.replaced.isEmpty ? "-" : pushed.replaced.map { String($0.prefix(12)) }.joined(separator: ","))
    }
    return table
  }
}

/// What `image rm` took away.
struct RemoveReport: Report {
  let removed: [String]

  var table: Table {
    var table = Table("REMOVED")
    for image in removed { table.add(image) }
    return table
  }
}

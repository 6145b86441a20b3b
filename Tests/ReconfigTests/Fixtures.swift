import Digests
import Fabric
import Reconfig

typealias Request = ConfigurationQueue.Request

/// A slot by its number.
func slot(_ number: Int) -> SlotID { SlotID(rawValue: number) }

/// Both clocks at so many milliseconds.
func at(_ milliseconds: Int64) -> Now {
  Now(
    board: BoardInstant(nanoseconds: milliseconds * 1_000_000), wall: WallInstant(nanoseconds: milliseconds * 1_000_000)
  )
}

func digest(_ name: String) -> Digest { Digest(of: Array(name.utf8)) }

/// The partial of that name for a slot, built for it or for another one.
func partial(_ name: String, _ slotNumber: Int, from origin: Int? = nil, byteCount: Int = 100) -> PartialReference {
  PartialReference(
    slot: slot(slotNumber), digest: digest(name), byteCount: byteCount, relocatedFrom: origin.map(slot))
}

/// A request for a slot to get the partial of that name.
func request(
  _ name: String, _ slotNumber: Int, from origin: Int? = nil, byteCount: Int = 100, tenant: String? = nil,
  need: ConfigurationNeed = .progressing, at milliseconds: Int64 = 0
) -> Request {
  let partial = partial(name, slotNumber, from: origin, byteCount: byteCount)
  return Request(
    slot: slot(slotNumber), image: ImageID(rawValue: partial.digest), partial: partial,
    execution: JobEpoch(job: JobID(rawValue: 1), epoch: Epoch(rawValue: 1)), tenant: tenant.flatMap { TenantName($0) },
    need: need, requested: at(milliseconds).board)
}

/// An image whose partials have these names, for slots 0, 1 and so on; what has the same name is moved from the first.
func image(_ name: String, partials names: [String]) -> Image {
  image(
    name,
    names.enumerated().map { number, name in
      let first = names.firstIndex(of: name)
      return partial(name, number, from: first == number ? nil : first)
    })
}

func image(_ name: String, _ partials: [PartialReference]) -> Image {
  Image(
    manifest: [], id: ImageID(rawValue: digest(name)), name: name, function: .bundle(.serial, []), model: "bench",
    shell: ShellID(rawValue: digest("shell")), slotKind: .little, microsecondsPerLaunch: 1, arguments: [],
    partials: partials)
}

/// An image whose one partial bears its name.
func image(_ name: String) -> Image { image(name, partials: [name]) }

/// What the port may say.
func fault(_ number: Int) -> BoardError { .slotDecoupled(slot(number)) }

extension ConfigurationQueue {
  /// Six slots.
  init(slotsAreBlank: Bool = true, cacheByteLimit: Int) {
    self.init(slotCount: 6, slotsAreBlank: slotsAreBlank, cacheByteLimit: cacheByteLimit)
  }

  mutating func plan(_ images: [Image]) {
    plan(images.map(\.id), of: Dictionary(images.map { ($0.id, $0) }) { first, _ in first })
  }

  /// Takes requests that queue up.
  mutating func take(_ requests: Request...) throws {
    for request in requests where try self.request(request) != .queued { throw NotQueued(request: request) }
  }

  /// Brings the partials of these names into memory and lets the port write each into its slot.
  mutating func configure(_ requests: Request..., at now: Now = at(0)) throws {
    for request in requests {
      try take(request)
      if next(at: now).contains(.fetch(request.partial)) {
        _ = try fetched(request.partial)
        _ = next(at: now)
      }
      guard case .configured = try written(request.slot, nil, at: now) else { throw NotQueued(request: request) }
    }
  }
}

struct NotQueued: Error { let request: Request }

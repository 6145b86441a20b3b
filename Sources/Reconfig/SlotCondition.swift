internal import Fabric

/// What the port has left in a slot, and how it fares with it.
struct SlotCondition: Sendable, Hashable {
  enum Content: Hashable {
    case blank
    /// What there was before this queue, anybody's.
    case unknown
    /// Somebody's image or what a failed write left of it, which is nobody's to see but theirs.
    case written(ImageID?, for: TenantName?)
  }

  var content: Content
  /// Attempts of the port that failed, since the last that did not.
  var failures = 0
  /// When the port may try again.
  var retry: WallInstant?
  var quarantine: QuarantineReason?

  /// The image that could run in the slot.
  var image: ImageID? {
    if case .written(let image, _) = content { image } else { nil }
  }

  /// Whether somebody else's image must go before one of this tenant can come.
  func mustBeBlanked(for tenant: TenantName?) -> Bool {
    switch content {
    case .blank: false
    case .unknown: true
    case .written(_, for: let owner): owner != tenant
    }
  }

  /// The port's work began: what was there can no longer run.
  mutating func decoupled() {
    if case .written(_, for: let tenant) = content { content = .written(nil, for: tenant) }
  }

  mutating func succeeded(leaving left: Content) {
    content = left
    failures = 0
    retry = nil
  }

  /// The port failed; the wait before the next attempt doubles with each.
  mutating func failed(firstRetryDelay: Duration, at now: WallInstant) {
    failures += 1
    retry = now + firstRetryDelay * (1 << min(failures - 1, 20))
  }
}

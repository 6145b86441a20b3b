internal import Fabric

/// An application that jobs share, by the broker's own number for it.
struct ApplicationKey: Sendable, Hashable, Comparable {
  let rawValue: Int
  static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// One copy of each application that a known job has, however often it was submitted.
///
/// A lookup reads the application's manifest once.
struct ApplicationTable: Sendable, Equatable {
  /// An application by its manifest, which says all of it; quicker to hash than its parts.
  private struct Identity: Sendable, Hashable {
    let application: Application
    func hash(into hasher: inout Hasher) { application.manifest.withUnsafeBytes { hasher.combine(bytes: $0) } }
  }

  private struct Use: Sendable, Equatable {
    let application: Application
    var jobCount = 0
  }

  private var keys: [Identity: ApplicationKey] = [:]
  private var uses: [ApplicationKey: Use] = [:]
  private var lastKey = 0

  subscript(key: ApplicationKey) -> Application? { uses[key]?.application }

  /// The key of an application that a known job has.
  func key(of application: Application) -> ApplicationKey? { keys[Identity(application: application)] }

  /// Counts one more job, and returns the copy that is shared.
  mutating func retain(_ application: Application) -> (key: ApplicationKey, shared: Application) {
    if let key = key(of: application), let use = uses[key] {
      uses[key]?.jobCount += 1
      return (key, use.application)
    }
    lastKey += 1
    let key = ApplicationKey(rawValue: lastKey)
    keys[Identity(application: application)] = key
    uses[key] = Use(application: application, jobCount: 1)
    return (key, application)
  }

  /// Counts one job less; the last one takes the application along.
  mutating func release(_ key: ApplicationKey) {
    guard let use = uses[key] else { return }
    if use.jobCount > 1 {
      uses[key]?.jobCount -= 1
    } else {
      uses[key] = nil
      keys[Identity(application: use.application)] = nil
    }
  }
}

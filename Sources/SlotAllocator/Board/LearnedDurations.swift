internal import Fabric

/// What launches take, learnt from those that have ended.
///
/// An image's own launches say it best. Before the first has ended, what the application's other images were wrong by corrects its estimate, and before any of those, what
/// all images were wrong by: estimates of one author, or for one board, err alike.
struct LearnedDurations: Sendable, Hashable {
  /// The mean of what was seen, which forgets slowly, so that a change shows.
  private struct Mean: Hashable {
    var count = 0.0
    var seconds = 0.0

    mutating func note(_ sample: Double) {
      count = min(count + 1, 16)
      seconds += (sample - seconds) / count
    }
  }
  /// What images took beside what was estimated.
  private struct Error: Hashable {
    var seen = 0.0
    var estimated = 0.0
    var ratio: Double? { estimated > 0 ? seen / estimated : nil }

    mutating func note(_ seconds: Double, estimated estimate: Double) {
      seen += seconds
      estimated += estimate
    }
  }
  private var launches: [ImageID: Mean] = [:]
  private var errors: [String: Error] = [:]
  /// Tenants name applications as they like; beyond so many names the errors begin anew.
  private static let applicationLimit = 256
  private var overallError = Error()

  /// What a launch said that was not known.
  enum News: Hashable {
    /// Nothing noticeable.
    case nothing
    /// Its image takes something else than was thought.
    case thisImage
    /// It was its image's first, which corrects the estimates of others.
    case anyImage
  }

  /// Takes in what a launch took.
  mutating func note(_ seconds: Double, of stage: Stage, in application: Application) -> News {
    let before = launches[stage.image]
    launches[stage.image, default: Mean()].note(seconds)
    guard let before else {
      if errors.count >= Self.applicationLimit { errors = [:] }
      errors[application.name, default: Error()].note(seconds, estimated: stage.estimatedSeconds)
      overallError.note(seconds, estimated: stage.estimatedSeconds)
      return .anyImage
    }
    return abs(seconds - before.seconds) > 0.01 * before.seconds ? .thisImage : .nothing
  }

  /// What a launch of the stage is expected to take, in seconds.
  func seconds(of stage: Stage, in application: Application) -> Double {
    if let seen = launches[stage.image] { return seen.seconds }
    return stage.estimatedSeconds * (errors[application.name]?.ratio ?? overallError.ratio ?? 1)
  }
}
